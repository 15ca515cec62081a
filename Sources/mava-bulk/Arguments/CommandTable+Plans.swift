extension CommandTable {
    /// The commands that make saved plans, show them, edit them and decide on them.
    static let plans: [CommandSpecification] = [
        CommandSpecification(
            name: "plan", summary: "preview: what would change and what it costs; sends no update",
            details: """
                Reads the rows, looks names up, reads the tickets as they are, and shows what differs.
                With --output the plan is saved, and `apply` carries it out exactly as it is. Given
                a saved plan, it shows that. A FILE named show, edit, diff, approve or decline is ./show.
                """,
            examples: [
                .init("see what would change", "mava-bulk plan handover.csv"),
                .init(
                    "save the plan, for somebody to approve",
                    "mava-bulk plan handover.csv --output plan.jsonl"),
                .init(
                    "a preview for a pull request, refused beyond 500 changes",
                    "mava-bulk plan handover.csv --max-changes 500 --markdown > preview.md"),
            ],
            operands: ["FILE"],
            options:
                planning + [
                    .output, .force, .rows, .json, .markdown, .html, .detailedExitCode, .noPager,
                    .runsDirectory, .label, .window, .notWindow, .outside,
                ] + connection + profiles,
            ownOptions: [
                .init(
                    .label, .value("TEXT"), "compare with the runs of this label (a guard's limit)"
                ),
                .init(
                    .runsDirectory, .value("DIR"),
                    "the runs to compare with (else MAVA_BULK_RUNS, mava-bulk-runs)"),
            ],
            json: [.init(.preview)],
            run: PlanCommand.run),
        CommandSpecification(
            name: "plan show", summary: "show a saved plan",
            details: """
                Checks that the plan is whole and unchanged, and shows it as `plan` did.
                """,
            examples: [
                .init("what a plan would change", "mava-bulk plan show plan.jsonl"),
                .init(
                    "with a line for each row", "mava-bulk plan show plan.jsonl --rows > rows.txt"),
                .init(
                    "as a page to send to somebody",
                    "mava-bulk plan show plan.jsonl --html plan.html"),
            ],
            operands: ["PLAN"],
            options: [
                .rows, .json, .markdown, .html, .force, .detailedExitCode, .noPager, .runsDirectory,
                .allowedSigners, .color,
            ],
            ownOptions: [
                .init(
                    .allowedSigners, .value("FILE"),
                    "verify the signatures of decisions with this file, and name their signers"),
                .init(.force, .none, "replace the file that --html names, whatever it holds"),
                .init(
                    .runsDirectory, .value("DIR"),
                    "the runs to compare with (else MAVA_BULK_RUNS, mava-bulk-runs)"),
            ],
            json: [.init(.preview)],
            run: PlanCommand.show),
        CommandSpecification(
            name: "plan edit", summary: "leave rows out of a saved plan",
            details: """
                Writes a new plan in which some rows are excluded, and shows it. The other rows do what
                they did before. Needs --output, which is never the plan that is edited.

                Conditions ask about the input's columns, row, disposition (update, unchanged, invalid,
                conflict, held, excluded), new. (what the row writes) and old. (what that replaces). A
                file of rows has a row's number, a ticket's id or a link on each line, or it is a CSV
                file with a column row or ticketId, such as a report.
                """,
            examples: [
                .init(
                    "leave out rows by their numbers",
                    "mava-bulk plan edit plan.jsonl --drop 5,7-9 --output smaller.jsonl"),
                .init(
                    "leave out what a condition chooses",
                    "mava-bulk plan edit plan.jsonl --drop-where 'new.assignee = Ben' -o smaller.jsonl"
                ),
            ],
            operands: ["PLAN"],
            options: [
                .drop, .dropWhere, .keepWhere, .dropFile, .expectPlan, .output, .force, .rows,
                .json, .markdown, .detailedExitCode, .noPager, .quiet, .color,
            ],
            ownOptions: [
                .init(.output, .value("NEW"), "write the new plan to this file")
            ],
            json: [.init(.preview)],
            run: PlanEditCommand.run),
        CommandSpecification(
            name: "plan diff", summary: "what differs between two saved plans",
            details: """
                Compares what two plans do: as a whole, and row by row. Plans of one input are compared
                by the rows' numbers, others by their tickets. Ends with 0 if they do the same, and with
                10 if they differ.
                """,
            examples: [
                .init(
                    "what was left out of a plan", "mava-bulk plan diff plan.jsonl smaller.jsonl")
            ],
            operands: ["A", "B"],
            options: [.json, .markdown, .color],
            json: [.init(.planDiff)],
            run: PlanDiffCommand.run),
        CommandSpecification(
            name: "plan approve", summary: "approve a saved plan",
            details: """
                Checks that the plan is whole and adds an approval to PLAN.approval.jsonl: the
                plan's id, who, when, the note and the end. `apply PLAN --require-approvals N`
                asks for it. Without --sign, nothing proves who you are.
                """,
            examples: [
                .init("look at the plan first", "mava-bulk plan show plan.jsonl"),
                .init(
                    "then approve what you saw",
                    "mava-bulk plan approve plan.jsonl --note 'looks right'"),
            ],
            operands: ["PLAN"],
            options: [.note, .expires, .sign, .expectPlan, .json, .color],
            json: [.init(.approval)],
            run: PlanDecisionCommand.approve),
        CommandSpecification(
            name: "plan decline", summary: "decline a saved plan",
            details: """
                Adds a decline to PLAN.approval.jsonl. `apply PLAN --require-approvals N`
                refuses the plan until the same person approves it.
                """,
            examples: [
                .init(
                    "decline, and say why",
                    "mava-bulk plan decline plan.jsonl --note 'row 12 is wrong'")
            ],
            operands: ["PLAN"],
            options: [.note, .sign, .expectPlan, .json, .color],
            json: [.init(.approval)],
            run: PlanDecisionCommand.decline),
    ]
}
