import Testing

@testable import MavaSandbox

/// Window counts compared with a simple oracle.
@Suite struct QuotaMeterTests {
    /// Moments with bursts and pauses, in nanoseconds.
    private func moments(seed: UInt64, count: Int) -> [UInt64] {
        var chance = Chance(seed: seed)
        var now: UInt64 = 5_000
        return (0..<count).map { _ in
            now += UInt64(chance.below(10) < 7 ? chance.below(20) : chance.below(2000))
            return now
        }
    }

    @Test("a sliding window never holds more than the limit, and refuses no request it could take")
    func sliding() {
        let rule = QuotaRule(kind: .sliding, limit: 5, window: .nanoseconds(1000))
        for seed in 1...20 {
            var meter = QuotaMeter(rule: rule, start: 0)
            var allowed: [UInt64] = []
            for now in moments(seed: UInt64(seed), count: 300) {
                let inWindow = allowed.filter { $0 + 1000 > now }
                let decision = meter.decide(now: now)
                #expect(decision.isAllowed == (inWindow.count < 5))
                if decision.isAllowed { allowed.append(now) }
                #expect(decision.remaining == 5 - allowed.filter { $0 + 1000 > now }.count)
                if !decision.isAllowed {
                    #expect(decision.reset == inWindow[0] + 1000 - now)
                }
            }
            #expect(allowed.count > 20)
        }
    }

    @Test("a fixed window begins with the whole limit")
    func fixed() {
        let rule = QuotaRule(kind: .fixed, limit: 5, window: .nanoseconds(1000))
        for seed in 1...20 {
            var meter = QuotaMeter(rule: rule, start: 3000)
            var used: [UInt64: Int] = [:]
            for now in moments(seed: UInt64(seed), count: 300) {
                let window = (now - 3000) / 1000
                let decision = meter.decide(now: now)
                #expect(decision.isAllowed == (used[window, default: 0] < 5))
                if decision.isAllowed { used[window, default: 0] += 1 }
                #expect(decision.remaining == 5 - used[window, default: 0])
                #expect(decision.reset == 3000 + (window + 1) * 1000 - now)
            }
        }
    }

    @Test("twice the limit fits around the seam of fixed windows, and the peak shows it")
    func seam() {
        let rule = QuotaRule(kind: .fixed, limit: 5, window: .nanoseconds(1000))
        var meter = QuotaMeter(rule: rule, start: 0)
        var peak = PeakMeter(window: 1000)
        for now in [UInt64](990..<995) + [UInt64](1000..<1005) {
            #expect(meter.decide(now: now).isAllowed)
            peak.note(now)
        }
        #expect(peak.peak == 10)
    }

    @Test("the peak is the most that any window held")
    func peak() {
        for seed in 1...10 {
            let moments = moments(seed: UInt64(seed), count: 400)
            var meter = PeakMeter(window: 1000)
            for now in moments { meter.note(now) }
            let oracle = moments.map { end in
                moments.count { $0 <= end && $0 + 1000 > end }
            }.max()
            #expect(meter.peak == oracle)
            #expect(!meter.isLowerBound)
        }
    }

    @Test("no quota allows everything")
    func unlimited() {
        var meter = QuotaMeter(rule: .unlimited, start: 0)
        #expect((0..<1000).allSatisfy { _ in meter.decide(now: 1).isAllowed })
    }

    @Test(
        "a rule's text says all a rule can hold",
        arguments: [
            ("90/30s", QuotaRule()),
            ("none", QuotaRule(kind: .none)),
            ("5/1m,fixed", QuotaRule(kind: .fixed, limit: 5, window: .seconds(60))),
            (
                "90/30s,sliding,draft-7,retry-after=none",
                QuotaRule(fields: .draft7, retryAfter: .none)
            ),
            (
                "2/500ms,legacy,retry-after=date",
                QuotaRule(limit: 2, window: .milliseconds(500), fields: .legacy, retryAfter: .date)
            ),
        ])
    func parsing(_ text: String, _ rule: QuotaRule) throws {
        #expect(try QuotaRule(parsing: text) == rule)
    }

    @Test(
        "a rule that is not understood is named with its column",
        arguments: [
            ("", 1), ("90", 1), ("0/30s", 1), ("90/0s", 1), ("90/30s,draft-9", 8), ("x/1s", 1),
        ])
    func mistakes(_ text: String, _ column: Int) {
        let error = #expect(throws: SandboxError.self) { try QuotaRule(parsing: text) }
        #expect(error?.column == column)
    }
}
