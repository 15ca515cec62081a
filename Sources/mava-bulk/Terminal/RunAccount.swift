import BulkSystem
import MavaBulk

/// The messages about a run after its end.
enum RunAccount {
    /// The most reasons that are named.
    private static let mostReasons = 3
    /// The most columns of a reason: two lines of a usual terminal.
    private static let longestReason = 160

    /// Reports how a run ended and what to do next.
    ///
    /// - Parameters:
    ///   - result: How it ended.
    ///   - connection: The connection that it had.
    ///   - arguments: The command line, with what the earlier run's settings add.
    ///   - options: What a command to resume repeats.
    ///   - console: Where it is reported.
    /// - Returns: The exit code.
    /// - Throws: A ``CommandFailure`` of wrong usage for a share of `--accept-failures` that cannot be read.
    static func tell(
        _ result: RunResult, _ connection: CommandConnection, _ arguments: ParsedArguments,
        repeating options: NextCommand.Options, _ console: Console
    ) throws -> ExitCode {
        console.events?.finished(result)
        // Updates were sent: a result that cannot be printed changes neither the outcome nor the exit code.
        let printing = Result { () throws(FileError) in
            if arguments.has(.json) {
                try console.data(result.json, as: .json)
            } else {
                try console.data(counts(result))
            }
        }
        if console.isOutputClosed {
            console.insist(
                warning: "standard output was closed; the result is in \(result.directory)")
        } else if case .failure(let error) = printing {
            console.insist(warning: "\(error); the result is in \(result.directory)")
        }
        for line in reasons(result) { console.say(line) }
        if !result.approvals.isEmpty {
            console.say("approved by \(result.approvals.map(\.name).joined(separator: ", "))")
        }
        console.say("report: \(result.report)")
        if let page = result.page {
            console.say("page: \(page)")
        } else if let problem = result.pageProblem {
            console.insist(warning: "report.html was not written: \(problem)")
        }
        let ending = ending(result.summary)
        // A run that ended early has one next step, which is to resume it.
        if result.counts.toRunAgain > 0, ending == nil {
            console.say("rows to correct and apply again: \(result.failedRows)")
        }
        if result.counts[.failed] + result.counts[.unknown] > 0, ending == nil {
            console.say(
                "to try them again as they are: \(NextCommand.retry(result.directory, in: arguments.givenRunsDirectory))"
            )
        }
        connection.warnOfLostLedger(console)
        if let sandbox = connection.sandbox { console.say(sandbox.account) }
        if let ending {
            console.insist(warning: ending)
            let command = NextCommand.resume(result.directory, options)
            let condition =
                switch result.summary.reason {
                case .canary where result.summary.message != nil: "once they are right, "
                case .journalFailure: "when this is fixed, "
                case .keyRejected: "with a key that Mava accepts, "
                default: ""
                }
            console.insist("\(condition)go on with: \(command)")
        }
        let accepted = try AcceptedFailures(arguments)
        if let accepted, ending == nil, result.counts.hasTroubledRows {
            let verdict = accepted.contains(result.counts) ? "within" : "more than"
            console.say(
                "\(Words.number(result.counts.troubledRows)) of \(Words.rows(AcceptedFailures.rows(result.counts))) did not "
                    + "succeed, \(verdict) the accepted \(accepted)")
        }
        let code = ExitCode(result.summary.reason, result.counts, accepting: accepted)
        writeMetrics(result, code, arguments, console)
        return code
    }

    /// Writes the file of metrics; the run's outcome does not depend on it.
    private static func writeMetrics(
        _ result: RunResult, _ code: ExitCode, _ arguments: ParsedArguments, _ console: Console
    ) {
        guard let path = arguments[.metricsFile] else { return }
        let summary = result.summary
        var metrics = RunMetrics(
            counts: result.counts, requests: summary.requests,
            finishedAt: summary.finishedAt.millisecondsSince1970,
            isSuccess: code == .success && !result.counts.hasTroubledRows)
        metrics.retries = summary.retries
        metrics.durationMilliseconds = Nanoseconds(summary.duration).quotient(by: .millisecond)
        metrics.exitCode = code.rawValue
        do throws(FileError) {
            try metrics.write(to: path)
        } catch {
            console.insist(warning: "the metrics were not written: \(error)")
        }
    }

