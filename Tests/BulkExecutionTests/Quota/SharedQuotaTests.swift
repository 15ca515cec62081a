import BulkSystem
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("Shared quota")
struct SharedQuotaTests {
    let directory: TemporaryDirectory
    let clock = ManualClock()
    private static let ten = Quota(requests: 10, window: .seconds(10))
    private static let window = 10 * Nanoseconds.second + 5 * .millisecond
    /// The ledger's time when the test's is 0.
    private static let offset = 1000 * Nanoseconds.second

    init() throws { directory = try TemporaryDirectory() }

    func ledger() throws -> QuotaLedger {
        let clock = clock
        return try QuotaLedger(
            directory: directory.path, key: #require(APIKey("a-key")), baseURL: "http://127.0.0.1",
            clock: { Self.offset + Nanoseconds(clock.now.offset) }, bootID: 7)
    }

    func shared(_ quota: Quota? = ten) throws -> SharedQuota {
        SharedQuota(quota, ledger: try ledger(), longestRequest: 30 * .second)
    }

    /// The time on the quotas' scale; the quotas of these tests start with the clock.
    var now: Nanoseconds { Nanoseconds(clock.now.offset) }

    /// Takes permits until there is none, and returns how many those were and the last decision.
    func takeAll(_ quota: inout SharedQuota) -> (taken: Int, then: QuotaWindow.Decision) {
        var taken = 0
        while true {
            let decision = quota.tryAcquire(at: now)
            guard decision == .granted else { return (taken, decision) }
            taken += 1
        }
    }

    @Test("without a ledger the window alone decides")
    func alone() {
        var shared = SharedQuota(Self.ten, ledger: nil, longestRequest: 30 * .second)
        var window = QuotaWindow(Self.ten)
        for second in 0..<40 {
            let now = Nanoseconds.seconds(second)
            let decision = shared.tryAcquire(at: now)
            #expect(decision == window.tryAcquire(at: now))
            guard decision == .granted else { continue }
            shared.complete(QuotaReading(), at: now + 1)
            window.complete(at: now + 1)
        }
        #expect(!shared.hasLedger)
        #expect(shared.problem == nil)
        #expect(shared.consumeNotices().isEmpty)
    }

    @Test(
        "processes with windows of different lengths keep together to what Mava documents",
        arguments: ["30/10s", "3/1s", "1/500ms", "90/30s"])
    func windows(other: String) throws {
        var processes = [try shared(.mava), try shared(Quota(other))]
        var times: [Nanoseconds] = []
        var counts = [0, 0]
        for _ in 0..<1500 {
            for index in processes.indices {
                while processes[index].tryAcquire(at: now) == .granted {
                    processes[index].complete(nil, at: now)
                    times.append(now)
                    counts[index] += 1
                }
            }
            clock.advance(by: .milliseconds(100))
        }
        for (first, last) in zip(times, times.dropFirst(90)) {
            #expect(last - first >= 30 * .second)
        }
        // In 150 s there are five windows.
        #expect(times.count >= 360)
        #expect(counts.allSatisfy { $0 >= 60 }, "\(counts)")
    }

