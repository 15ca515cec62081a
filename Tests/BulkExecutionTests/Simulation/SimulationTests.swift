import BulkTestSupport
import ExecutionSimulation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Simulated runs")
struct SimulationTests {
    /// `MAVA_BULK_SIMULATION_SEED` plays one world again; `MAVA_BULK_SIMULATION_RUNS` asks for more.
    static var seeds: Range<UInt64> {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["MAVA_BULK_SIMULATION_SEED"].flatMap(UInt64.init) {
            return seed..<(seed + 1)
        }
        let runs = environment["MAVA_BULK_SIMULATION_RUNS"].flatMap(UInt64.init)
        return 0..<(runs ?? UInt64(RandomInputs.count(500)))
    }

    @Test("whatever the server and the network do, every promise is kept")
    func promises() {
        var refusals = 0
        var sessions = 0
        var abandoned = 0
        var journalFailures = 0
        var pauses = 0
        for seed in Self.seeds {
            var simulation = Simulation(seed: seed)
            let report = simulation.run()
            #expect(report.violations == [], "replay with MAVA_BULK_SIMULATION_SEED=\(seed)")
            refusals += report.refusals
            sessions += report.sessions
            abandoned += report.abandoned
            journalFailures += report.journalFailures
            pauses += report.pauses
        }
        // Worlds without refusals and interruptions would prove nothing.
        if Self.seeds.count >= 500 {
            #expect(refusals > 100)
            #expect(sessions > Self.seeds.count + 50)
            #expect(abandoned > 20)
            #expect(journalFailures > 20)
            #expect(pauses > 50)
        }
    }

    @Test("the same seed gives the same world")
    func repeatable() {
        for seed: UInt64 in [3, 77, 4711] {
            var first = Simulation(seed: seed)
            var second = Simulation(seed: seed)
            #expect(first.run() == second.run())
        }
    }
}