    /// One line: every outcome that has rows, in the order of the reports.
    private static func counts(_ result: RunResult) -> String {
        let parts = Outcome.allCases.filter { result.counts[$0] > 0 }.map {
            "\(Words.number(result.counts[$0])) \($0.rawValue)"
                + ($0 == .excluded ? otherShards(result.header) : "")
        }
        if parts.isEmpty { return "nothing to do: the input has no rows\n" }
        let seconds = ProgressText.duration(result.summary.duration)
        return "\(Words.rows(result.counts.rows)): \(parts.joined(separator: ", ")); "
            + "\(Words.counted(result.summary.requests, "request")) in \(seconds)\n"
    }

    /// The most frequent reasons why rows did not succeed, in the form of a preview's problems.
    private static func reasons(_ result: RunResult) -> [String] {
        let all = result.reasons.filter { $0.outcome != .unsent }
        var lines = all.prefix(mostReasons).map { reason in
            let place = "\(reason.rows == 1 ? "" : "first ")row \(Words.number(reason.row))"
            let message =
                reason.message.isEmpty ? "" : ": \(TerminalText.escaped(reason.message))"
            return TerminalText.cut(
                "  \(Words.number(reason.rows)) \(reason.code ?? reason.outcome.rawValue), \(place)"
                    + message, to: longestReason)
        }
        let rest = all.dropFirst(mostReasons)
        if !rest.isEmpty {
            let rows = rest.reduce(0) { $0 + $1.rows }
            lines.append(
                "  and \(Words.rows(rows)) for \(Words.counted(rest.count, "other reason"))")
        }
        return lines
    }

    /// How many of the excluded rows belong to other shards; nothing for a run of the whole input.
    private static func otherShards(_ header: PlanHeader) -> String {
        let count = header.counts.otherShards
        return count == 0 ? "" : " (\(Words.number(count)) of other shards)"
    }

    private static func ending(_ summary: RunSummary) -> String? {
        let why = summary.message.map { ": " + TerminalText.escaped($0) } ?? ""
        return switch summary.reason {
        case .finished: nil
        case .interrupted:
            summary.message == nil
                ? "the run was interrupted; nothing is lost" : "the run was interrupted" + why
        case .stopRequested: "the run's control file stopped it; nothing is lost"
        case .keyRejected: "Mava rejected the key" + why
        case .untrustedServer: "the connection is not safe, so the key was not sent" + why
        case .transportUnavailable: "this machine cannot send" + why
        case .localShortage: outage(.localShortage) + why
        case .outage: outage(summary.trouble) + why
        case .tooManyFailures: "too many rows failed, so the run was stopped" + why
        case .deadline: "the time given to the run is over"
        case .windowClosed: "it is outside the hours in which the run may send"
        case .canary where summary.message != nil:
            "look at the canary's rows before the rest is sent" + why
        case .canary: "the canary's rows are done"
        case .journalFailure: "the journal could not be kept" + why
        case .planUnreadable: "the plan could not be read to its end" + why
        }
    }

    /// What blocked a run for longer than its patience.
    static func outage(_ trouble: RunTrouble?) -> String {
        switch trouble {
        case .noAnswer: "Mava was out of reach for too long"
        case .errors: "Mava answered with errors for too long"
        case .quotaUsed:
            "others use the quota of this key: Mava refused requests (429) for too long"
        case .pause, nil: "Mava asked for a longer pause than this run waits for"
        case .localShortage: "this machine was short of descriptors, memory or ports for too long"
        }
    }
}