    @Test("without a quota nothing is shared")
    func unlimited() throws {
        var unlimited = try shared(nil)
        #expect(!unlimited.hasLedger)
        for _ in 0..<100 { #expect(unlimited.tryAcquire(at: now) == .granted) }
        var other = try shared()
        #expect(takeAll(&other).taken == 10)
    }

    @Test(
        "one that is held back by the others looks again after 50 ms, one that is alone only when it must"
    )
    func polling() throws {
        var first = try shared()
        #expect(takeAll(&first).taken == 10)
        for _ in 0..<10 { first.complete(nil, at: now) }
        #expect(first.tryAcquire(at: now) == .wait(until: Self.window, .quota))
        var second = try shared()
        #expect(second.tryAcquire(at: now) == .wait(until: 50 * .millisecond, .quota))
        clock.advance(by: .seconds(9))
        #expect(second.tryAcquire(at: now) == .wait(until: now + 50 * .millisecond, .quota))
        // The others' promise is kept where it ends sooner than that.
        clock.advance(by: .milliseconds(990))
        #expect(second.tryAcquire(at: now) == .wait(until: Self.window, .quota))
        clock.advance(by: .milliseconds(15))
        #expect(takeAll(&second).taken == 10)
    }

    @Test("permits in flight are entered with the longest request and one window")
    func inFlight() throws {
        var first = try shared()
        #expect(takeAll(&first).taken == 10)
        var second = try shared()
        let free = 30 * Nanoseconds.second + Self.window
        clock.advance(by: Duration(free - 1))
        #expect(second.tryAcquire(at: now) == .wait(until: free, .quota))
        clock.advance(by: .nanoseconds(1))
        #expect(second.tryAcquire(at: now) == .granted)
    }

    @Test("a permit that is given back is free for the others at once")
    func givenBack() throws {
        var first = try shared()
        #expect(takeAll(&first).taken == 10)
        var second = try shared()
        #expect(second.tryAcquire(at: now) != .granted)
        first.giveBack(at: now)
        #expect(takeAll(&second).taken == 1)
    }

    @Test(
        "one that has its part leaves the next permit to one that waits, until the wish is out of date"
    )
    func givingWay() throws {
        var first = try shared()
        #expect(takeAll(&first).taken == 10)
        var second = try shared()
        #expect(second.tryAcquire(at: now) != .granted)
        for _ in 0..<4 { first.giveBack(at: now) }
        // It holds six of ten, and its part is five while another process is there.
        #expect(first.tryAcquire(at: now) == .wait(until: 50 * .millisecond, .others))
        clock.advance(by: .milliseconds(199))
        #expect(first.tryAcquire(at: now) == .wait(until: now + 50 * .millisecond, .others))
        clock.advance(by: .milliseconds(1))
        #expect(takeAll(&first).taken == 4)
    }

    @Test("times are turned from one process's scale into another's")
    func scales() throws {
        var first = try shared()
        #expect(takeAll(&first).taken == 10)
        for _ in 0..<9 { first.complete(nil, at: now) }
        clock.advance(by: .seconds(7))
        // The second process has started just now: its own time is 0.
        var second = try shared()
        #expect(second.tryAcquire(at: 0) == .wait(until: 50 * .millisecond, .quota))
        first.complete(QuotaReading(isBusy: true, retryAfter: 60 * .second), at: now)
        #expect(second.tryAcquire(at: 0) == .wait(until: 60 * .second, .paused))
    }

    @Test("a pause is the others' to the end when it is short, and a hint when it is long")
    func pauses() throws {
        for (seconds, isHint) in [(900, false), (901, true)] {
            let isolated = try SharedQuotaTests()
            var first = try isolated.shared()
            #expect(first.tryAcquire(at: 0) == .granted)
            first.complete(QuotaReading(isBusy: true, retryAfter: seconds * .second), at: 0)
            #expect(first.tryAcquire(at: 0) == .wait(until: seconds * .second, .paused))
            var second = try isolated.shared()
            let decision = second.tryAcquire(at: 0)
            #expect(decision == (isHint ? .granted : .wait(until: seconds * .second, .paused)))
            #expect(second.consumeNotices().count == (isHint ? 1 : 0))
            #expect(second.consumeNotices().isEmpty)
        }
    }

    @Test("an answer to the probe ends the hint for all processes that start later")
    func endingHints() throws {
        var first = try shared()
        #expect(first.tryAcquire(at: now) == .granted)
        first.complete(QuotaReading(isBusy: true, retryAfter: 5000 * .second), at: now)
        var second = try shared()
        #expect(second.tryAcquire(at: now) == .granted)
        #expect(second.tryAcquire(at: now) == .wait(until: nil, .paused))
        second.complete(QuotaReading(), at: now)
        var third = try shared()
        #expect(third.tryAcquire(at: now) == .granted)
        #expect(third.tryAcquire(at: now) == .granted)
        #expect(third.consumeNotices().isEmpty)
        // The first process was asked itself, so it waits on, and enters its hint again. The answer to the probe
        // ended only the hint that was there before.
        #expect(first.tryAcquire(at: now) == .wait(until: 5000 * .second, .paused))
        #expect(second.tryAcquire(at: now) == .granted)
        var fourth = try shared()
        #expect(fourth.tryAcquire(at: now) == .granted)
        #expect(fourth.consumeNotices().count == 1)
    }

    @Test(
        "a ledger that is locked is tried again after 2 ms, and given up after 10 s with what is known alone"
    )
    func lockedLedger() throws {
        var other = try shared()
        #expect(takeAll(&other).taken == 10)
        let ledger = try ledger()
        var quota = SharedQuota(Self.ten, ledger: ledger, longestRequest: 30 * .second)
        #expect(quota.tryAcquire(at: now) != .granted)
        let holder = try FileLock(ledger.path)
        #expect(quota.tryAcquire(at: now) == .wait(until: 2 * .millisecond, .quota))
        clock.advance(by: .seconds(10))
        #expect(quota.tryAcquire(at: now) == .wait(until: now + 2 * .millisecond, .quota))
        #expect(quota.problem == nil)
        clock.advance(by: .nanoseconds(1))
        // The others' ten permits are no longer counted.
        #expect(takeAll(&quota).taken == 10)
        #expect(quota.problem?.contains("has held \(ledger.path) for 10 s") == true)
        withExtendedLifetime(holder) {}
    }

    @Test("what is taken while the ledger is locked for a moment is entered with the next permit")
    func publishedLater() throws {
        let ledger = try ledger()
        var first = SharedQuota(Self.ten, ledger: ledger, longestRequest: 30 * .second)
        #expect(takeAll(&first).taken == 10)
        var second = try shared()
        do {
            let holder = try FileLock(ledger.path)
            for _ in 0..<10 { first.giveBack(at: now) }
            withExtendedLifetime(holder) {}
        }
        #expect(second.tryAcquire(at: now) != .granted)
        // The second one's wish does not count against one that holds nothing.
        #expect(first.tryAcquire(at: now) == .granted)
        #expect(takeAll(&second).taken == 9)
    }

    @Test("what a process holds that has ended becomes ours; what one holds that goes on does not")
    func estimates() throws {
        var first = try shared()
        #expect(takeAll(&first).taken == 10)
        for _ in 0..<10 { first.complete(nil, at: now) }
        // One that ended while it waited is counted as waiting for a moment.
        #expect(first.tryAcquire(at: now) != .granted)
        var second = try shared()
        _ = second.tryAcquire(at: now)
        #expect(second.window.inForce(at: now)?.description == "10 requests per 10 s")
        #expect(second.window.timeUntilSent(20, at: now) == Duration(Self.window + Self.window))

        clock.advance(by: Duration(Self.window))
        #expect(first.tryAcquire(at: now) == .granted)
        first.complete(nil, at: now)
        #expect(second.tryAcquire(at: now) == .granted)
        second.complete(nil, at: now)
        #expect(second.window.inForce(at: now)?.description == "9 of 10 requests per 10 s")

        clock.advance(by: Duration(Self.window - 1))
        _ = second.tryAcquire(at: now)
        #expect(second.window.inForce(at: now)?.description == "9 of 10 requests per 10 s")
        clock.advance(by: .nanoseconds(1))
        _ = second.tryAcquire(at: now)
        #expect(second.window.inForce(at: now)?.description == "10 requests per 10 s")
    }
}
