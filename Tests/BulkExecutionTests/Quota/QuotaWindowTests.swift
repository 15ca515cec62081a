import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkExecution

@Suite("Quota window")
struct QuotaWindowTests {
    let second = Nanoseconds.second
    /// The window of 10 s with the allowance for clock drift.
    let window = Nanoseconds.milliseconds(10_005)

    func make(_ limit: Int) -> QuotaWindow {
        QuotaWindow(Quota(requests: limit, window: .seconds(10)))
    }

    @Test("a permit is freed one window after its answer, not after its request")
    func freedAfterCompletion() {
        var quota = make(1)
        #expect(quota.tryAcquire(at: 0) == .granted)
        #expect(quota.tryAcquire(at: 5 * second) == .wait(until: nil, .quota))
        quota.complete(at: 7 * second)
        #expect(quota.tryAcquire(at: 8 * second) == .wait(until: 7 * second + window, .quota))
        #expect(quota.tryAcquire(at: 7 * second + window - 1) != .granted)
        #expect(quota.tryAcquire(at: 7 * second + window) == .granted)
    }

    @Test("a permit that was given back is free at once")
    func givenBack() {
        var quota = make(1)
        #expect(quota.tryAcquire(at: 0) == .granted)
        quota.giveBack()
        #expect(quota.tryAcquire(at: 0) == .granted)
    }

