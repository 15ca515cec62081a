import BulkSystem
import MavaBulk
import Synchronization

/// `mava-bulk apply`: plan, ask, execute, report.
enum ApplyCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let file = arguments.operands[0]
        // A missing file is reported below, because no option can replace it.
        let isMissing = file != "-" && !FilePath.isTaken(file)
        let approvals = try approvals(arguments, isPlan: SavedPlan.isPlan(file))
        let isDry = arguments.has(.dryRun)
        let isPlan = SavedPlan.isPlan(file)
        if isPlan { try PlanArguments.refuse(CommandTable.shapingPlans, arguments) }
        let expected = try arguments.planID(.expectPlan)
        let input = try PlanArguments.input(arguments)
        let planning = try PlanArguments.options(arguments)
        let label = try RunArguments.label(arguments)
        _ = try RunArguments.execution(arguments)
        try CommandConnection.requireUsable(arguments)
        try Confirmation.requireEnough(arguments)
        guard isDry || arguments.asksNothing || console.canAsk || isMissing else {
            throw CommandFailure.usage(
                "\(console.reasonNotToAsk): look at the plan first, then answer with "
                    + "--\(NextCommand.answer(isProduction: arguments.configured.production != nil).id.rawValue): "
                    + NextCommand.unattended(arguments))
        }
        try console.begin(arguments)
        console.sayWaiting(for: file)
        let connection = try MissingInput.comesBeforeKey(arguments) {
            try CommandConnection(arguments, console)
        }
        var run = BulkRun(connection.mava)
        run.planning = planning
        run.planning.configure(for: connection.mava)
        run.directory = arguments[.runDirectory]
        run.runsDirectory = RunArguments.history(arguments).directory
        // A rehearsal leaves nothing behind, and works where nothing can be written.
        if isDry { run.draftsDirectory = CurrentProcess.temporaryDirectory }
        run.label = label
        run.approvals = approvals
        try run.configure(by: arguments, console)
        let repeated = NextCommand.repeated(by: arguments)
        let session = CommandSession(
            console, connection.mava, drain: run.execution.drain, options: repeated)
        let preview = Mutex<(plan: Plan, counts: PlanCounts?)?>(nil)
        let end = try await session.watch(run) { run in
            let approve: @Sendable (Plan, PlanRevalidation?) throws -> Bool = {
                session.prepared()
                let isApproved = try approves($0, $1, expecting: expected, arguments, console)
                let seen = ($0, $1?.counts)
                if isDry { preview.withLock { $0 = seen } }
                return isApproved && !isDry
            }
            guard isPlan else { return try await run.apply(input, approve: approve) }
            return try await run.apply(savedPlan: file, expecting: expected, approve: approve)
        }
        if let seen = preview.withLock({ $0 }) {
            connection.warnOfLostLedger(console)
            console.say("dry run: nothing was sent")
            return PlanCommand.exitCode(seen.plan, counts: seen.counts, arguments)
        }
        guard case .ran(let result) = end else {
            throw CommandFailure(.refused, "not approved: nothing was sent")
        }
        return try RunAccount.tell(result, connection, arguments, repeating: repeated, console)
    }

    /// The approvals that the plan needs; `nil` for none.
    private static func approvals(
        _ arguments: ParsedArguments, isPlan: Bool
    ) throws -> ApprovalRequirement? {
        guard let count = try arguments.integer(.requireApprovals, in: 1...100) else {
            if let option = arguments.firstGiven(of: [.allowedSigners, .appliedBy]) {
                throw CommandFailure.usage(
                    "--\(option.rawValue) is about approvals: give --require-approvals N as well")
            }
            return nil
        }
        let file = arguments.operands[0]
        guard isPlan else {
            // A missing file is what is wrong then.
            if file != "-", !FilePath.isTaken(file) { try PlanCommand.opened(file) { _ in } }
            throw CommandFailure.usage(
                "--require-approvals is for a saved plan: save one with mava-bulk plan FILE --output "
                    + "plan.jsonl, have it approved with mava-bulk plan approve plan.jsonl, then apply "
                    + "plan.jsonl")
        }
        return ApprovalRequirement(
            count: count, allowedSigners: arguments[.allowedSigners],
            appliedBy: try arguments.list(.appliedBy).map { name in
                let start = name.drop(while: \.isWhitespace)
                let name = String(start.reversed().drop(while: \.isWhitespace).reversed())
                guard !name.isEmpty else {
                    throw CommandFailure.usage("--applied-by takes a name, and this one is empty")
                }
                return name
            })
    }

    static func approves(
        _ plan: Plan, _ revalidation: PlanRevalidation?, expecting expected: String?,
        _ arguments: ParsedArguments, _ console: Console
    ) throws -> Bool {
        if let expected, !plan.header.isPlan(expected) {
            throw CommandFailure(
                .refused,
                "this is plan \(plan.header.id), and plan \(expected) was expected: nothing was sent"
            )
        }
        Confirmation.warnOfProduction(arguments, console)
        // A result alone is wanted of a run that asks nothing; of a rehearsal, the plan is the result.
        let isResult = arguments.has(.dryRun)
        if isResult || !(arguments.has(.json) || console.isQuiet && arguments.asksNothing) {
            do {
                try PlanPreview.print(plan, arguments, console)
            } catch is FileError where arguments.asksNothing && !isResult {
                // The plan was approved unseen; a failure of standard output is reported at the end.
            }
        }
        let count = revalidation?.requests ?? plan.header.requests
        try console.events?.planned(plan.header, plan.summary, requests: count)
        if let revalidation, revalidation.changedRows > 0 {
            let changed = revalidation.changedRows
            console.insist(
                warning:
                    "\(Words.rows(changed)) no longer \(changed == 1 ? "matches" : "match") the plan, "
                    + "because the tickets changed; \(Words.counted(count, "update")) left")
        }
        if isResult {
            try Confirmation(updates: count, question: "").requireNumber(arguments)
            return true
        }
        guard count > 0 || arguments.has(.confirm) else { return true }
        let reopened = plan.summary.notices.first { $0.kind == .reopened }?.count ?? 0
        return try Confirmation(
            updates: count, reopened: reopened,
            question: "Send \(Words.counted(count, "update"))"
        ).isGiven(arguments, console)
    }
}
