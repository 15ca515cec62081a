import BulkExecution
import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk undo`: puts back what runs changed.
enum UndoCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        try PlanArguments.refuseTwoForms(arguments)
        let sendsNothing = arguments.has(.dryRun) || arguments[.output] != nil
        guard arguments.has(.yes) || talk.canAsk || sendsNothing else {
            throw CommandFailure.usage(
                "there is no terminal to ask on: look at the plan first (--dry-run), then answer with "
                    + "--yes: " + NextCommand.unattended(arguments))
        }
        guard arguments[.output] != "-" else {
            throw CommandFailure.usage("--output takes a file: a plan is read more than once")
        }
        let history = RunArguments.history(arguments)
        let runs = try arguments.operands.map { try history.run($0) }
        let selection = try selection(arguments)
        let expected = try arguments.planID(.expectPlan)
        var arguments = arguments
        if let newest = runs.max(by: { ($0.startedAt ?? "") < ($1.startedAt ?? "") }),
            ![.pruned, .unreadable].contains(newest.state)
        {
            try RunSettings.read(from: newest.path)?
                .complete(&arguments, only: RunSettings.connection, talk)
        }
        let connection = try CommandConnection(arguments, talk)
        var run = BulkRun(connection.mava)
        run.planning = try PlanArguments.options(arguments)
        run.planning.columns = ColumnChoices()
        run.planning.configure(for: connection.mava)
        run.directory = arguments[.runDirectory]
        run.runsDirectory = history.directory
        run.label = try RunArguments.label(arguments)
        try run.configure(by: arguments, talk)
        do {
            if sendsNothing {
                return try await plan(
                    run, runs, selection, expecting: expected, connection, arguments, talk)
            }
            let session = CommandSession(
                talk, connection.mava, drain: run.execution.drain,
                isUnattended: arguments.has(.yes))
            let given = arguments
            let end = try await session.watch(run) { run in
                try await run.undo(runs, selection) { plan in
                    session.prepared()
                    return try ApplyCommand.approves(
                        plan, nil, expecting: expected, given, talk)
                }
            }
            guard case .ran(let result) = end else {
                throw CommandFailure(.refused, "not approved: nothing was sent")
            }
            return try RunAccount.tell(result, connection, arguments, talk)
        } catch let error as PlanError where error.code == .inputEmpty {
            talk.say(error.message)
            return .success
        }
    }

    private static func selection(_ arguments: ParsedArguments) throws -> UndoSelection {
        var selection = UndoSelection(fields: try PlanArguments.onlyFields(arguments))
        for text in arguments.list(.rows) {
            guard let rows = PlanEdit.rows(text) else {
                throw CommandFailure.usage(
                    "--rows takes row numbers such as 5,7-9, not `\(TerminalText.escaped(text))`")
            }
            selection.rows = (selection.rows ?? []) + rows
        }
        return selection
    }

    /// Shows the plan, and saves it where that is asked for.
    private static func plan(
        _ run: BulkRun, _ runs: [PastRun], _ selection: UndoSelection, expecting expected: String?,
        _ connection: CommandConnection, _ arguments: ParsedArguments, _ talk: Talk
    ) async throws -> ExitCode {
        var run = run
        run.planning.output = arguments[.output]
        run.planning.replacesAnyFile = arguments.has(.force)
        let session = CommandSession(talk, connection.mava)
        // It also keeps the sandbox alive for as long as it is needed.
        defer { connection.warnOfLostLedger(talk) }
        let plan = try await session.watch(run) { run in try await run.planUndo(runs, selection) }
        session.prepared()
        if let expected, !plan.header.isPlan(expected) {
            throw CommandFailure(
                .refused, "this is plan \(plan.header.id), and plan \(expected) was expected")
        }
        try PlanPreview.print(plan, arguments, talk)
        if let path = arguments[.output] {
            talk.say("saved plan \(plan.header.id.prefix(8)) to \(path)")
            if plan.hasChanges {
                talk.say("send it with: mava-bulk apply \(ShellWord.operand(path))")
            }
        }
        return PlanCommand.exitCode(plan, arguments)
    }
}
