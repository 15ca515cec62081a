import MavaBulk

/// `mava-bulk resume`: goes on with a run that did not come to its end.
enum ResumeCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let connection = try CommandConnection(arguments, talk)
        var run = BulkRun(connection.mava)
        try run.take(arguments, talk)
        let result = try await RunSession(talk, connection.mava).watch(run) { run in
            try await run.resume(arguments.operands[0])
        }
        return try RunAccount.tell(result, connection, arguments, talk)
    }
}

extension BulkRun {
    /// Takes what a command line says about executing.
    mutating func take(_ arguments: ParsedArguments, _ talk: Talk) throws {
        execution.concurrency = try CommandConnection.concurrency(arguments)
        execution.maxFailures = try arguments.integer(.maxFailures, in: 0...Int.max)
        execution.deadline = try arguments.duration(.deadline)
        execution.canary = try arguments.integer(.canary, in: 1...Int.max)
        if let patience = try arguments.duration(.giveUpAfter) { execution.giveUpAfter = patience }
        if let policy = arguments[.onConflict].flatMap(ConflictPolicy.init) { onConflict = policy }
        let isYes = arguments.has(.yes)
        goesOnAfterCanary = { report in
            talk.say(
                "canary: \(report.checked) tickets read again, \(report.mismatches.count) not as asked, "
                    + "\(report.notFound) not found, \(report.failed) failed")
            for mismatch in report.mismatches.prefix(10) { talk.warn(mismatch) }
            guard report.isGood else { return false }
            return isYes || (talk.canAsk && talk.asks("Go on with the rest?"))
        }
    }
}
