import MavaBulk

extension CommandTable {
    /// The commands that send a plan, and those about runs.
    static let runs: [CommandSpecification] = [
        CommandSpecification(
            name: "apply", summary: "plan, ask, execute, report",
            details: """
                Plans the rows, shows the plan, asks, sends the updates within the quota, and writes a
                report of every row. A saved plan is applied as it is, after its tickets were read
                again. `resume` continues a run after any interruption. With --profiles it does this for
                several organisations, such as `{profile}.csv --profiles acme,globex --yes`.
                """,
            examples: [
                .init("look at the plan, answer a question, send", "mava-bulk apply handover.csv"),
                .init(
                    "send nothing: the plan only, whatever else is asked",
                    "mava-bulk apply handover.csv --dry-run"),
                .init(
                    "as a job: no question, but a limit",
                    "mava-bulk apply handover.csv --yes --max-changes 500"),
                .init(
                    "a plan that was approved, ten rows of it first",
                    "mava-bulk apply plan.jsonl --canary 10"),
            ],
            operands: ["FILE"],
            options: applying + profiles,
            ownOptions: [
                .init(
                    .confirm, .value("N"),
                    "do not ask, and refuse any number of updates but N (of --profiles: acme=N,globex=N)"
                )
            ],
            json: [.init(.summary), .init(.preview, when: "--dry-run")],
            run: ApplyCommand.run),
        CommandSpecification(
            name: "resume", summary: "finish an interrupted run",
            details: """
                Goes on with the run in a directory: rows that have their outcome are left alone, the
                tickets of the others are read again, and what still differs is sent. Shows what is
                left and asks. The run's own settings are used where no option is given. A run that a
                later one undid or tried again is resumed only if a person says so, or with --force. RUN
                is a directory, the beginning of a run's name or plan, a label, or `last`.
                """,
            examples: [
                .init("go on with the latest run", "mava-bulk resume last"),
                .init("see what is left, and send nothing", "mava-bulk resume last --dry-run"),
                .init(
                    "go on with any run",
                    "mava-bulk resume mava-bulk-runs/20261122T201637Z-34a70fba"),
            ],
            operands: ["RUN"],
            options: [
                .dryRun, .yes, .confirm, .force, .runsDirectory, .quota, .quotaShare, .giveUpAfter,
                .json,
            ]
                + execution + connection,
            ownOptions: [
                .init(.force, .none, "resume a run that a later run undid or tried again")
            ],
            json: [.init(.summary), .init(.resume, when: "--dry-run")],
            run: ResumeCommand.run),
        CommandSpecification(
            name: "runs", summary: "list the runs that were begun, the newest first",
            details: """
                Reads the directories of runs and shows when each began, how its rows ended and whether
                it can be resumed.
                """,
            examples: [
                .init("what was done, the newest first", "mava-bulk runs"),
                .init("for a script", "mava-bulk runs --limit 5 --json"),
            ],
            operands: [], options: [.runsDirectory, .all, .limit, .json, .color],
            ownOptions: [.init(.limit, .value("N"), "list only the N newest runs")],
            json: [.init(.runs)],
            run: RunsCommand.list),
        CommandSpecification(
            name: "runs show",
            summary: "show one run: who began it, how it ended, what is left to do",
            details: """
                RUN is a directory, the beginning of a run's name or plan, a label, or `last`.
                """,
            examples: [.init("the latest run", "mava-bulk runs show last")],
            operands: ["RUN"], options: [.runsDirectory, .json, .color],
            json: [.init(.runs)],
            run: RunsCommand.show),
        CommandSpecification(
            name: "runs find", summary: "what the runs did to one ticket",
            details: """
                Shows every row of every run that names the ticket, the newest run first: how it ended, and
                what it changed, before and after. TICKET is an id or a link.
                """,
            examples: [
                .init("by the ticket's id", "mava-bulk runs find 6630a1f4c2b9e4a1d8f00c31")
            ],
            operands: ["TICKET"], options: [.runsDirectory, .json, .color],
            json: [.init(.ticketHistory)],
            run: RunsCommand.find),
        CommandSpecification(
            name: "runs prune", summary: "remove the files of old runs",
            details: """
                Shows the runs that it would remove and asks. What --keep-last or --keep-within keeps stays, and
                so does a run that can be resumed, the newest one that can be undone, and what these go back
                to. A tombstone of 1 KB stays of each removed run.
                """,
            examples: [
                .init(
                    "keep a month's worth, and the last thirty in any case",
                    "mava-bulk runs prune --keep-last 30 --keep-within 31d")
            ],
            operands: [],
            options: [
                .keepLast, .keepWithin, .yes, .noInput, .runsDirectory, .json, .quiet, .color,
            ],
            json: [.init(.prune)],
            run: PruneCommand.run),
        CommandSpecification(
            name: "verify", summary: "read a run's tickets again: which still hold what it wrote",
            details: """
                Compares what each updated row wrote with what its ticket holds now. Prints how many rows hold,
                a line for each cause why others do not, and the first of those rows. Nothing is changed. Ends
                with 0, or with 3 if a ticket has moved, is gone or could not be checked.
                """,
            examples: [
                .init("does the newest run still hold?", "mava-bulk verify last"),
                .init(
                    "every row of it in a file", "mava-bulk verify last --output verify.csv"),
            ],
            operands: ["RUN"],
            options: [
                .runsDirectory, .csv, .json, .output, .force, .quota, .quotaShare, .giveUpAfter,
            ] + connection,
            ownOptions: [
                .init(.output, .value("FILE"), "write every row to this file, as CSV"),
                .init(.csv, .none, "print every row as CSV"),
            ],
            json: [.init(.verification)],
            run: VerifyCommand.run),
        CommandSpecification(
            name: "undo", summary: "put back what a run changed",
            details: """
                Plans to give the tickets that a run updated the values that they had before, shows that plan,
                asks, and sends it as `apply` does. Tickets that no longer hold what the run wrote are left as
                they are. With --output or --dry-run it sends nothing. Several runs are undone together. The
                guards of the run do not hold for its undo: give --guards or --max-changes again. RUN is a
                directory, the beginning of a run's name or plan, a label, or `last`.
                """,
            examples: [
                .init("look at what would be put back", "mava-bulk undo last --dry-run"),
                .init("put it back, without a question", "mava-bulk undo last --yes"),
                .init(
                    "only some rows, as a plan to approve",
                    "mava-bulk undo last --rows 1,3-5 --output undo.jsonl"),
            ],
            operands: ["RUN..."],
            options: [
                .rows, .where, .only, .limit, .sample, .seed, .lookups, .allowAIHandoff, .unread,
                .maxChanges, .maxChangePercent, .guards, .waive, .strict, .output, .force, .dryRun,
                .markdown, .yes, .confirm, .expectPlan, .noPager, .runDirectory, .runsDirectory,
                .label,
                .json, .quota,
                .quotaShare, .giveUpAfter,
            ] + execution + connection,
            ownOptions: [
                .init(.rows, .list("ROWS"), "undo only these rows of the run, such as 5,7-9"),
                .init(.only, .value("FIELDS"), "put back only these fields, such as assignee"),
                .init(.output, .value("FILE"), "save the plan to this file, and send nothing"),
            ],
            json: [.init(.summary), .init(.preview, when: "--dry-run, --output")],
            run: UndoCommand.run),
        CommandSpecification(
            name: "retry", summary: "try rows of a run again that failed or are unknown",
            details: """
                Plans the rows again from the run's own plan, with the numbers that they have in the first
                input, shows that plan, asks, and sends it as `apply` does. Rows that shared a failed request
                get requests of their own. A run that was retried already goes on from its newest retry. With
                --output it only saves the plan. The run's connection, limits and guards are used where no
                option is given. Look-ups, a snapshot and limits of changes have to be given again.
                """,
            examples: [
                .init("rows that failed or are unknown", "mava-bulk retry last"),
                .init(
                    "rows that were held, now with permission",
                    "mava-bulk retry last --outcome held --allow-ai-handoff --output again.jsonl"),
            ],
            operands: ["RUN"],
            options: [
                .outcome, .code, .snapshot, .lookups, .read, .noRead, .onDuplicate,
                .allowAIHandoff, .unread, .maxChanges, .maxChangePercent, .guards, .waive,
                .strict, .output, .force, .dryRun, .markdown, .yes, .confirm, .expectPlan, .noPager,
                .runDirectory, .runsDirectory, .label, .json, .quota, .quotaShare, .giveUpAfter,
            ] + execution + connection,
            ownOptions: [
                .init(.output, .value("FILE"), "save the plan to this file, and send nothing")
            ],
            json: [.init(.summary), .init(.preview, when: "--dry-run, --output")],
            run: RetryCommand.run),
        CommandSpecification(
            name: "report", summary: "render a run again from its directory",
            details: """
                Writes the report of a run to standard output or to a file. Nothing in the run's directory is
                changed, and a run that still runs is rendered as far as it got. With --with-retries the
                report is of all rows of the first input, each as the newest run left it that tried it.
                """,
            examples: [
                .init(
                    "a summary for a job's page",
                    "mava-bulk report last --format markdown > summary.md"),
                .init(
                    "what is left to correct after all retries",
                    "mava-bulk report last --with-retries --format failed > failed.csv"),
            ],
            operands: ["RUN"],
            options: rendering,
            ownOptions: ownRendering,
            json: [.init(.reportRow)],
            run: ReportCommand.run),
        CommandSpecification(
            name: "report merge", summary: "one report of the runs of all shards of an input",
            details: """
                Writes one report in which each row has the outcome that its own shard gave it. Name one run for
                each shard of --shard I/N. They must have the same input and options, and must have ended. Each
                row must belong to exactly one shard, and the sums must be those of the runs. Otherwise nothing
                is written. With --with-retries the retries of each run count, too. RUN is a directory, the
                beginning of a run's name or plan, or a label.
                """,
            examples: [
                .init(
                    "the report of two shards as one",
                    "mava-bulk report merge shard-1 shard-2 > report.csv"),
                .init(
                    "a summary for a job's page",
                    "mava-bulk report merge shard-1 shard-2 --format markdown > summary.md"),
            ],
            operands: ["RUN..."],
            options: rendering,
            ownOptions: ownRendering,
            json: [.init(.reportRow)],
            run: ReportCommand.merge),
    ]

    /// The options of the commands that render runs.
    private static let rendering: [OptionID] = [
        .format, .json, .withRetries, .output, .force, .runsDirectory, .color,
    ]
    private static let ownRendering: [OptionSpecification] = [
        .init(
            .format, .choice(ReportFormat.allCases.map(\.rawValue)),
            "how it is rendered (else by --output's name, else csv)"),
        .init(.json, .none, "write JSON Lines, as --format jsonl does"),
        .init(.output, .value("FILE"), "write to this file"),
    ]
}
