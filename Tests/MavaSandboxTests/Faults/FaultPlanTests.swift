import Testing

@testable import MavaSandbox

/// Plans as text, and their probabilities.
@Suite struct FaultPlanTests {
    @Test("a plan's text says all a plan can hold")
    func parsing() throws {
        let plan = try FaultPlan(
            parsing: "seed=7, only=PUT,latency=20ms±5ms,latency=10ms..50ms@0.5,latency=~2s@1%,"
                + "latency=1ms+-1us,latency=3ms,500-before=0.01,drop-after-commit@3,401@2..4,"
                + "gzip-bomb@9..,huge-headers@every-10,slow-drip=5%,drip=1ms,moving=30,retry-after=3s,"
                + "redirect-to=http://127.0.0.1:8081,")
        #expect(plan.seed == 7)
        #expect(plan.scope == .put)
        #expect(plan.drip == .milliseconds(1))
        #expect(plan.moving == 30)
        #expect(plan.retryAfter == .seconds(3))
        #expect(plan.redirectTarget == "http://127.0.0.1:8081")
        #expect(
            plan.latencies == [
                Latency(.normal(mean: .milliseconds(20), deviation: .milliseconds(5))),
                Latency(.uniform(.milliseconds(10), .milliseconds(50)), probability: 0.5),
                Latency(.exponential(mean: .seconds(2)), probability: 0.01),
                Latency(.normal(mean: .milliseconds(1), deviation: .microseconds(1))),
                Latency(.constant(.milliseconds(3))),
            ])
        #expect(
            plan.rules == [
                .init(.errorBefore, .probability(0.01)), .init(.dropAfterCommit, .requests(3...3)),
                .init(.unauthorized, .requests(2...4)), .init(.gzipBomb, .requests(9...Int.max)),
                .init(.hugeHeaders, .every(10)), .init(.slowDrip, .probability(0.05)),
            ])
        #expect(try FaultPlan(parsing: "") == FaultPlan())
    }

    @Test(
        "what is not understood is named with its column",
        arguments: [
            ("nothing=1", 1), ("seed=7,nothing=1", 8), ("500-before", 1), ("500-before=2", 1),
            ("500-before=x", 1), ("500-before=-0.1", 1), ("500-before=nan", 1), ("429@0", 1),
            ("429@5..3", 1), ("429@every-0", 1), ("latency=20", 1), ("latency=50ms..10ms", 1),
            ("latency=-1ms", 1), ("seed=1,latency=x", 8), ("only=post", 1), ("seed=-1", 1),
            ("redirect-to=ftp://x", 1), ("moving=-1", 1), ("redirect-to=http://x/", 1),
            ("drip=", 1),
        ])
    func mistakes(_ text: String, _ column: Int) {
        let error = #expect(throws: SandboxError.self) { try FaultPlan(parsing: text) }
        #expect(error?.code == .syntax)
        #expect(error?.column == column)
    }

    @Test("every fault's name is in the message that lists them")
    func names() {
        let error = #expect(throws: SandboxError.self) { try FaultPlan(parsing: "x=1") }
        for fault in Fault.allCases { #expect(error?.message.contains(fault.rawValue) == true) }
    }

    private func fates(_ text: String, count: Int = 20_000) throws -> [Fate] {
        var dice = FaultDice(plan: try FaultPlan(parsing: text))
        return (0..<count).map { _ in dice.roll(.ticket, .put) }
    }

    @Test("the same seed gives the same fates, another seed others")
    func seeds() throws {
        let plan = "500-before=0.1,latency=20ms±5ms"
        #expect(try fates("seed=3,\(plan)") == fates("seed=3,\(plan)"))
        #expect(try fates("seed=3,\(plan)") != fates("seed=4,\(plan)"))
    }

    @Test("probabilities are kept, and the earlier fault takes precedence")
    func probabilities() throws {
        let fates = try fates("429=0.25,drop-after-commit=0.5")
        let tooMany = fates.count { $0.fault == .tooManyRequests }
        let dropped = fates.count { $0.fault == .dropAfterCommit }
        // The bound is six standard deviations for 20,000 draws.
        #expect(abs(tooMany - 5000) < 370)
        #expect(abs(dropped - 7500) < 420)
    }

    @Test("scripts hit the requests they name, counted within their scope")
    func scripts() throws {
        var dice = FaultDice(plan: try FaultPlan(parsing: "only=get,503@2,401@every-3"))
        var hits: [Int: Fault] = [:]
        for number in 1...6 {
            #expect(dice.roll(.ticket, .put) == Fate())
            #expect(dice.roll(.stats, .get) == Fate())
            hits[number] = dice.roll(.agents, .get).fault
        }
        #expect(hits == [2: .unavailable, 3: .unauthorized, 6: .unauthorized])
    }

    @Test("latencies have their distribution's mean and bounds")
    func latencies() throws {
        func mean(_ text: String) throws -> Double {
            let delays = try fates("latency=\(text)").map { Double($0.delay) / 1e6 }
            return delays.reduce(0, +) / Double(delays.count)
        }
        #expect(try mean("20ms") == 20)
        #expect(abs(try mean("20ms±5ms") - 20) < 0.3)
        #expect(abs(try mean("10ms..50ms") - 30) < 0.6)
        #expect(abs(try mean("~20ms") - 20) < 1)
        #expect(abs(try mean("100ms@0.1") - 10) < 1.5)
        let uniform = try fates("latency=10ms..50ms").map(\.delay)
        #expect(uniform.allSatisfy { (10_000_000...50_000_000).contains($0) })
        #expect(try fates("latency=1ms,latency=2ms").allSatisfy { $0.delay == 3_000_000 })
    }
}
