import BulkExecution
import BulkHistory
import BulkSystem

/// The lines that say at the end how the jobs of several profiles ended.
enum JobTable {
    /// The table, and the commands to go on with.
    ///
    /// - Parameters:
    ///   - ends: How the jobs ended, in the order of the profiles.
    ///   - run: Reads a run from its directory; `nil` where that cannot be read.
    /// - Returns: The lines.
    static func lines(_ ends: [JobEnd], run: (String) -> PastRun?) -> [String] {
        let title = "profile"
        let width = max(title.count, ends.map(\.job.profile.count).max() ?? 0)
        func padded(_ text: String, to width: Int, before: Bool = false) -> String {
            let blanks = String(repeating: " ", count: max(0, width - text.count))
            return before ? blanks + text : text + blanks
        }
        let runs = ends.map { $0.directory.flatMap(run) }
        var lines = [padded(title, to: width) + "  code  result"]
        for (end, past) in zip(ends, runs) {
            let code = padded(end.status.map { "\($0)" } ?? "-", to: 4, before: true)
            let parts = [end.text, past.flatMap(counts), end.directory].compactMap { $0 }
            lines.append(
                "\(padded(end.job.profile, to: width))  \(code)  \(parts.joined(separator: "; "))")
        }
        for (end, past) in zip(ends, runs) {
            if let next = next(end, past) { lines.append("\(end.job.profile): \(next)") }
        }
        return lines
    }

    /// How the rows of a run ended, such as `45 updated, 2 failed`; `nil` where that is not known.
    private static func counts(_ run: PastRun) -> String? {
        let parts = Outcome.allCases.filter { run[$0] > 0 }.map {
            "\(Words.number(run[$0])) \($0.rawValue)"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// What to do where a job did not succeed; `nil` where nothing is left.
    private static func next(_ end: JobEnd, _ run: PastRun?) -> String? {
        guard let run else {
            var arguments = end.job.arguments
            // The number of before may be what was wrong.
            if end.code == .refused, arguments.has(.confirm) { arguments.values[.confirm] = "N" }
            let command = NextCommand.alone(arguments)
            switch (end.cause, end.code) {
            case (.notStarted, _), (.couldNotStart, _): return "start it with: \(command)"
            // What is wrong with the rows of a plan is in its preview.
            case (_, .success), (_, .someRowsFailed), (_, .changes): return nil
            case (.signalled, _), (_, .hungUp), (_, .interrupted), (_, .terminated):
                return "start it again with: \(command)"
            case (.exited, _): return "when this is fixed: \(command)"
            }
        }
        switch run.state {
        case .resumable:
            let isUnattended = end.job.arguments.has(.yes) && !end.job.arguments.has(.confirm)
            let command = NextCommand.resume(
                run.path, NextCommand.repeated(by: end.job.arguments, asksNothing: isUnattended))
            return "go on with: \(command)"
        case .finished:
            return run[.failed] + run[.unknown] > 0
                ? "try them again with: \(NextCommand.retry(run.path))" : nil
        case .running, .pruned, .unreadable: return nil
        }
    }
}
