import BulkSystem
import MavaBulk

/// `mava-bulk plan edit`: a new plan without some rows of a saved one.
enum PlanEditCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try PlanArguments.refuseTwoForms(arguments)
        let path = arguments.operands[0]
        let expected = try arguments.planID(.expectPlan)
        guard let output = arguments[.output] else {
            throw CommandFailure.usage("plan edit needs --output NEW: the plan stays as it is")
        }
        for path in arguments.list(.dropFile) { console.sayWaiting(for: path) }
        let edit = try edit(arguments)
        let result = try PlanCommand.opened(path) { path in
            do {
                return try edit.apply(
                    to: path, writing: output, expecting: expected,
                    replacesAnyFile: arguments.has(.force))
            } catch let error as ConditionError {
                let isDrop = edit.drops.contains { $0.text == error.text }
                throw CommandFailure(error, of: isDrop ? .dropWhere : .keepWhere)
            }
        }
        let plan = try SavedPlan.open(output)
        Confirmation.warnOfProduction(arguments, console)
        try PlanPreview.print(plan, arguments, console)
        tell(result, path, output, console)
        return PlanCommand.exitCode(plan, arguments)
    }

    private static func edit(_ arguments: ParsedArguments) throws -> PlanEdit {
        var edit = PlanEdit()
        for text in arguments.list(.drop) {
            guard let rows = PlanEdit.rows(text) else {
                throw CommandFailure.usage(
                    "--drop takes row numbers such as 5,7-9, not `\(TerminalText.escaped(text))`")
            }
            edit.rows += rows
        }
        edit.drops = try PlanArguments.conditions(arguments, .dropWhere)
        edit.keeps = try PlanArguments.conditions(arguments, .keepWhere)
        edit.lists = try arguments.list(.dropFile).map { path in
            do {
                return try DropList(reading: path)
            } catch {
                throw CommandFailure.unusable(.listUnusable, error)
            }
        }
        guard !edit.isEmpty else {
            throw CommandFailure.usage(
                "plan edit needs --drop, --drop-where, --keep-where or --drop-file")
        }
        return edit
    }

    private static func tell(
        _ result: PlanEditResult, _ path: String, _ output: String, _ console: Console
    ) {
        if result.ticketsNotInPlan > 0 {
            let first = result.firstTicketsNotInPlan.map { "\($0.id) (\($0.path):\($0.line))" }
            let more = result.ticketsNotInPlan - first.count
            console.warn(
                "\(Words.tickets(result.ticketsNotInPlan)) of the file of rows "
                    + "\(result.ticketsNotInPlan == 1 ? "is" : "are") not in the plan: "
                    + first.joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""))
        }
        if !result.handOffsAreExact {
            console.warn(
                "at most \(Words.tickets(result.header.handOffs)) will be taken from the AI: a saved plan "
                    + "does not say which")
        }
        let id = result.header.id.prefix(8)
        guard result.dropped > 0 else {
            console.warn("no row was left out: \(output) is plan \(id), like \(path)")
            return
        }
        console.say("left out \(Words.rows(result.dropped)): saved plan \(id) to \(output)")
    }
}
