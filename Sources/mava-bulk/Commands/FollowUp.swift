import BulkSystem
import MavaBulk

/// What `undo` and `retry` share: a plan that is made from earlier runs, and shown, saved or sent.
struct FollowUp: Sendable {
    typealias Approval = @Sendable (Plan, PlanRevalidation?) throws -> Bool

    /// Reads what the plan would be made of, and throws where there is nothing to do.
    let look: @Sendable () throws -> Void
    /// Makes the plan, and sends nothing.
    let plan: @Sendable (BulkRun) async throws -> Plan
    /// How many people have to approve the plan; `nil` where none has to.
    var approvals: Int?
    /// Makes the plan, asks for approval and carries it out.
    let send: @Sendable (BulkRun, @escaping Approval) async throws -> RunEnd<Plan>

    /// Whether a command line only asks for the plan.
    static func sendsNothing(_ arguments: ParsedArguments) -> Bool {
        arguments.has(.dryRun) || arguments[.output] != nil
    }

    /// Refuses options that cannot be carried out, before anything is read.
    static func check(_ arguments: ParsedArguments) throws {
        try PlanArguments.refuseTwoForms(arguments)
        _ = try arguments.planID(.expectPlan)
    }

    /// Refuses a command line for which a person would have to be asked, and none can be.
    ///
    /// Operands and options are checked first: the message names a command that can be carried out. Where there is
    /// nothing to do, there is no question.
    ///
    /// - Parameters:
    ///   - arguments: The options that a person gave.
    ///   - isProduction: Whether the runs changed tickets of a production organisation.
    ///   - console: Where a person would be asked.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    private func requireAnswer(
        _ arguments: ParsedArguments, isProduction: Bool, _ console: Console
    ) throws {
        guard arguments.asksNothing || console.canAsk || Self.sendsNothing(arguments) else {
            do {
                try look()
            } catch let error as PlanError where error.code == .inputEmpty {
                return
            }
            let answer = NextCommand.answer(isProduction: isProduction).id
            throw CommandFailure.usage(
                "\(console.reasonNotToAsk): look at the plan first (--dry-run), then answer with "
                    + "--\(answer.rawValue): "
                    + NextCommand.unattended(arguments, isProduction: isProduction))
        }
    }

    /// Refuses to send a plan that was not approved as its run's was.
    private func requireNoApprovals() throws {
        guard let approvals else { return }
        throw CommandFailure(
            .refused,
            "the run needed \(Words.counted(approvals, "approval")), and so does its retry: save it with "
                + "--output again.jsonl, have it approved, then apply that plan with --require-approvals "
                + "\(approvals)")
    }

    /// Plans, and sends the plan unless the command line asks for the plan only.
    ///
    /// - Parameters:
    ///   - planning: How the plan is made.
    ///   - given: The options that a person gave.
    ///   - arguments: The same, with what the earlier run's settings add.
    ///   - console: Where the plan is shown.
    /// - Returns: The exit code; success where there is nothing to do.
    /// - Throws: What planning and sending throw.
    func run(
        _ planning: PlanOptions, given: ParsedArguments, _ arguments: ParsedArguments,
        _ console: Console
    ) async throws -> ExitCode {
        _ = try RunArguments.execution(arguments)
        // Its profile may be that of the earlier run.
        let label = try RunArguments.label(arguments)
        try CommandConnection.requireUsable(arguments)
        try Confirmation.requireEnough(arguments)
        try requireAnswer(
            given, isProduction: arguments.configured.production != nil, console)
        let expected = try arguments.planID(.expectPlan)
        try console.begin(arguments)
        let connection = try CommandConnection(arguments, console)
        var run = BulkRun(connection.mava)
        run.planning = planning
        run.planning.configure(for: connection.mava)
        run.directory = arguments[.runDirectory]
        run.runsDirectory = RunArguments.history(arguments).directory
        run.label = label
        try run.configure(by: arguments, console)
        do {
            if Self.sendsNothing(arguments) {
                return try await show(
                    run, expecting: expected, connection, given: given, arguments, console)
            }
            let repeated = NextCommand.repeated(by: arguments)
            let session = CommandSession(
                console, connection.mava, drain: run.execution.drain, options: repeated)
            let end = try await session.watch(run) { run in
                try await self.send(run) { plan, revalidation in
                    session.prepared()
                    try self.requireNoApprovals()
                    return try ApplyCommand.approves(
                        plan, revalidation, expecting: expected, arguments, console)
                }
            }
            guard case .ran(let result) = end else {
                throw CommandFailure(.refused, "not approved: nothing was sent")
            }
            return try RunAccount.tell(result, connection, arguments, repeating: repeated, console)
        } catch let error as PlanError where error.code == .inputEmpty {
            console.insist(error.message)
            if arguments.has(.json) {
                try await EmptyFollowUp.print(
                    because: error.message, connection, arguments, console)
            }
            return .success
        }
    }

    /// Shows the plan, and saves it where that is asked for.
    private func show(
        _ run: BulkRun, expecting expected: String?, _ connection: CommandConnection,
        given: ParsedArguments, _ arguments: ParsedArguments, _ console: Console
    ) async throws -> ExitCode {
        var run = run
        run.planning.output = arguments[.output]
        run.planning.replacesAnyFile = arguments.has(.force)
        let session = CommandSession(console, connection.mava)
        // It also keeps the sandbox alive for as long as it is needed.
        defer { connection.warnOfLostLedger(console) }
        let plan = try await session.watch(run) { try await self.plan($0) }
        session.prepared()
        if let expected, !plan.header.isPlan(expected) {
            throw CommandFailure(
                .refused, "this is plan \(plan.header.id), and plan \(expected) was expected")
        }
        try console.events?.planned(plan.header, plan.summary, requests: plan.header.requests)
        Confirmation.warnOfProduction(arguments, console)
        try PlanPreview.print(plan, arguments, console)
        if arguments[.output] == nil {
            try Confirmation(updates: plan.header.requests, question: "").requireNumber(arguments)
        }
        if let path = arguments[.output] {
            console.say("saved plan \(plan.header.id.prefix(8)) to \(path)")
            if let next = NextCommand.applying(plan, arguments, given: given, approvals: approvals)
            {
                if let approvals {
                    console.say(
                        "\(Words.counted(approvals, "approval")) needed: mava-bulk plan approve "
                            + ShellWord.operand(path))
                }
                console.say("\(approvals == nil ? "" : "then ")send it with: \(next)")
            }
        } else {
            console.say("dry run: nothing was sent")
        }
        return PlanCommand.exitCode(plan, arguments)
    }
}
