import BulkSystem
import BulkPlan
import BulkPlanning
import BulkRecords
import MavaAPI

import CLibrary

/// How fast a plan is made of many changes against a snapshot of many tickets, beside other tools that
/// do the same with the same files.
///
///     mava-bulk-bench plan [--rows N] [--repeats N] [--directory DIR] [--peers PYTHON SCRIPT]
///                          [--only NAME]
///
/// One row in five differs from its ticket. Every run is a process of its own, ours as well, so that its
/// peak memory is its own; the time is what the process itself measured from opening the files to the
/// plan being written. With `--peers`, a Python that has `Tests/Benchmarks/Peers/requirements.txt` installed runs
/// `Tests/Benchmarks/Peers/plan.py`, turn by turn with ours, and the tickets that each found changed are compared.
enum PlanBench {
    static func run(_ arguments: [String]) async throws {
        let options = try ComparisonOptions(arguments, repeats: 5)
        if options.isChild { return try await plan(options) }
        try generate(options)
        var results: [String: Measurement] = [:]
        for _ in 0..<options.repeats {
            for name in names(options) where name == "mava-bulk" || options.peers != nil {
                let words =
                    name == "mava-bulk"
                    ? [
                        CommandLine.arguments[0], "plan", "--child", "--rows", "\(options.rows)",
                        "--directory", options.directory,
                    ]
                    : [
                        options.peers!.python, options.peers!.script, name, options.csv,
                        options.snapshot, options.output(name),
                    ]
                // Whoever replaces an old plan also pays for freeing it.
                _ = unlink(options.output(name))
                let measured = try measure(words, result: options.output(name) + ".time")
                results[name] = results[name].map { $0.best(measured) } ?? measured
            }
        }
        try report(results, options)
    }

    /// The contenders.
    private static func names(_ options: ComparisonOptions) -> [String] {
        options.only ?? ["mava-bulk", "duckdb", "polars", "python"]
    }

    /// Makes one plan and writes how long it took.
    private static func plan(_ options: ComparisonOptions) async throws {
        var planning = PlanOptions()
        planning.source = .snapshot(path: options.snapshot)
        planning.output = options.output("mava-bulk")
        planning.agents = (0..<50).map { Agent(id: id(agent: $0), username: "Agent \($0)") }
        planning.categories = (0..<20).map {
            Category(id: id(category: $0), name: "Category \($0)")
        }
        let clock = ContinuousClock()
        let start = clock.now
        let plan = try await Planner(options: planning).plan(PlanInput(path: options.csv), now: 0)
        let seconds = (clock.now - start) / .seconds(1)
        try write("\(seconds) \(plan.header.requests)\n", to: options.output("mava-bulk") + ".time")
    }

    private static func report(_ results: [String: Measurement], _ options: ComparisonOptions)
        throws
    {
        guard let ours = results["mava-bulk"] else { return }
        let changed = try changedTickets(options.output("mava-bulk"))
        for name in names(options) {
            guard let result = results[name] else { continue }
            let isSame = try name == "mava-bulk" || changedTickets(options.output(name)) == changed
            print(
                "\(name): \(rounded(result.seconds)) s, \(rounded(result.megabytes)) MB; ours is "
                    + "\(rounded(ours.seconds / result.seconds)) of its time and "
                    + "\(rounded(ours.megabytes / result.megabytes)) of its memory; "
                    + "\(changed.count) changed tickets, \(isSame ? "the same" : "NOT THE SAME")")
            guard isSame else {
                throw ComparisonOptions.Failure(description: "\(name) found other changes")
            }
        }
        print(
            "\(rounded(ours.megabytes * 1_048_576 / Double(options.rows))) bytes a row at the peak")
    }

    /// The ids of the tickets that a plan changes, sorted.
    private static func changedTickets(_ path: String) throws -> [TicketKey] {
        var reader = try RecordReader(ByteSource(path: path), format: .jsonLines)
        var tickets: [TicketKey] = []
        while try reader.next({ record in
            guard record["do"] == "update", var id = record["ticketId"] else { return }
            id.withUTF8 { if let key = TicketKey(hexadecimal: $0) { tickets.append(key) } }
        }) {}
        tickets.sort { ($0.high, $0.middle, $0.low) < ($1.high, $1.middle, $1.low) }
        return tickets
    }

    private static func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
