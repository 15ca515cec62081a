import MavaBulk

/// `mava-bulk apply`: plan, ask, execute, report.
enum ApplyCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        guard arguments.has(.yes) || (talk.canAsk && arguments.operands[0] != "-") else {
            throw CommandFailure.usage(
                "there is no terminal to ask on: look at `mava-bulk plan` first, then apply with --yes"
            )
        }
        let input = try PlanArguments.input(arguments)
        let connection = try CommandConnection(arguments)
        var run = BulkRun(connection.mava)
        run.planning = try PlanArguments.options(arguments)
        run.planning.take(connection.mava)
        run.directory = arguments[.runDirectory]
        run.execution = try ExecutionArguments.options(arguments)
        let result = try await RunSession(talk, connection).watch(run) { run in
            try await run.apply(input) { plan in try approves(plan, arguments, talk) }
        }
        guard let result else { throw CommandFailure(.refused, "not approved: nothing was sent") }
        return try RunAccount.tell(result, connection, arguments, talk)
    }

    private static func approves(
        _ plan: Plan, _ arguments: ParsedArguments, _ talk: Talk
    ) throws -> Bool {
        if let expected = arguments[.expectPlan], !plan.header.isPlan(expected) {
            throw CommandFailure(
                .refused,
                "this is plan \(plan.header.id), and plan \(expected) was expected: nothing was sent"
            )
        }
        if !arguments.has(.json) { try PlanPreview.print(plan, arguments, talk) }
        guard plan.hasChanges, !arguments.has(.yes) else { return true }
        let count = plan.header.requests
        return talk.asks("Send \(count) \(count == 1 ? "update" : "updates")?")
    }
}

/// `mava-bulk resume`: goes on with a run that did not come to its end.
enum ResumeCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let connection = try CommandConnection(arguments)
        var run = BulkRun(connection.mava)
        run.execution = try ExecutionArguments.options(arguments)
        let result = try await RunSession(talk, connection).watch(run) { run in
            try await run.resume(arguments.operands[0])
        }
        return try RunAccount.tell(result, connection, arguments, talk)
    }
}

/// What a command line says about executing.
enum ExecutionArguments {
    static func options(_ arguments: ParsedArguments) throws -> ExecutionOptions {
        var options = ExecutionOptions()
        options.concurrency = try CommandConnection.concurrency(arguments)
        options.maxFailures = try arguments.integer(.maxFailures, in: 0...Int.max)
        options.deadline = try arguments.duration(.deadline)
        if let patience = try arguments.duration(.giveUpAfter) { options.giveUpAfter = patience }
        return options
    }
}
