extension CommandTable {
    /// The commands about the tickets of an organisation, and the sandbox in its place.
    static let tickets: [CommandSpecification] = [
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
                .limit, .sample, .seed, .columns, .set, .unset, .format, .json, .delimiter, .bom,
                .output, .force, .lookups, .quota, .quotaShare, .giveUpAfter,
            ] + connection + profiles,
            ownOptions: [
                .init(.json, .none, "write JSON Lines, as --format jsonl does")
            ],
            json: [.init(.export)],
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
                .init(.json, .none, "print the address, the keys and the admin token as JSON"),
                .init(.force, .none, "replace the file of --init or --save, whatever it holds"),
            ],
            json: [.init(.sandbox)],
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
            json: [.init(.agents)],
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
            json: [.init(.categories)],
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
            operands: [],
            options: [.output, .force, .json, .quota, .quotaShare, .giveUpAfter] + connection,
            ownOptions: [
                .init(.json, .none, "print errors as JSON, too; the names are JSON anyway")
            ],
            json: [.init(.lookups)],
            run: LookupsCommand.run),
    ]
}
