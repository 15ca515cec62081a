import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk runs prune`: removes the files of old runs, and leaves their tombstones.
enum PruneCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let rule = try rule(arguments)
        let history = try RunArguments.existingHistory(arguments)
        let now = CurrentProcess.now
        let plan = try history.prunePlan(rule, now: now)
        let isJSON = arguments.has(.json)
        if !isJSON {
            try console.data(text(plan, in: history.directory, now: now.secondsSince1970))
        }
        guard !plan.removed.isEmpty else {
            if isJSON {
                try console.data(plan.json(directory: history.directory, results: []), as: .json)
            }
            return leftAlone(plan, console) ? .someRowsFailed : .success
        }
        let runs = Words.counted(plan.removed.count, "run")
        guard arguments.has(.yes) || console.canAsk else {
            if isJSON { try console.data(plan.json(directory: history.directory), as: .json) }
            throw CommandFailure.usage(
                "\(console.reasonNotToAsk), and nothing was removed: prune with --yes: "
                    + NextCommand.unattended(arguments))
        }
        guard
            try arguments.has(.yes)
                || console.asks(
                    "Remove the files of \(runs)? They cannot be brought back.",
                    unfinished: "nothing was removed")
        else { throw CommandFailure(.refused, "nothing was removed") }
        let results = try history.prune(plan, now: now)
        // What was done is said even where standard output fails.
        let code = report(results, console)
        let isLeft = leftAlone(plan, console)
        if isJSON {
            try console.data(plan.json(directory: history.directory, results: results), as: .json)
        }
        return isLeft && code == .success ? .someRowsFailed : code
    }

    /// Warns of runs that are not this user's own, and says whether there are any.
    private static func leftAlone(_ plan: PrunePlan, _ console: Console) -> Bool {
        let others = plan.kept.filter { if case .notOurs = $0.reason { true } else { false } }
        guard let first = others.first else { return false }
        let rest = others.count > 1 ? " (and \(Words.number(others.count - 1)) more)" : ""
        console.warn("\(first.run.name)\(rest) is not pruned: \(first.reason.text)")
        return true
    }

    private static func rule(_ arguments: ParsedArguments) throws -> PruneRule {
        let last = try arguments.integer(.keepLast, in: 0...Int.max)
        // `30` read as seconds would remove almost every run, where days were meant.
        let within = try arguments.duration(.keepWithin, from: "1s", to: "1000y", needsUnit: true)
        guard last != nil || within != nil else {
            throw CommandFailure.usage(
                "say which runs to keep: give --keep-last N, --keep-within AGE, or both, such as "
                    + "`mava-bulk runs prune --keep-last 30 --keep-within 90d`")
        }
        return PruneRule(keepLast: last, keepWithin: within)
    }

    /// The runs to be removed with their sizes, and the runs that the limits alone would not keep.
    private static func text(_ plan: PrunePlan, in directory: String, now: Int) -> String {
        var lines: [String] = []
        for removed in plan.removed {
            let run = removed.run
            let label = run.label.map { "  \"\(TerminalText.value($0))\"" } ?? ""
            let rest = run.state == .pruned ? "  files left of an interrupted pruning" : ""
            lines.append(
                "prune  \(TerminalText.value(run.name))  \(RunListText.age(run, now: now))  "
                    + RunListText.size(removed.bytes) + label + rest)
        }
        var within = 0
        for kept in plan.kept {
            if kept.reason == .last || kept.reason == .recent {
                within += 1
                continue
            }
            lines.append(
                "keep   \(TerminalText.value(kept.run.name))  \(RunListText.age(kept.run, now: now))"
                    + ": \(TerminalText.sentence(kept.reason.text))")
        }
        if within > 0 {
            lines.append(
                "keep   \(Words.counted(within, "run")) that --keep-last or --keep-within names")
        }
        if plan.removed.isEmpty {
            lines.append("there is no run to prune in \(directory)")
        } else {
            lines.append(
                "\(Words.counted(plan.removed.count, "run")) of \(directory) to prune, "
                    + "\(RunListText.size(plan.bytes)) on the disk")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func report(_ results: [PruneResult], _ console: Console) -> ExitCode {
        for result in results {
            if let problem = result.problem {
                console.warn("\(result.run.name) is not pruned: \(problem)")
            } else if !result.otherFiles.isEmpty {
                console.say(
                    "\(result.run.name): other files stay: \(result.otherFiles.joined(separator: ", "))"
                )
            }
        }
        let done = results.filter { $0.problem == nil }
        let bytes = done.reduce(0) { $0 + $1.bytes }
        console.say(
            "\(Words.counted(done.count, "run")) pruned, \(RunListText.size(bytes)) given back")
        return done.count == results.count ? .success : .someRowsFailed
    }
}
