import BulkExecution
import BulkSystem
import MavaBulk

/// `mava-bulk resume`: continues a run that has not finished.
enum ResumeCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let directory = try RunArguments.directory(arguments)
        guard arguments.has(.yes) || talk.canAsk else {
            // The message does not suggest to resume a run that cannot be resumed.
            try RunDirectory.requireRun(directory)
            throw CommandFailure.usage(
                "there is no terminal to ask on: resume with --yes: "
                    + NextCommand.resume(directory, isUnattended: true))
        }
        var arguments = arguments
        let settings = try RunSettings.read(from: directory)
        settings?.complete(&arguments, talk)
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
                return approves(preview, given, talk)
            }
        }
        guard case .ran(let result) = end else {
            throw CommandFailure(.refused, "not approved: nothing was sent")
        }
        return try RunAccount.tell(result, connection, arguments, talk)
    }

    /// Shows what is left, and asks where anything is.
    private static func approves(
        _ preview: ResumePreview, _ arguments: ParsedArguments, _ talk: Talk
    ) -> Bool {
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
        talk.say(
            "\(Words.number(preview.done)) of \(Words.counted(preview.total, "update")) done, "
                + "\(Words.number(preview.toSend)) to send\(changed)")
        guard preview.toSend > 0, !arguments.has(.yes) else { return true }
        return talk.asks("Send \(Words.counted(preview.toSend, "update"))?")
    }
}

extension RunSettings {
    /// Fills in missing options from the run's own settings, and reports the differences.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - talk: Reports which settings of the run are overridden.
    fileprivate func complete(_ arguments: inout ParsedArguments, _ talk: Talk) {
        for (id, value) in recorded(beside: arguments) {
            guard let value else { continue }
            guard let given = arguments[id] else {
                arguments.values[id] = value
                continue
            }
            if given != value {
                talk.say("--\(id.rawValue) \(given), where the run had \(value)")
            }
        }
    }

    /// The run's settings as options.
    private func recorded(beside arguments: ParsedArguments) -> [(OptionID, String?)] {
        var options: [(OptionID, String?)] = [
            (.quota, quota), (.quotaShare, quotaShare), (.timeout, timeout),
            (.concurrency, String(concurrency)), (.maxFailures, maxFailures.map { String($0) }),
            (.giveUpAfter, giveUpAfter), (.deadline, deadline), (.drain, drain),
            (.onConflict, onConflict),
            (.caFile, caFile),
        ]
        // A key file that was moved away leaves the key to the environment.
        if let keyFile, FilePath.exists(keyFile) { options.append((.apiKeyFile, keyFile)) }
        if sandbox != nil, !arguments.has(.baseURL) { options.append((.sandbox, sandbox)) }
        if baseURL != nil, !arguments.has(.sandbox) { options.append((.baseURL, baseURL)) }
        return options
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
