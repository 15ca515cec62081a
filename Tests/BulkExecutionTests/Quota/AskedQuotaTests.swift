import BulkSystem
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("A quota that is lowered while a run sends", .timeLimit(.minutes(20)))
struct AskedQuotaTests {
    private static let low = Quota(requests: 2, window: .seconds(10))
    /// The window of 10 s with the allowance for clock drift.
    private static let window = Nanoseconds.milliseconds(10_005)

    @Test("both quotas hold, and lifting the lower one frees its permits at once")
    func window() {
        var quota = QuotaWindow(Quota(requests: 3, window: .seconds(10)))
        quota.limit(to: [Self.low])
        #expect(quota.inForce(at: 0) == Self.low)
        for time in [0, 1] as [Nanoseconds] {
            #expect(quota.tryAcquire(at: time) == .granted)
            quota.complete(at: time)
        }
        #expect(quota.tryAcquire(at: 2) == .wait(until: Self.window, .quota))
        #expect(quota.timeUntilSent(1, at: 2) == Duration(Self.window - 2))
        quota.limit(to: [])
        #expect(quota.tryAcquire(at: 2) == .granted)
        #expect(quota.tryAcquire(at: 2) == .wait(until: Self.window, .quota))
        #expect(quota.inForce(at: 2)?.requests == 3)
    }

    @Test("a longer window than the quota's is kept to")
    func longWindow() {
        var quota = QuotaWindow(Quota(requests: 3, window: .seconds(1)))
        quota.limit(to: [Self.low])
        var times: [Nanoseconds] = []
        for step in 0..<600 {
            let now = Nanoseconds.milliseconds(100 * step)
            guard quota.tryAcquire(at: now) == .granted else { continue }
            quota.complete(at: now)
            times.append(now)
        }
        #expect(times.count == 12)
        for (first, third) in zip(times, times.dropFirst(2)) {
            #expect(third - first >= Self.window)
        }
    }

    @Test("the permits of other runs do not count against it, and others need not wait for it")
    func ledger() throws {
        let directory = try TemporaryDirectory()
        func shared() throws -> SharedQuota {
            let ledger = try QuotaLedger(
                directory: directory.path, key: #require(APIKey("a-key")),
                baseURL: "http://127.0.0.1", clock: { 0 }, bootID: 7)
            return SharedQuota(
                Quota(requests: 10, window: .seconds(10)), ledger: ledger,
                longestRequest: 30 * .second)
        }
        var (slow, fast) = (try shared(), try shared())
        slow.limit(to: [Self.low])
        for _ in 0..<5 { #expect(fast.tryAcquire(at: 0) == .granted) }
        for _ in 0..<2 { #expect(slow.tryAcquire(at: 0) == .granted) }
        guard case .wait = slow.tryAcquire(at: 0) else {
            Issue.record("the lower quota is used up")
            return
        }
        // The fast run has more than half of the permits, which it would leave to a run that waits.
        for _ in 0..<3 { #expect(fast.tryAcquire(at: 0) == .granted) }
        slow.limit(to: [])
        #expect(slow.tryAcquire(at: 0) != .granted, "the ten are used")
    }

    @Test("a task that waits for a permit goes on when the lower quota is lifted")
    func gate() async throws {
        let clock = ManualClock()
        let gate = QuotaGate(Quota(requests: 10, window: .seconds(10)), clock: clock)
        let (run, other) = (RunControl(), RunControl())
        gate.limit(to: Quota(requests: 1, window: .seconds(3600)), for: run)
        try await gate.acquire()
        gate.complete(nil)
        let waiter = Task { try await gate.acquire() }
        try await clock.waitForSleepers()
        #expect(try #require(gate.wait?.remaining) > .seconds(3600))
        // The end of a run that asked for nothing, and of one that asked for less, changes nothing.
        gate.limit(to: Quota(requests: 5, window: .seconds(10)), for: other)
        gate.limit(to: nil, for: other)
        #expect(try #require(gate.wait?.remaining) > .seconds(3500))
        gate.limit(to: nil, for: run)
        clock.advance(by: .seconds(1))
        try await waiter.value
        #expect(gate.granted == 2)
    }
}
