import BulkSystem
import BulkPlan
import BulkPlanning
import MavaBulk

/// The commands, in the order in which the help lists them.
enum CommandTable {
    private static let connection: [OptionID] =
        [.baseURL, .apiKeyFile, .caFile, .sandbox, .timeout] + general

    /// Options of every command that sends requests; they change no plan.
    static let general: [OptionID] = [.quiet, .verbose, .color]

    /// Options that shape a plan; they have no effect on a finished plan.
    static let shapingPlans: [OptionID] = [
        .delimiter, .encoding, .column, .only, .ignore, .where, .limit, .sample, .seed, .map,
        .unmapped, .set, .unset, .fallback, .snapshot, .lookups, .read, .noRead, .onDuplicate,
        .allowAIHandoff, .unread, .allowEmpty,
    ]

    private static let planning: [OptionID] =
        shapingPlans + [
            .maxChanges, .maxChangePercent, .guards, .waive, .strict, .quota, .quotaShare,
            .giveUpAfter,
        ]

    /// Options that `plan` uses while it makes a plan, and not where it shows one.
    static let makingPlans: [OptionID] =
        planning + [.output, .force] + connection.filter { !general.contains($0) }

    private static let execution: [OptionID] = [
        .concurrency, .maxFailures, .deadline, .drain, .canary, .onConflict, .metricsFile, .noInput,
    ]

    private static let filters: [OptionID] = [
        .status, .assignee, .category, .tag, .origin, .csat, .idle, .older, .since, .until,
        .where, .idFile,
    ]

    /// The filters of tickets that are counted.
    static let countFilters = filters.filter { $0 != .idFile }

    private static let listing: [OptionID] =
        [.json, .csv, .count] + countFilters + [.quota, .quotaShare, .giveUpAfter] + connection

    /// The examples that the overview shows: the first ones of three commands.
    static let firstExamples = ["plan", "apply", "resume"].compactMap { name in
        commands.first { $0.name == name }?.examples.first
    }

    /// The commands that help and completions show.
    static let shown = commands.filter { !$0.isHidden }