    @Test("no stretch of one window holds more arrivals than the limit, wherever they fall")
    func neverOverTheLimit() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let limit = Int.random(in: 1...6, using: &generator)
            var quota = make(limit)
            var now = Nanoseconds.zero
            var arrivals: [Nanoseconds] = []
            var answers: [Nanoseconds] = []
            for _ in 0..<60 {
                while let due = answers.min(), due <= now {
                    answers.remove(at: answers.firstIndex(of: due)!)
                    quota.complete(at: due)
                }
                switch quota.tryAcquire(at: now) {
                case .granted:
                    let there = Nanoseconds.random(in: 0...(3 * second), using: &generator)
                    arrivals.append(now + there)
                    answers.append(
                        now + there + .random(in: 0...(3 * second), using: &generator))
                case .wait(let until, _):
                    now = [until, answers.min()].compactMap { $0 }.min() ?? now
                }
            }
            arrivals.sort()
            for (index, first) in arrivals.enumerated() {
                let inside = arrivals[index...].prefix { $0 < first + 10 * second }.count
                #expect(inside <= limit)
            }
        }
    }

    @Test("a hint lowers the limit and never raises it", arguments: [(2, 2), (5, 3)])
    func hintedLimit(hinted: Int, expected: Int) {
        var quota = make(3)
        quota.observe([QuotaHint(limit: hinted)], at: 0)
        var granted = 0
        while quota.tryAcquire(at: 0) == .granted { granted += 1 }
        #expect(granted == expected)
    }

    @Test("what others use is left to them until the server's count starts again")
    func othersUse() {
        var quota = make(10)
        #expect(quota.tryAcquire(at: 0) == .granted)
        quota.complete(at: 0)
        // One of the ten was ours, four are left: others used five.
        quota.observe([QuotaHint(limit: 10, remaining: 4, resetAfter: 6 * second)], at: 0)
        for _ in 0..<4 { #expect(quota.tryAcquire(at: 0) == .granted) }
        #expect(quota.tryAcquire(at: 0) == .wait(until: 6 * second, .others))
        #expect(quota.tryAcquire(at: 6 * second) == .granted)
    }

    @Test("our own use is not taken for others'")
    func ownUseIsNotOthers() {
        var quota = make(10)
        for _ in 0..<6 { #expect(quota.tryAcquire(at: 0) == .granted) }
        for _ in 0..<6 { quota.complete(at: 1) }
        quota.observe([QuotaHint(limit: 10, remaining: 4, resetAfter: 9 * second)], at: 1)
        for _ in 0..<4 { #expect(quota.tryAcquire(at: 1) == .granted) }
    }

    @Test("a share of the quota is not starved by others' use of the rest")
    func shareIsNotStarved() throws {
        let share = try #require(Quota("10/10s")?.sharing("3/10"))
        var quota = QuotaWindow(share)
        quota.observe([QuotaHint(limit: 10, remaining: 3, resetAfter: 9 * second)], at: 0)
        for _ in 0..<3 { #expect(quota.tryAcquire(at: 0) == .granted) }
        #expect(quota.tryAcquire(at: 0) != .granted)
    }

    @Test(
        "numbers that make no sense are ignored",
        arguments: [
            QuotaHint(limit: 0), QuotaHint(limit: -3), QuotaHint(limit: 5, remaining: 9),
            QuotaHint(limit: 10, remaining: 0, resetAfter: 21 * .second),
            QuotaHint(limit: 10, remaining: 0, resetAfter: -1),
            QuotaHint(limit: 1, remaining: 0, window: 86_400 * .second),
            QuotaHint(limit: 1, window: 0),
        ])
    func senseless(hint: QuotaHint) {
        var quota = make(5)
        quota.observe([hint], at: 0)
        var granted = 0
        while quota.tryAcquire(at: 0) == .granted { granted += 1 }
        #expect(granted == 5)
    }

    @Test("a pause holds everyone back until its end")
    func pause() {
        var quota = make(5)
        quota.pause(for: 4 * second, at: 0)
        #expect(quota.tryAcquire(at: 1) == .wait(until: 4 * second, .paused))
        #expect(quota.tryAcquire(at: 4 * second) == .granted)
    }

    @Test("pauses without a time double until an answer comes, and answers in between do not count")
    func blindPauses() {
        var quota = make(5)
        quota.pause(for: nil, at: 0)
        quota.pause(for: nil, at: second / 2)
        #expect(quota.tryAcquire(at: 0) == .wait(until: second, .paused))
        quota.pause(for: nil, at: second)
        #expect(quota.tryAcquire(at: second) == .wait(until: 3 * second, .paused))
        quota.noteAnswer()
        quota.pause(for: nil, at: 5 * second)
        #expect(quota.tryAcquire(at: 5 * second) == .wait(until: 6 * second, .paused))
    }

    @Test("other processes' permits count until they expire")
    func siblings() {
        var quota = make(2)
        quota.replaceSiblings([9 * second, 4 * second])
        #expect(quota.tryAcquire(at: 0) == .wait(until: 4 * second, .quota))
        #expect(quota.tryAcquire(at: 4 * second) == .granted)
        #expect(quota.tryAcquire(at: 4 * second) == .wait(until: 9 * second, .quota))
    }

    @Test("without a quota everything goes through that hints allow")
    func unlimited() {
        var quota = QuotaWindow(nil)
        for _ in 0..<1000 { #expect(quota.tryAcquire(at: 0) == .granted) }
        for _ in 0..<1000 { quota.complete(at: 0) }
        // Without a bound nothing needs to be remembered; a hint counts from when it is first seen.
        #expect(quota.tryAcquire(at: second) == .granted)
        quota.complete(at: second)
        quota.observe([QuotaHint(limit: 100, remaining: 99, window: 10 * second)], at: second)
        for _ in 0..<99 { #expect(quota.tryAcquire(at: second) == .granted) }
        #expect(quota.tryAcquire(at: second) == .wait(until: second + window, .quota))
    }
}

@Suite("Quota, as written")
struct QuotaTests {
    @Test(
        "a quota is read from text",
        arguments: [
            ("90/30s", 90, Duration.seconds(30)), ("10/500ms", 10, .milliseconds(500)),
            ("5000/10m", 5000, .seconds(600)),
            ("7/1h", 7, .seconds(3600)),
        ])
    func reads(text: String, requests: Int, window: Duration) {
        let quota = Quota(text)
        #expect(quota?.requests == requests)
        #expect(quota?.share == requests)
        #expect(quota?.window == window)
    }

    @Test(
        "what is no quota is refused",
        arguments: [
            "", "90", "0/30s", "90/0s", "-1/3s", "90/30x", "a/b", "90/30s/2", "90/s", "90/30",
        ])
    func refuses(text: String) { #expect(Quota(text) == nil) }

    @Test(
        "a share is rounded down, but never to nothing",
        arguments: [
            ("1/3", 30), ("40%", 36), ("1/1", 90), ("1/1000", 1), ("100%", 90),
            ("0.5", 45), ("12.5%", 11), ("1.0", 90), ("0.3333", 29),
        ])
    func shares(text: String, share: Int) {
        #expect(Quota.mava.sharing(text)?.share == share)
        #expect(Quota.mava.sharing(text)?.requests == 90)
    }

    @Test(
        "what is no share is refused",
        arguments: [
            "0/3", "4/3", "0%", "101%", "x", "", "1/0", "1", "0.0", "1.1", ".", "0.", "1e-1",
            "0.12345",
            "-0.5", "%",
        ])
    func refusesShares(text: String) { #expect(Quota.mava.sharing(text) == nil) }
}
