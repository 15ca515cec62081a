import BulkTestSupport
import BulkSystem
import Testing

@testable import BulkExecution

@Suite("What is known of the time that requests will take")
struct QuotaEstimateTests {
    /// 90 requests in 30 s; the window that counts is 30.015 s.
    private static let window = 30.015

    /// A state of the quota at 100 s, and the expected estimates.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// The answers, by the second in which they came.
        var answers: [Int] = []
        var inFlight = 0
        var hint: QuotaHint?
        var pause: Int?
        var siblings = 0
        /// Whether the other run has ended.
        var haveEnded = false
        var requests: Int
        var seconds: Double
        var inForce: String
    }

    static let cases = [
        Case(
            testDescription: "nothing was sent: the first window is free", requests: 90, seconds: 0,
            inForce: "90 requests per 30 s"),
        Case(
            testDescription: "one more than a window holds", requests: 91, seconds: window,
            inForce: "90 requests per 30 s"),
        Case(
            testDescription: "ten windows", requests: 900, seconds: 9 * window,
            inForce: "90 requests per 30 s"),
        Case(
            testDescription: "ten are taken, eighty free", answers: Array(repeating: 90, count: 10),
            requests: 81, seconds: 20.015, inForce: "90 requests per 30 s"),
        Case(
            testDescription: "all are in flight", inFlight: 90, requests: 1, seconds: window,
            inForce: "90 requests per 30 s"),
        Case(
            testDescription: "the server allows 40", hint: QuotaHint(limit: 40, remaining: 40),
            requests: 400, seconds: 9 * window, inForce: "40 requests per 30 s"),
        Case(
            testDescription: "the server allows 40 a minute",
            hint: QuotaHint(limit: 40, remaining: 40, window: 60 * .second), requests: 80,
            seconds: 60.03, inForce: "40 requests per 60 s"),
        Case(
            testDescription: "others use half of it",
            hint: QuotaHint(limit: 90, remaining: 45, resetAfter: 20 * .second), requests: 90,
            seconds: window, inForce: "45 of 90 requests per 30 s"),
        Case(
            testDescription: "others use all of it",
            hint: QuotaHint(limit: 90, remaining: 0, resetAfter: 20 * .second), requests: 1,
            seconds: 20, inForce: "1 of 90 requests per 30 s"),
        Case(
            testDescription: "a limit above the given one changes nothing",
            hint: QuotaHint(limit: 500, remaining: 500), requests: 91, seconds: window,
            inForce: "90 requests per 30 s"),
        Case(
            testDescription: "the server asked for a pause", pause: 50, requests: 90, seconds: 50,
            inForce: "90 requests per 30 s"),
        Case(
            testDescription: "another run holds 60", siblings: 60, requests: 60, seconds: window,
            inForce: "30 of 90 requests per 30 s"),
        Case(
            testDescription: "a run that has ended holds 60, which become ours", siblings: 60,
            haveEnded: true, requests: 90, seconds: 25, inForce: "90 requests per 30 s"),
        Case(
            testDescription: "the same, and two windows more", siblings: 60, haveEnded: true,
            requests: 270, seconds: 25 + 2 * window, inForce: "90 requests per 30 s"),
        Case(
            testDescription: "the same, and our own are answered before",
            answers: Array(repeating: 80, count: 30), siblings: 60, haveEnded: true, requests: 31,
            seconds: 25, inForce: "90 requests per 30 s"),
        Case(
            testDescription: "nothing is left", requests: 0, seconds: 0,
            inForce: "90 requests per 30 s"),
    ]

    private func state(_ example: Case) -> QuotaWindow {
        var state = QuotaWindow(.mava)
        for second in example.answers {
            #expect(state.tryAcquire(at: Nanoseconds.seconds(second)) == .granted)
            state.complete(at: Nanoseconds.seconds(second))
        }
        for _ in 0..<example.inFlight { #expect(state.tryAcquire(at: 100 * .second) == .granted) }
        if let hint = example.hint { state.observe([hint], at: 100 * .second) }
        if let pause = example.pause {
            state.pause(for: Nanoseconds.seconds(pause), at: 100 * .second)
        }
        state.replaceSiblings(
            Array(repeating: 125 * .second, count: example.siblings),
            goingOnUntil: example.haveEnded ? .min : .max)
        return state
    }

    @Test("The quota in force and the time until all are sent", arguments: cases)
    func table(example: Case) throws {
        let state = state(example)
        let time = try #require(state.timeUntilSent(example.requests, at: 100 * .second))
        #expect(abs(time / .seconds(1) - example.seconds) < 0.001)
        #expect(state.inForce(at: 100 * .second)?.description == example.inForce)
    }

    @Test(
        "A run with a higher quota can hold more permits than ours has",
        arguments: [Nanoseconds.min, .max])
    func moreThanOurs(end: Nanoseconds) throws {
        var state = QuotaWindow(.mava)
        let start = 100 * Nanoseconds.second
        // They become free one by one; the 611th of 700 makes room for one of 90.
        state.replaceSiblings(
            (1...700).map { start + .milliseconds(10 * $0) }, goingOnUntil: end)
        let time = try #require(state.timeUntilSent(1, at: start))
        #expect(time == .milliseconds(6110))
        guard case .wait = state.tryAcquire(at: start + .milliseconds(6100)) else {
            Issue.record("a permit too early")
            return
        }
        #expect(state.tryAcquire(at: start + .milliseconds(6110)) == .granted)
    }

    @Test("While requests wait, the time falls by a second a second", arguments: cases)
    func countsDown(example: Case) throws {
        let state = state(example)
        let now = try #require(state.timeUntilSent(example.requests, at: 100 * .second))
        let later = try #require(state.timeUntilSent(example.requests, at: 101 * .second))
        // When a permit is free or a request is in flight, nothing waits.
        let waits =
            example.pause != nil || example.hint?.remaining == 0 || !example.answers.isEmpty
            || example.haveEnded
        #expect(now - later == (waits ? .seconds(1) : .zero))
    }

    @Test("Without a quota nothing is known, until the server tells one")
    func unbounded() {
        var state = QuotaWindow(nil)
        #expect(state.timeUntilSent(1000, at: 0) == nil)
        #expect(state.inForce(at: 0) == nil)
        state.observe([QuotaHint(limit: 10, remaining: 10, window: 10 * .second)], at: 0)
        #expect(state.inForce(at: 0)?.description == "10 requests per 10 s")
        #expect(state.timeUntilSent(11, at: 0) == .milliseconds(10_005))
    }

    @Test(
        "The time left of a run",
        arguments: [
            (WaitReason.none, 300.0, 0.0, false, 300.0), (.quota, 100, 20, true, 100),
            (.backOff, 5, 20, true, 20), (.outage, 100, 20, true, nil),
            (.pausedByControl, 100, 0, true, nil),
            // 10 of 110 are done after 20 s: the server is slower than the quota.
            (.answers, 5, 0, false, 200), (.answers, 5, 0, true, 5), (.none, nil, 0, false, 200),
            (.none, nil, 0, true, nil),
        ] as [(WaitReason, Double?, Double, Bool, Double?)])
    func timeLeft(
        waiting: WaitReason, quota: Double?, wait: Double, hasWaited: Bool, left: Double?
    ) {
        var progress = RunProgress()
        progress.total = 110
        progress.done = 10
        progress.elapsed = .seconds(20)
        progress.waiting = waiting
        progress.waitUntil = Nanoseconds(.seconds(wait))
        progress.startedAt = -20 * .second
        progress.hasWaited = hasWaited
        let live = progress.live(at: 0, (.mava, quota.map { .seconds($0) }))
        #expect(live.timeLeft == left.map { .seconds($0) })
    }

    @Test("What is shown follows the time between two steps of the run")
    func live() {
        var progress = RunProgress()
        progress.total = 10
        progress.startedAt = 0
        progress.waitUntil = 30 * .second
        for second in 0...40 {
            let shown = progress.live(at: Nanoseconds.seconds(second), (.mava, .seconds(1)))
            #expect(shown.timeToWait == .seconds(max(0, 30 - second)))
            #expect(shown.elapsed == .seconds(second))
        }
    }
}