    static let commands: [CommandSpecification] = [
        CommandSpecification(
            name: "plan", summary: "preview: what would change and what it costs; sends no update",
            details: """
                Reads the rows, looks names up, reads the tickets as they are, and shows what differs.
                With --output the plan is saved, and `apply` carries it out exactly as it stands. Given
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
                    .output, .force, .rows, .json, .markdown, .html, .detailedExitCode,
                    .runsDirectory, .label,
                ] + connection,
            ownOptions: [
                .init(
                    .label, .value("TEXT"), "compare with the runs of this label (a guard's limit)"
                ),
                .init(
                    .runsDirectory, .value("DIR"),
                    "the runs to compare with (else MAVA_BULK_RUNS, mava-bulk-runs)"),
            ],
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
                .rows, .json, .markdown, .html, .force, .detailedExitCode, .runsDirectory, .color,
            ],
            ownOptions: [
                .init(.force, .none, "replace the file that --html names, whatever it holds"),
                .init(
                    .runsDirectory, .value("DIR"),
                    "the runs to compare with (else MAVA_BULK_RUNS, mava-bulk-runs)"),
            ],
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
                .json, .markdown, .detailedExitCode, .quiet, .color,
            ],
            ownOptions: [
                .init(.output, .value("NEW"), "write the new plan to this file")
            ],
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
            options: [.note, .expires, .sign, .expectPlan, .color],
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
            options: [.note, .sign, .expectPlan, .color],
            run: PlanDecisionCommand.decline),
        CommandSpecification(
            name: "apply", summary: "plan, ask, execute, report",
            details: """
                Plans the rows, shows the plan, asks, sends the updates within the quota, and writes a
                report of every row. A saved plan is applied as it stands, after its tickets were read
                again. Whatever ends it, `resume` goes on where it stopped.
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
            options: planning + [
                .dryRun, .requireApprovals, .allowedSigners, .appliedBy, .yes, .expectPlan,
                .runDirectory, .runsDirectory, .label, .json,
            ] + execution + connection,
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
                .dryRun, .yes, .force, .runsDirectory, .quota, .quotaShare, .giveUpAfter, .json,
            ]
                + execution + connection,
            ownOptions: [
                .init(.force, .none, "resume a run that a later run undid or tried again")
            ],
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
            run: RunsCommand.list),
        CommandSpecification(
            name: "runs show",
            summary: "show one run: who began it, how it ended, what is left to do",
            details: """
                RUN is a directory, the beginning of a run's name or plan, a label, or `last`.
                """,
            examples: [.init("the latest run", "mava-bulk runs show last")],
            operands: ["RUN"], options: [.runsDirectory, .json, .color],
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
            run: RunsCommand.find),
        CommandSpecification(
            name: "runs prune", summary: "remove the files of old runs",
            details: """
                Shows the runs that it would remove and asks. What --keep-last or --keep-within keeps stays, and
                so does a run that can be resumed, the newest one that can be undone, and what these go back
                to. Of each run that is removed, a tombstone of 1 KB stays.
                """,
            examples: [
                .init(
                    "keep a month's worth, and the last thirty in any case",
                    "mava-bulk runs prune --keep-last 30 --keep-within 31d")
            ],
            operands: [],
            options: [.keepLast, .keepWithin, .yes, .runsDirectory, .json, .color],
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
            run: VerifyCommand.run),
        CommandSpecification(
            name: "undo", summary: "put back what a run changed",
            details: """
                Plans to give the tickets that a run updated the values that they had before, shows that plan,
                asks, and sends it as `apply` does. Tickets that no longer hold what the run wrote are left as
                they are. With --output or --dry-run it sends nothing. Several runs are undone together. RUN is
                a directory, the beginning of a run's name or plan, a label, or `last`.
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
                .markdown, .yes, .expectPlan, .runDirectory, .runsDirectory, .label, .json, .quota,
                .quotaShare, .giveUpAfter,
            ] + execution + connection,
            ownOptions: [
                .init(.rows, .list("ROWS"), "undo only these rows of the run, such as 5,7-9"),
                .init(.only, .value("FIELDS"), "put back only these fields, such as assignee"),
                .init(.output, .value("FILE"), "save the plan to this file, and send nothing"),
            ],
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
                .strict, .output, .force, .dryRun, .markdown, .yes, .expectPlan,
                .runDirectory, .runsDirectory, .label, .json, .quota, .quotaShare, .giveUpAfter,
            ] + execution + connection,
            ownOptions: [
                .init(.output, .value("FILE"), "save the plan to this file, and send nothing")
            ],
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
            options: [.format, .withRetries, .output, .force, .runsDirectory, .color],
            ownOptions: [
                .init(
                    .format, .choice(ReportFormat.allCases.map(\.rawValue)),
                    "how it is rendered (csv)"),
                .init(.output, .value("FILE"), "write to this file"),
            ],
            run: ReportCommand.run),
        CommandSpecification(
            name: "export", summary: "write tickets as they are, as a file to edit and apply",
            details: """
                Reads the tickets that pass all filters and writes them to standard output or to a file.
                What it writes can be edited and applied, or serve as a snapshot. With --set it writes
                the wanted values beside preconditions, so that a ticket that changed meanwhile is a
                conflict. Times are ages (14d, 36h) or ISO 8601, in UTC unless a zone is written.
                """,
            examples: [
                .init(
                    "one agent's tickets, as a file to edit",
                    "mava-bulk export --assignee Ada --output theirs.csv"),
                .init(
                    "only some columns",
                    "mava-bulk export --assignee Ada --columns ticketId,assignee,subject > hers.csv"
                ),
                .init(
                    "resolve what waits for two weeks",
                    "mava-bulk export --status Waiting --idle 14d --set status=Resolved | mava-bulk apply - --yes --allow-empty"
                ),
            ],
            operands: [],
            options: filters + [
                .limit, .sample, .seed, .columns, .set, .unset, .format, .delimiter, .bom, .output,
                .force, .lookups, .quota, .quotaShare, .giveUpAfter,
            ] + connection,
            run: ExportCommand.run),
        CommandSpecification(
            name: "sandbox", summary: "a local Mava to rehearse against",
            details: """
                Serves the workspace over HTTP on loopback until a signal ends it, with the quota that
                Mava documents. Prints its address; keys and the admin token go to standard error.
                Without a workspace it serves the example that --init writes.
                """,
            examples: [
                .init("serve the example", "mava-bulk sandbox"),
                .init(
                    "many tickets, and a server that fails now and then",
                    "mava-bulk sandbox --tickets 5000 --faults latency=80ms,500-after=0.01"),
                .init("a workspace to edit", "mava-bulk sandbox --init workspace.json"),
            ],
            operands: ["[WORKSPACE]"],
            options: [
                .initialize, .tickets, .seed, .listen, .port, .save, .force, .log, .quota,
                .quotaWindow, .quotaHeaders, .retryAfter, .faults, .json, .quiet, .color,
            ],
            ownOptions: [
                .init(.json, .none, "print the address, the keys and the admin token as JSON")
            ],
            run: SandboxCommand.run),
        CommandSpecification(
            name: "agents", summary: "the agents that tickets can be assigned to",
            details: """
                Lists id, username, e-mail and wallet of every agent that is not archived. With --count
                it reads the tickets and says how many each agent has; agents who have left and still
                hold tickets come as "not listed". --map writes that as a template to fill in.
                """,
            examples: [
                .init("the names that rows can use", "mava-bulk agents"),
                .init("how many open tickets each has", "mava-bulk agents --count --status Open"),
                .init("a map, to fill in who takes over", "mava-bulk agents --map > map.csv"),
            ],
            operands: [], options: [.map] + listing,
            ownOptions: [
                .init(.map, .none, "write a map template: CSV with an empty column to")
            ],
            run: ListingCommand.agents),
        CommandSpecification(
            name: "categories", summary: "the categories that tickets can have",
            details: """
                Lists id and name of every active category. With --count it reads the tickets and says
                how many each category has; archived ones that tickets still have come as "not listed".
                """,
            examples: [
                .init("the names that rows can use", "mava-bulk categories"),
                .init("for a script", "mava-bulk categories --json"),
            ],
            operands: [], options: [.map] + listing,
            ownOptions: [
                .init(.map, .none, "write a map template: CSV with an empty column to")
            ],
            run: ListingCommand.categories),
        CommandSpecification(
            name: "lookups",
            summary: "write agents and categories to a file, for previews without a key",
            details: """
                Writes the agents and categories as JSON to standard output or to a file. `plan` and
                `apply` look names up in that file when --lookups names it.
                """,
            examples: [
                .init("keep the names", "mava-bulk lookups --output lookups.json")
            ],
            operands: [], options: [.output, .quota, .quotaShare, .giveUpAfter] + connection,
            run: LookupsCommand.run),
        CommandSpecification(
            name: "schema", summary: "print the JSON schema of a file that options take",
            details: """
                Prints the JSON schema of a kind of file, for editors and checks. The kind is guards,
                the file of --guards. Without a kind it lists the kinds.
                """,
            examples: [
                .init("for an editor", "mava-bulk schema guards > guards.schema.json")
            ],
            operands: ["[KIND]"], options: [.json, .color],
            ownOptions: [.init(.json, .none, "list the kinds as JSON; a schema is JSON already")],
            prints: SchemaCommand.run),
        CommandSpecification(
            name: "explain", summary: "what an error code means, and what to do",
            details: """
                Explains a code of a report or a message, such as agent_unknown, or an exit code, such
                as 3. Without a code it lists all of them.
                """,
            examples: [
                .init("a code from report.csv", "mava-bulk explain agent_unknown"),
                .init("an exit code", "mava-bulk explain 3"),
            ],
            operands: ["[CODE]"], options: [.json, .markdown, .color],
            ownOptions: [.init(.markdown, .none, "print Markdown, as docs/error-codes.md")],
            prints: ExplainCommand.run),
        CommandSpecification(
            name: "completions", summary: "print the completion script of a shell",
            details: """
                Prints what bash, zsh or fish needs to complete commands, options, choices, files and
                the names of runs. `mava-bulk --generate-completion-script SHELL` prints the same.
                """,
            examples: [
                .init("bash, for this shell", "source <(mava-bulk completions bash)"),
                .init("zsh, in a folder of $fpath", "mava-bulk completions zsh > _mava-bulk"),
                .init(
                    "fish, in ~/.config/fish/completions",
                    "mava-bulk completions fish > mava-bulk.fish"),
            ],
            operands: ["SHELL"], options: [.color],
            prints: CompletionsCommand.run),
        CommandSpecification(
            name: "version", summary: "print the version",
            details: """
                Prints the version, as --version and -V do.
                """,
            examples: [.init("for a script", "mava-bulk version --json")],
            operands: [], options: [.json, .color],
            prints: VersionCommand.run),
        CommandSpecification(
            name: "help", summary: "explain a command or a topic",
            details: """
                Prints the help of a command, as --help and -h do behind it, or a page about a topic:
                input, exit-codes, environment, quota. With --json it prints all commands and options as
                data.
                """,
            examples: [
                .init("a command", "mava-bulk help plan edit"),
                .init("a topic", "mava-bulk help exit-codes"),
                .init("the manual page", "mava-bulk help apply --man > mava-bulk-apply.1"),
            ],
            operands: ["[TOPIC...]"], options: [.json, .markdown, .manual, .color],
            ownOptions: [
                .init(.json, .none, "print all commands and options as JSON"),
                .init(.markdown, .none, "print all commands and options as Markdown"),
            ],
            prints: HelpCommand.run),
        CommandSpecification(
            name: "__complete", summary: "print what completes a word",
            details: """
                Prints a line for each word that completion scripts offer. KIND is commands, topics,
                codes, schemas, shells, runs, options followed by a command, or choices followed by a
                command and an option.
                """,
            examples: [], operands: ["KIND", "[WORD...]"], options: [], isHidden: true,
            prints: CompleteCommand.run),
    ]

    /// The commands that begin with a command's name and have another word.
    static func subcommands(of command: CommandSpecification) -> [CommandSpecification] {
        commands.filter { $0.name.hasPrefix(command.name + " ") }
    }

    /// The subcommand that a word most likely misspells.
    ///
    /// - Parameters:
    ///   - word: The word, such as `shwo`.
    ///   - command: The command before it.
    /// - Returns: The command line, such as `mava-bulk plan show`; `nil` if none is close.
    static func subcommand(closeTo word: String, of command: CommandSpecification) -> String? {
        let words = subcommands(of: command).map {
            String($0.name.dropFirst(command.name.count + 1))
        }
        return closest(to: word.lowercased(), among: words) { $0 }.map {
            "mava-bulk \(command.name) \($0)"
        }
    }

    /// Finds the command of a command line.
    ///
    /// `plan` and `runs` have commands of their own when the first operand is exactly the name of one.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The command, and the arguments that follow its name.
    /// - Throws: A ``CommandFailure`` that names the closest command.
    static func command(
        of arguments: [String]
    ) throws -> (command: CommandSpecification, arguments: [String]) {
        if arguments[0].hasPrefix("-") { throw withoutCommand(arguments) }
        var rest = Array(arguments.dropFirst())
        let command = try command(arguments[0])
        let subcommands = subcommands(of: command)
        guard !subcommands.isEmpty, let place = firstOperand(of: rest),
            let meant = subcommands.first(where: { $0.name == "\(command.name) \(rest[place])" })
        else { return (command, rest) }
        rest.remove(at: place)
        return (meant, rest)
    }

    /// The failure of a command line that begins with an option.
    ///
    /// It names the same command line in its right order, if there is a command that takes all of it.
    private static func withoutCommand(_ arguments: [String]) -> CommandFailure {
        let first = arguments[0]
        let written = TerminalText.escaped(first)
        let name = first.prefix { $0 != "=" }.drop { $0 == "-" }
        if name.isEmpty { return .usage("\(written) is not a command; see `mava-bulk help`") }
        if let place = firstOperand(of: arguments),
            let command = commands.first(where: { $0.name == arguments[place] })
        {
            let moved =
                Array(arguments[(place + 1)...]) + Array(arguments[..<place])
            if let found = try? Self.command(of: [command.name] + moved),
                (try? ParsedArguments(command: found.command, arguments: found.arguments)) != nil
            {
                let line = (["mava-bulk", command.name] + moved.map(ShellWord.quoted))
                    .joined(separator: " ")
                return .usage("the command comes before its options: \(line)")
            }
        }
        if takes(String(first)) {
            return .usage(
                "the command comes before its options, and \(written) is one; see `mava-bulk help`")
        }
        let meant = closest(to: String(name), among: ["help", "version"]) { $0 }
        return .usage(
            "there is no option \(written); "
                + (meant.map { "did you mean `mava-bulk --\($0)`?" } ?? "see `mava-bulk help`"))
    }

    /// Whether a command that the help shows has an option.
    private static func takes(_ written: String) -> Bool {
        let names = String(written.prefix { $0 != "=" })
        return shown.contains { $0.specifications.contains { $0.names.contains(names) } }
    }

    /// The place of the first argument that is neither an option nor an option's value; `nil` if an option is
    /// unknown, or the options are ended by `--`.
    private static func firstOperand(of arguments: [String]) -> Int? {
        var place = 0
        while place < arguments.count {
            let argument = arguments[place]
            guard argument.hasPrefix("-"), argument != "-" else { return place }
            guard let takesNext = OptionTable.takesNext(argument) else { return nil }
            place += takesNext ? 2 : 1
        }
        return nil
    }

    /// The command of a name.
    ///
    /// - Parameter name: The name as written.
    /// - Returns: The command.
    /// - Throws: A ``CommandFailure`` that names the closest command.
    static func command(_ name: String) throws -> CommandSpecification {
        if let command = commands.first(where: { $0.name == name }) { return command }
        throw unknown(name, among: shown.map(\.name))
    }

    /// The failure of a command or a topic that does not exist.
    static func unknown(_ name: String, among names: [String]) -> CommandFailure {
        let meant = closest(to: name, among: names) { $0 }.map { "did you mean `\($0)`?" }
        return .usage(
            "there is no command `\(TerminalText.escaped(name))`; \(meant ?? "see `mava-bulk help`")"
        )
    }
}
