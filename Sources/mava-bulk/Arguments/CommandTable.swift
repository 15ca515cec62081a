import BulkSystem
import BulkPlan
import BulkPlanning

/// The commands, in the order in which the help lists them.
enum CommandTable {
    private static let connection: [OptionID] = [
        .baseURL, .apiKeyFile, .caFile, .sandbox, .timeout, .color,
    ]

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
        planning + [.output, .force] + connection.filter { $0 != .color }

    private static let execution: [OptionID] = [
        .concurrency, .maxFailures, .deadline, .drain, .canary, .onConflict,
    ]

    private static let filters: [OptionID] = [
        .status, .assignee, .category, .tag, .origin, .csat, .idle, .older, .since, .until,
        .where, .idFile,
    ]

    /// The filters of tickets that are counted.
    static let countFilters = filters.filter { $0 != .idFile }

    private static let listing: [OptionID] =
        [.json, .csv, .count] + countFilters + [.quota, .quotaShare, .giveUpAfter] + connection

    static let commands: [CommandSpecification] = [
        CommandSpecification(
            name: "plan", summary: "preview: what would change and what it costs; sends no update",
            details: """
                Reads the rows, looks names up, reads the tickets as they are, and shows what differs.
                With --output the plan is saved, and `apply` carries it out exactly as it stands. Given a
                saved plan, it shows that. A FILE named show, edit, diff, approve or decline is ./show.
                """,
            operands: ["FILE"],
            options:
                planning + [
                    .output, .force, .rows, .json, .markdown, .detailedExitCode, .runsDirectory,
                    .label,
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
            operands: ["PLAN"],
            options: [.rows, .json, .markdown, .detailedExitCode, .runsDirectory, .color],
            ownOptions: [
                .init(
                    .runsDirectory, .value("DIR"),
                    "the runs to compare with (else MAVA_BULK_RUNS, mava-bulk-runs)")
            ],
            run: PlanCommand.show),
        CommandSpecification(
            name: "plan edit", summary: "leave rows out of a saved plan",
            details: """
                Writes a new plan in which some rows are excluded, and shows it. The other rows do what
                they did before. Needs --output, which is never the plan that is edited.

                Conditions ask about the input's columns, row, disposition (update, unchanged, invalid,
                conflict, held, excluded), new. (what the row writes) and old. (what that replaces). A
                file of rows has a row's number, a ticket's id or a link on each line, or it is a CSV file
                with a column row or ticketId, such as a report:

                  mava-bulk plan edit plan.jsonl --drop 5,7-9 --drop-where 'new.status = Resolved' \\
                    --output smaller.jsonl
                """,
            operands: ["PLAN"],
            options: [
                .drop, .dropWhere, .keepWhere, .dropFile, .expectPlan, .output, .force, .rows,
                .json,
                .markdown, .detailedExitCode, .color,
            ],
            ownOptions: [
                .init(.output, .value("NEW"), "write the new plan to this file")
            ],
            run: PlanEditCommand.run),
        CommandSpecification(
            name: "plan diff", summary: "what differs between two saved plans",
            details: """
                Compares what two plans do: as a whole, and row by row. Plans of one input are compared by
                the rows' numbers, others by their tickets. Ends with 0 if they do the same, and with 10
                if they differ.
                """,
            operands: ["A", "B"],
            options: [.json, .markdown, .color],
            run: PlanDiffCommand.run),
        CommandSpecification(
            name: "plan approve", summary: "approve a saved plan",
            details: """
                Checks that the plan is whole and adds an approval to PLAN.approval.jsonl: the
                plan's id, who, when, the note and the end. Look at the plan first, and name
                what you saw:

                  mava-bulk plan show plan.jsonl
                  mava-bulk plan approve plan.jsonl --expect-plan 1f3a9c02 --note 'looks right'

                `apply PLAN --require-approvals N` asks for it. Without --sign, nothing proves
                who you are.
                """,
            operands: ["PLAN"],
            options: [.note, .expires, .sign, .expectPlan, .color],
            run: PlanDecisionCommand.approve),
        CommandSpecification(
            name: "plan decline", summary: "decline a saved plan",
            details: """
                Adds a decline to PLAN.approval.jsonl. `apply PLAN --require-approvals N`
                refuses the plan until the same person approves it.
                """,
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
            operands: ["FILE"],
            options: planning + [
                .requireApprovals, .allowedSigners, .appliedBy, .yes, .expectPlan, .runDirectory,
                .runsDirectory, .label, .json,
            ] + execution + connection,
            run: ApplyCommand.run),
        CommandSpecification(
            name: "resume", summary: "finish an interrupted run",
            details: """
                Goes on with the run in a directory: rows that have their outcome are left alone, the
                tickets of the others are read again, and what still differs is sent. Shows what is
                left and asks. The run's own settings are used where no option is given. RUN is a directory,
                the beginning of a run's name or plan, a label, or `last`.
                """,
            operands: ["RUN"],
            options: [.yes, .runsDirectory, .quota, .quotaShare, .giveUpAfter, .json] + execution
                + connection,
            run: ResumeCommand.run),
        CommandSpecification(
            name: "runs", summary: "list the runs that were begun, the newest first",
            details: """
                Reads the directories of runs and shows when each began, how its rows ended and whether it can
                be resumed:

                  mava-bulk runs
                  mava-bulk runs show last
                """,
            operands: [], options: [.runsDirectory, .all, .limit, .json, .color],
            ownOptions: [.init(.limit, .value("N"), "list only the N newest runs")],
            run: RunsCommand.list),
        CommandSpecification(
            name: "runs show",
            summary: "show one run: who began it, how it ended, what is left to do",
            details: """
                RUN is a directory, the beginning of a run's name or plan, a label, or `last`:

                  mava-bulk runs show last
                """,
            operands: ["RUN"], options: [.runsDirectory, .json, .color],
            run: RunsCommand.show),
        CommandSpecification(
            name: "runs find", summary: "what the runs did to one ticket",
            details: """
                Shows every row of every run that names the ticket, the newest run first: how it ended, and
                what it changed, before and after. TICKET is an id or a link:

                  mava-bulk runs find 6630a1f4c2b9e4a1d8f00c31
                """,
            operands: ["TICKET"], options: [.runsDirectory, .json, .color],
            run: RunsCommand.find),
        CommandSpecification(
            name: "runs prune", summary: "remove the files of old runs",
            details: """
                Shows the runs that it would remove and asks. What --keep-last or --keep-within keeps stays, and
                so does a run that can be resumed, the newest one that can be undone, and what these go back
                to. Of each run that is removed, a tombstone of 1 KB stays:

                  mava-bulk runs prune --keep-last 30 --keep-within 90d
                """,
            operands: [],
            options: [.keepLast, .keepWithin, .yes, .runsDirectory, .json, .color],
            run: PruneCommand.run),
        CommandSpecification(
            name: "export", summary: "write tickets as they are, as a file to edit and apply",
            details: """
                Reads the tickets that pass all filters and writes them to standard output or to a file. What
                it writes can be edited and applied, or serve as a snapshot. With --set it writes the wanted
                values beside preconditions, so that a ticket that changed meanwhile is a conflict:

                  mava-bulk export --assignee Ada --columns ticketId,assignee,subject > hers.csv
                  mava-bulk export --status Waiting --idle 14d --set status=Resolved \\
                    | mava-bulk apply - --yes --allow-empty

                Times are ages (14d, 36h) or ISO 8601, in UTC unless a zone is written.
                """,
            operands: [],
            options: filters + [
                .limit, .sample, .seed, .columns, .set, .unset, .format, .delimiter, .bom, .output,
                .force, .lookups, .quota, .quotaShare, .giveUpAfter,
            ] + connection,
            run: ExportCommand.run),
        CommandSpecification(
            name: "sandbox", summary: "a local Mava to rehearse against",
            details: """
                Serves the workspace over HTTP on loopback until a signal ends it, with the quota that Mava
                documents. Prints its address; keys and the admin token go to standard error. Without a
                workspace it serves the example that --init writes.
                """,
            operands: ["[WORKSPACE]"],
            options: [
                .initialize, .tickets, .seed, .listen, .port, .save, .force, .log, .quota,
                .quotaWindow,
                .quotaHeaders, .retryAfter, .faults, .color,
            ],
            run: SandboxCommand.run),
        CommandSpecification(
            name: "agents", summary: "the agents that tickets can be assigned to",
            details: """
                Lists id, username, e-mail and wallet of every agent that is not archived. With --count it
                reads the tickets and says how many each agent has; agents who have left and still hold
                tickets come as "not listed". --map writes that as a template to fill in:

                  mava-bulk agents --map > handover.csv
                """,
            operands: [], options: [.map] + listing,
            ownOptions: [
                .init(.map, .none, "write a map template: CSV with an empty column to")
            ],
            run: ListingCommand.agents),
        CommandSpecification(
            name: "categories", summary: "the categories that tickets can have",
            details: """
                Lists id and name of every active category. With --count it reads the tickets and says how
                many each category has; archived ones that tickets still have come as "not listed".
                """,
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
                `apply` look names up in that file when --lookups names it:

                  mava-bulk lookups --output lookups.json
                """,
            operands: [], options: [.output, .quota, .quotaShare, .giveUpAfter] + connection,
            run: LookupsCommand.run),
        CommandSpecification(
            name: "schema", summary: "print the JSON schema of a file that options take",
            details: """
                Prints the JSON schema of a kind of file, for editors and checks. The kind is guards, the
                file of --guards:

                  mava-bulk schema guards > guards.schema.json
                """,
            operands: ["KIND"], options: [.color], run: SchemaCommand.run),
    ]

    /// The second words of commands whose first word is a command by itself, such as `show` of `plan show`.
    private static func secondWords(after name: String) -> Set<String> {
        Set(
            commands.map(\.name).filter { $0.hasPrefix(name + " ") }
                .map { String($0.dropFirst(name.count + 1)) })
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
        var rest = Array(arguments.dropFirst())
        let command = try command(arguments[0])
        let words = secondWords(after: command.name)
        guard !words.isEmpty, let place = firstOperand(of: rest), words.contains(rest[place]) else {
            return (command, rest)
        }
        return (try self.command(command.name + " " + rest.remove(at: place)), rest)
    }

    /// The place of the first argument that is neither an option nor an option's value; `nil` if an option is
    /// unknown, or the options are ended by `--`.
    private static func firstOperand(of arguments: [String]) -> Int? {
        var place = 0
        while place < arguments.count {
            let argument = arguments[place]
            guard argument.hasPrefix("-"), argument != "-" else { return place }
            let parts = argument.split(separator: "=", maxSplits: 1)
            let name = String(argument.split(separator: "=")[0].drop { $0 == "-" })
            guard let id = OptionID(rawValue: name), let option = OptionTable.specifications[id]
            else { return nil }
            if case .none = option.argument {
                place += 1
            } else {
                place += parts.count == 2 ? 1 : 2
            }
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
        if name.hasPrefix("-") {
            throw CommandFailure.usage(
                "the command comes before its options, such as `mava-bulk plan FILE \(TerminalText.escaped(name))`"
            )
        }
        let names = commands.map(\.name)
        let meant = closest(to: name, among: names) { $0 }.map { "did you mean `\($0)`?" }
        throw CommandFailure.usage(
            "there is no command `\(TerminalText.escaped(name))`; \(meant ?? "see `mava-bulk help`")"
        )
    }
}
