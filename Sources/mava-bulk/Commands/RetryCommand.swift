import BulkExecution
import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk retry`: plans rows of a run again that did not succeed.
enum RetryCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        try PlanArguments.refuseTwoForms(arguments)
        guard arguments.has(.yes) || talk.canAsk || arguments[.output] != nil else {
            throw CommandFailure.usage(
                "there is no terminal to ask on: look at the plan first (--output FILE), then answer with "
                    + "--yes: " + NextCommand.unattended(arguments))
        }
        guard arguments[.output] != "-" else {
            throw CommandFailure.usage("--output takes a file: a plan is read more than once")
        }
        let selection = try selection(arguments)
        let expected = try arguments.planID(.expectPlan)
        let history = RunArguments.history(arguments)
        let asked = try history.run(arguments.operands[0])
        let chain = try history.chain(of: asked)
        if chain.newest.path != asked.path {
            talk.say("\(asked.name) was retried already: this goes on from \(chain.newest.name)")
        }
        var arguments = arguments
        if ![.pruned, .unreadable].contains(chain.newest.state) {
            try RunSettings.read(from: chain.newest.path)?.complete(&arguments, talk)
        }
        let connection = try CommandConnection(arguments, talk)
        var run = BulkRun(connection.mava)
        run.planning = try PlanArguments.options(arguments)
        run.planning.take(connection.mava)
        run.directory = arguments[.runDirectory]
        run.runsDirectory = history.directory
        run.label = try RunArguments.label(arguments)
        try run.take(arguments, talk)
        do {
            if arguments[.output] != nil {
                return try await plan(run, chain, selection, connection, arguments, talk)
            }
            let session = CommandSession(
                talk, connection.mava, drain: run.execution.drain,
                isUnattended: arguments.has(.yes))
            let given = arguments
            let result = try await session.watch(run) { run in
                try await run.retry(chain, selection) { plan, revalidation in
                    session.prepared()
                    return try ApplyCommand.approves(
                        plan, revalidation, expecting: expected, given, talk)
                }
            }
            guard let result else {
                throw CommandFailure(.refused, "not approved: nothing was sent")
            }
            return try RunAccount.tell(result, connection, arguments, talk)
        } catch let error as PlanError where error.code == .inputEmpty {
            talk.say(error.message)
            return .success
        }
    }

    private static func selection(_ arguments: ParsedArguments) throws -> RetrySelection {
        var selection = RetrySelection()
        let outcomes = words(arguments, .outcome)
        if !outcomes.isEmpty {
            let possible = RetrySelection.possibleOutcomes.map(\.rawValue)
            selection.outcomes = Set(
                try outcomes.map { word in
                    guard possible.contains(word), let outcome = Outcome(rawValue: word) else {
                        throw unknown(word, .outcome, among: possible)
                    }
                    return outcome
                })
        }
        let codes = words(arguments, .code)
        if !codes.isEmpty {
            let possible = RetrySelection.possibleCodes
            for word in codes where !possible.contains(word) {
                throw unknown(word, .code, among: possible)
            }
            selection.codes = Set(codes)
        }
        return selection
    }

    private static func words(_ arguments: ParsedArguments, _ option: OptionID) -> [String] {
        arguments.list(option).flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }

    private static func unknown(
        _ word: String, _ option: OptionID, among possible: [String]
    ) -> CommandFailure {
        let meant = closest(to: word, among: possible) { $0 }
        return .usage(
            "--\(option.rawValue) \(TerminalText.escaped(word)): "
                + (meant.map { "did you mean `\($0)`?" }
                    ?? "it takes \(possible.joined(separator: ", "))"))
    }

    /// Shows the plan and saves it.
    private static func plan(
        _ run: BulkRun, _ chain: RunChain, _ selection: RetrySelection,
        _ connection: CommandConnection, _ arguments: ParsedArguments, _ talk: Talk
    ) async throws -> ExitCode {
        var run = run
        run.planning.output = arguments[.output]
        run.planning.replacesAnyFile = arguments.has(.force)
        let session = CommandSession(talk, connection.mava)
        // It also keeps the sandbox alive for as long as it is needed.
        defer { connection.warnOfLostLedger(talk) }
        let plan = try await session.watch(run) { run in
            try await run.planRetry(chain, selection)
        }
        session.prepared()
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
