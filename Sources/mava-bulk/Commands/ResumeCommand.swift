import BulkExecution
import BulkSystem
import MavaBulk

/// `mava-bulk resume`: continues a run that has not finished.
enum ResumeCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let directory = try RunArguments.directory(arguments)
        let isDry = arguments.has(.dryRun)
        guard isDry || arguments.has(.yes) || talk.canAsk else {
            // The message does not suggest to resume a run that cannot be resumed.
            try RunDirectory.requireRun(directory)
            throw CommandFailure.usage(
                "\(talk.reasonNotToAsk): resume with --yes: "
                    + NextCommand.resume(directory, isUnattended: true))
        }
        var arguments = arguments
        let settings = try RunSettings.read(from: directory)
        try settings?.complete(&arguments, in: directory, talk)
        let connection = try CommandConnection(arguments, talk)
        var run = BulkRun(connection.mava)
        try run.configure(by: arguments, talk)
        let session = CommandSession(
            talk, connection.mava, drain: run.execution.drain, isUnattended: arguments.has(.yes),
            resumed: directory)
        let given = arguments
        let end = try await session.watch(run) { run in
            try await run.resume(directory) { preview in
                session.prepared()
                return try approves(preview, given, talk)
            }
        }
        if isDry {
            connection.warnOfLostLedger(talk)
            talk.say("dry run: nothing was sent")
            return .success
        }
        guard case .ran(let result) = end else {
            throw CommandFailure(.refused, "not approved: nothing was sent")
        }
        return try RunAccount.tell(result, connection, arguments, talk)
    }

    /// Shows what is left, and asks where anything is.
    private static func approves(
        _ preview: ResumePreview, _ arguments: ParsedArguments, _ talk: Talk
    ) throws -> Bool {
        if !preview.hasJournal {
            talk.warn(
                "the run has no journal, as if nothing had been sent; put journal.jsonl back if there was "
                    + "one")
        } else if preview.missingRequests > 0 {
            talk.warn(
                "the journal lacks \(Words.counted(preview.missingRequests, "request")) that summary.json "
                    + "counts: rows that were updated by them show as unchanged; put the run's last "
                    + "journal.jsonl back if there is one")
        }
        let changed =
            preview.changed == 0 ? "" : ", \(Words.number(preview.changed)) changed meanwhile"
        let left =
            "\(Words.number(preview.done)) of \(Words.counted(preview.total, "update")) done, "
            + "\(Words.number(preview.toSend)) to send\(changed)"
        if arguments.has(.dryRun) {
            if arguments.has(.json) {
                let object = JSONValue.object([
                    ("updates", .number(preview.total)), ("done", .number(preview.done)),
                    ("toSend", .number(preview.toSend)), ("changed", .number(preview.changed)),
                ])
                try talk.data(object.line + "\n", as: .json)
            } else {
                try talk.data(left + "\n")
            }
            return false
        }
        let asks = preview.toSend > 0 && !arguments.has(.yes)
        if asks { talk.insist(left) } else { talk.say(left) }
        guard asks else { return true }
        return talk.asks("Send \(Words.counted(preview.toSend, "update"))?")
    }
}

extension BulkRun {
    /// Applies the execution options of a command line.
    mutating func configure(by arguments: ParsedArguments, _ talk: Talk) throws {
        origin = CommandConnection.origin(arguments)
        exitCode = { ExitCode($0, hasTroubledRows: $1.hasTroubledRows).rawValue }
        execution.concurrency = try CommandConnection.concurrency(arguments)
        execution.maxFailures = try arguments.integer(.maxFailures, in: 0...Int.max)
        execution.deadline = try arguments.duration(.deadline)
        execution.canary = try arguments.integer(.canary, in: 1...Int.max)
        if let patience = try arguments.duration(.giveUpAfter) { execution.giveUpAfter = patience }
        if let drain = try arguments.duration(.drain) { execution.drain = drain }
        if let policy = arguments[.onConflict].flatMap(ConflictPolicy.init) { onConflict = policy }
        let isYes = arguments.has(.yes)
        goesOnAfterCanary = { report in
            talk.say(
                "canary: \(Words.tickets(report.checked)) read again, \(report.mismatches.count) not as asked, "
                    + "\(report.notFound) not found, \(report.failed) failed")
            for mismatch in report.mismatches.prefix(10) { talk.warn(mismatch) }
            guard report.isGood else { return false }
            return isYes || (talk.canAsk && talk.asks("Go on with the rest?"))
        }
    }
}
