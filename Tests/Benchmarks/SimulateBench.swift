import ExecutionSimulation

import CLibrary

/// Simulated runs by the thousand: `simulate [--runs N] [--seed S]`.
///
/// A world whose promises were broken is printed with its seed; `--seed S` plays that one again.
enum SimulateBench {
    /// Simulated runs in which a promise was broken.
    struct Broken: Error, CustomStringConvertible {
        var description: String
    }

    private struct Totals {
        var runs = 0
        var arrivals = 0
        var refusals = 0
        var sessions = 0
        var broken: [UInt64] = []
    }

    static func run(_ arguments: [String]) async throws {
        var first: UInt64 = 0
        var runs: UInt64 = 20_000
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst().flatMap(UInt64.init) else {
                throw Broken(description: "\(option) needs a number")
            }
            switch option {
            case "--runs": runs = value
            case "--seed": (first, runs) = (value, 1)
            case "--from": first = value
            default: throw Broken(description: "usage: simulate [--runs N] [--from S] [--seed S]")
            }
        }
        let start = ContinuousClock.now
        let workers: UInt64 = 2
        let totals = await withTaskGroup(of: Totals.self) { group in
            for worker in 0..<workers {
                group.addTask { [first, runs] in
                    var totals = Totals()
                    var number = worker
                    while number < runs {
                        play(first + number, &totals)
                        number += workers
                    }
                    return totals
                }
            }
            var sum = Totals()
            for await part in group {
                sum.runs += part.runs
                sum.arrivals += part.arrivals
                sum.refusals += part.refusals
                sum.sessions += part.sessions
                sum.broken += part.broken
            }
            return sum
        }
        print(
            "\(totals.runs) runs in \(totals.sessions) parts, \(totals.arrivals) requests, "
                + "\(totals.refusals) of them refused: "
                + "\(totals.broken.count) broken, in \(ContinuousClock.now - start)")
        // The seeds were printed; an error thrown from `main` would print a crash report beside them.
        if !totals.broken.isEmpty { exit(1) }
    }

    private static func play(_ seed: UInt64, _ totals: inout Totals) {
        var simulation = Simulation(seed: seed)
        let report = simulation.run()
        totals.runs += 1
        totals.arrivals += report.arrivals
        totals.refusals += report.refusals
        totals.sessions += report.sessions
        guard !report.violations.isEmpty else { return }
        totals.broken.append(seed)
        print("seed \(seed): \(report.violations.joined(separator: "; "))")
    }
}
