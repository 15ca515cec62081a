import BulkExecution
import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk undo`: puts back what runs changed.
enum UndoCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try FollowUp.check(arguments)
        let history = RunLookup(RunArguments.history(arguments))
        let selection = try selection(arguments)
        let runs = try arguments.operands.map { try history.run($0) }
        for run in runs { try UndoInput.check(run) }
        if !arguments.isGiven(.profile) { try requireOneProfile(runs) }
        let given = arguments
        var arguments = arguments
        if let newest = runs.max(by: { ($0.startedAt ?? "") < ($1.startedAt ?? "") }),
            ![.pruned, .unreadable].contains(newest.state)
        {
            try RunSettings.read(from: newest.path)?
                .complete(
                    &arguments, in: newest.path, only: RunSettings.connection, console)
        }
        var planning = try PlanArguments.options(arguments)
        try check(planning.selection.conditions)
        // --only names fields of the run, not columns of an input.
        planning.columns = ColumnChoices()
        let followUp = FollowUp(
            look: { _ = try UndoInput(runs, selection) },
            plan: { try await $0.planUndo(runs, selection) },
            send: { run, approve in
                try await run.undo(runs, selection) { try approve($0, nil) }
            })
        return try await followUp.run(planning, given: given, arguments, console)
    }

    /// Refuses runs of two profiles: one key would be used for both organisations.
    private static func requireOneProfile(_ runs: [PastRun]) throws {
        var first: (run: String, profile: String)?
        for run in runs where ![.pruned, .unreadable].contains(run.state) {
            guard let profile = try RunSettings.read(from: run.path)?.profile else { continue }
            guard let known = first, known.profile != profile else {
                first = first ?? (run.name, profile)
                continue
            }
            throw CommandFailure.usage(
                "\(known.run) was a run of the profile \(known.profile), and \(run.name) of \(profile): undo the "
                    + "runs of each profile by a command of its own, or name the one that has both "
                    + "organisations' tickets with --profile")
        }
    }

    /// Refuses conditions that seem to ask for what tickets hold, and would ask for what is put back.
    private static func check(_ conditions: [RowCondition]) throws {
        for condition in conditions {
            for (index, comparison) in condition.comparisons.enumerated() {
                guard case .column(let name) = comparison.subject else { continue }
                if ColumnRole(columnName: name).isChange {
                    throw CommandFailure(
                        condition.error(
                            "write old.\(name) for what the ticket holds, new.\(name) for what is put back",
                            atSubjectOf: index), of: .where)
                }
                if name.lowercased() == "row", let place = comparison.unknownNumber {
                    throw CommandFailure(
                        condition.error("a row is a number", atLiteral: place, of: index),
                        of: .where)
                }
            }
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
}
