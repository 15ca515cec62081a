import BulkSystem
import MavaBulk

/// `mava-bulk plan`: what would change and what it costs; sends no update.
enum PlanCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try PlanArguments.refuseTwoForms(arguments)
        try refusePlaces(arguments)
        // Rows are listed from the plan's file, and compared with those of recent runs, so the file must exist
        // until then.
        let recent = RecentChanges(RunArguments.history(arguments))
        let needsFile =
            (arguments.has(.rows) || arguments[.html] != nil || recent.exist)
            && arguments[.output] == nil
        let draft = needsFile ? try DraftPlan(in: CurrentProcess.temporaryDirectory) : nil
        var plan = try await plan(arguments, savedTo: arguments[.output] ?? draft?.path, console)
        try recent.add(to: &plan)
        Confirmation.warnOfProduction(arguments, console)
        try PlanPreview.print(plan, arguments, console)
        if let path = arguments[.output] {
            console.say("saved plan \(plan.header.id.prefix(8)) to \(path)")
            if arguments.has(.window) || arguments.has(.notWindow) {
                console.say(
                    "the hours are not part of the plan: name them again when it is applied")
            }
        }
        if let advice = NextCommand.adviceToSave(plan, arguments) { console.say(advice) }
        try PlanPreview.writePage(of: plan, arguments, console)
        withExtendedLifetime(draft) {}
        return exitCode(plan, arguments)
    }

    /// `mava-bulk plan show`: a saved plan as `plan` shows it.
    static func show(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try PlanArguments.refuseTwoForms(arguments)
        try refusePlaces(arguments)
        var plan = try opened(arguments.operands[0]) { try shown($0, arguments, console) }
        try RecentChanges(RunArguments.history(arguments)).add(to: &plan)
        Confirmation.warnOfProduction(arguments, console)
        try PlanPreview.print(plan, arguments, console)
        let others = NextCommand.othersApprovals(of: plan)
        if others < plan.summary.approvals.count {
            console.say(
                "your own approval does not count where you apply the plan"
                    + (others == 0
                        ? ": another person applies it, or approves it as well" : ""))
        }
        try PlanPreview.writePage(of: plan, arguments, console)
        return exitCode(plan, arguments)
    }

    /// A saved plan with what the file of approvals beside it says.
    private static func shown(
        _ path: String, _ arguments: ParsedArguments, _ console: Console
    ) throws -> Plan {
        var plan = try SavedPlan.open(path)
        do {
            try PlanDecision.add(
                to: &plan.summary, ofPlan: path, allowedSigners: arguments[.allowedSigners],
                now: SystemTime.millisecondsSince1970())
        } catch  where !arguments.has(.allowedSigners) {
            // The plan can be looked at all the same.
            console.warn("\(error)")
        }
        return plan
    }

    /// Reads a saved plan; a file that cannot be read is an unusable input.
    static func opened<R>(_ path: String, _ read: (String) throws -> R) throws -> R {
        guard FilePath.isRegularFile(path) else {
            throw CommandFailure(
                .unusableInput,
                "\(path): "
                    + (FilePath.exists(path)
                        ? "this is no file, and a saved plan is one" : "there is no such file"))
        }
        return try read(path)
    }

    /// The exit code after a plan was shown.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - counts: How many of its rows would end how, where their tickets were read again; `nil` for the plan's.
    ///   - arguments: The command line.
    /// - Returns: The code.
    static func exitCode(
        _ plan: Plan, counts: PlanCounts? = nil, _ arguments: ParsedArguments
    ) -> ExitCode {
        guard (counts ?? plan.header.counts).areClean else { return .someRowsFailed }
        return arguments.has(.detailedExitCode) && plan.hasChanges ? .changes : .success
    }

    /// Refuses places for the plan and its page that cannot hold them.
    private static func refusePlaces(_ arguments: ParsedArguments) throws {
        try PlanPreview.refuseReplacing(arguments)
        guard arguments[.output] != "-" else {
            throw CommandFailure.usage("--output takes a file: a plan is read more than once")
        }
    }

    private static func plan(
        _ arguments: ParsedArguments, savedTo output: String?, _ console: Console
    ) async throws -> Plan {
        if SavedPlan.isPlan(arguments.operands[0]) {
            try PlanArguments.refuse(CommandTable.makingPlans + [.label], arguments)
            return try shown(arguments.operands[0], arguments, console)
        }
        var options = try PlanArguments.options(arguments)
        let connection = try MissingInput.comesBeforeKey(arguments) {
            try Self.connection(arguments, console)
        }
        if let connection { options.configure(for: connection.mava) }
        options.output = output
        options.replacesAnyFile = arguments.has(.force)
        let session = CommandSession(console, connection?.mava)
        let planner = Planner(options: options, client: connection?.mava.reader) {
            session.planning($0)
        }
        let input = try PlanArguments.input(arguments)
        console.sayWaiting(for: arguments.operands[0])
        // It also keeps the sandbox alive for as long as it is needed.
        defer { connection?.warnOfLostLedger(console) }
        defer { session.prepared() }
        return try await session.watch {
            try await planner.plan(input, now: CurrentProcess.now)
        }
    }

    /// A plan from a snapshot, or from nothing, can be made without a key; names cannot be looked up then.
    private static func connection(
        _ arguments: ParsedArguments, _ console: Console
    ) throws -> CommandConnection? {
        do {
            return try CommandConnection(arguments, console)
        } catch let failure as CommandFailure where failure.code == .key {
            let needsNone = arguments[.snapshot] != nil || arguments.readsNothing
            guard needsNone, arguments[.apiKeyFile] == nil else { throw failure }
            return nil
        }
    }
}
