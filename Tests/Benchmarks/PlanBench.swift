import BulkPlan
import BulkPlanning
import BulkRecords
import BulkSystem
import MavaAPI

import CLibrary

/// How fast the whole program plans many changes against a snapshot of many tickets, beside other tools
/// that do the same with the same files.
///
///     mava-bulk-bench plan [--shape NAME,NAME] [--rows N] [--repeats N] [--directory DIR]
///                          [--peers PYTHON SCRIPT] [--only NAME,NAME] [--program PATH]
///                          [--baseline PATH]
///
/// ``PlanShape`` says what the files look like. Every run is a process of its own. Ours is measured from
/// its start to its end, preview and all. A peer measures itself without starting Python and importing,
/// which favours the peers. With `--peers`, a Python that has `Tests/Benchmarks/Peers/requirements.txt`
/// installed runs `Tests/Benchmarks/Peers/plan.py`, turn by turn with ours, and the tickets that each
/// found changed are compared. `--baseline` is another build of the program, as one more contender.
enum PlanBench {
    private static let ours = "mava-bulk"
    private static let baseline = "baseline"

    static func run(_ arguments: [String]) async throws {
        let options = try ComparisonOptions(arguments, repeats: 7)
        for name in options.shapes ?? [PlanShape.plain.rawValue] {
            guard let shape = PlanShape(rawValue: name) else {
                throw ComparisonOptions.Failure(
                    description: "no such shape: \(name); there is "
                        + PlanShape.allCases.map(\.rawValue).joined(separator: ", "))
            }
            try compare(PlanFiles(options, shape), options)
        }
    }

    private static func compare(_ files: PlanFiles, _ options: ComparisonOptions) throws {
        try files.generate()
        var turns: [String: [Measurement]] = [:]
        let names = names(options)
        for _ in 0..<options.repeats {
            for name in names {
                // Whoever replaces an old plan also pays for freeing it.
                _ = unlink(files.plan(name))
                turns[name, default: []].append(try measure(name, files, options))
            }
        }
        try report(turns, names, files)
    }

    /// The contenders.
    private static func names(_ options: ComparisonOptions) -> [String] {
        let all =
            [ours] + (options.baseline == nil ? [] : [baseline])
            + (options.peers == nil ? [] : ["duckdb", "duckdb-cells", "polars", "python"])
        return all.filter { options.only?.contains($0) ?? true }
    }

    private static func measure(
        _ name: String, _ files: PlanFiles, _ options: ComparisonOptions
    ) throws -> Measurement {
        let plan = files.plan(name)
        guard name == ours || name == baseline else {
            return try measure(
                [
                    options.peers!.python, options.peers!.script, name, files.rows, files.tickets,
                    files.names, plan, files.shape.rawValue,
                ], result: plan + ".time")
        }
        let child = try ChildProcess(
            name == ours ? options.program : options.baseline!,
            [
                "plan", files.rows, "--snapshot", files.tickets, "--lookups", files.names,
                "--output", plan,
            ], silencingErrors: true
        ).wait()
        guard child.exitCode == 0 else {
            throw ComparisonOptions.Failure(
                description: "\(name) ended with \(child.exitCode): \(child.output)")
        }
        return Measurement(
            seconds: child.seconds, processorSeconds: child.processorSeconds,
            megabytes: Double(child.peakMemory) / 1_048_576)
    }

    private static func report(
        _ turns: [String: [Measurement]], _ names: [String], _ files: PlanFiles
    ) throws {
        guard let first = names.first, let ours = turns[first] else { return }
        let changed = try changedTickets(files.plan(first))
        for name in names {
            guard let results = turns[name] else { continue }
            let isSame = try name == first || changedTickets(files.plan(name)) == changed
            let memory = Spread(results.map(\.megabytes))
            var line =
                "\(files.shape.rawValue): \(name): "
                + "\(Spread(results.map(\.seconds)).text) s, "
                + "\(rounded(Spread(results.map(\.processorSeconds)).middle)) s of processor, "
                + "\(rounded(memory.middle)) MB"
            if name != first {
                let time = Spread(zip(ours, results).map { $0.seconds / $1.seconds })
                let processor = Spread(
                    zip(ours, results).map { $0.processorSeconds / $1.processorSeconds })
                let part = Spread(zip(ours, results).map { $0.megabytes / $1.megabytes })
                line +=
                    "; ours is \(time.text) of its time, \(processor.text) of its processor time "
                    + "and \(rounded(part.middle)) of its memory"
            }
            print(
                line + "; \(changed.count) changed tickets, \(isSame ? "the same" : "NOT THE SAME")"
            )
            fflush(nil)
            guard isSame else {
                throw ComparisonOptions.Failure(description: "\(name) found other changes")
            }
        }
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
}
