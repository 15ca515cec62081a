extension CommandTable {
    /// The commands about the program itself.
    static let program: [CommandSpecification] = [
        CommandSpecification(
            name: "check", summary: "is everything ready? key, server, clock, quota, disk",
            details: """
                Looks at libcurl, the place for runs, the guards, the addresses of messages, the key, the
                server's certificate and clock, and the quota that is left, and counts the organisation's
                agents. It sends one read and no update.
                Ends with 0, or with the exit code of the first check that failed.
                """,
            examples: [
                .init("before the first run", "mava-bulk check"),
                .init("for a monitor", "mava-bulk check --json"),
            ],
            operands: [],
            options: [
                .json, .runsDirectory, .guards, .notifyFile, .pingFile, .quota, .quotaShare,
                .giveUpAfter,
            ] + connection + profiles,
            json: [.init(.check)],
            run: CheckCommand.run),
        CommandSpecification(
            name: "config", summary: "print the settings in force and where each comes from",
            details: """
                Prints what options, variables and configuration files say, and which of them counts. The
                key is never shown.
                """,
            examples: [
                .init("what is in force here", "mava-bulk config"),
                .init("with other options", "mava-bulk config --quota 60/30s --json"),
            ],
            operands: [],
            options: [
                .json, .runsDirectory, .label, .guards, .quota, .quotaShare, .concurrency, .baseURL,
                .apiKeyFile, .caFile, .on, .notifyFile, .pingFile, .color,
            ],
            json: [.init(.config)],
            prints: ConfigCommand.run),
        CommandSpecification(
            name: "schema", summary: "print the JSON schema of a file or document",
            details: """
                Prints the JSON schema (draft 2020-12) of a kind of file that the program reads or
                writes, for editors and checks. Without a kind it lists the kinds, and the commands that
                print them. Of JSON Lines a schema describes one line.
                """,
            examples: [
                .init("for an editor", "mava-bulk schema guards > guards.schema.json"),
                .init("which there are", "mava-bulk schema"),
            ],
            operands: ["[KIND]"], options: [.json, .color],
            ownOptions: [.init(.json, .none, "list the kinds as JSON; a schema is JSON already")],
            json: [.init(.schemas)],
            prints: SchemaCommand.run),
        CommandSpecification(
            name: "explain", summary: "what a code means, and what to do",
            details: """
                Explains a code of a report or a message, such as agent_unknown, an exit code, such as 3, or
                another word of an output: an outcome, why a run ended or waits, an event, a state. Without
                a code it lists all of them by kind.
                """,
            examples: [
                .init("a code from report.csv", "mava-bulk explain agent_unknown"),
                .init("an exit code", "mava-bulk explain 3"),
                .init("why a run ended", "mava-bulk explain window_closed"),
            ],
            operands: ["[CODE]"], options: [.json, .markdown, .color],
            ownOptions: [.init(.markdown, .none, "print Markdown, as docs/error-codes.md")],
            json: [.init(.explain)],
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
            operands: ["SHELL"], options: [.json, .color],
            json: [.init(.completions)],
            prints: CompletionsCommand.run),
        CommandSpecification(
            name: "version", summary: "print the version",
            details: """
                Prints the version, as --version and -V do.
                """,
            examples: [.init("for a script", "mava-bulk version --json")],
            operands: [], options: [.json, .color],
            json: [.init(.version)],
            prints: VersionCommand.run),
        CommandSpecification(
            name: "help", summary: "explain a command or a topic",
            details: """
                Prints the help of a command, as --help and -h do behind it, or a page about a topic:
                \(HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")). With --json it
                prints all commands and options as data.
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
            json: [.init(.interface)],
            prints: HelpCommand.run),
        CommandSpecification(
            name: "__complete", summary: "print what completes a word",
            details: """
                Prints a line for each word that completion scripts offer. KIND is
                \(CompletionKind.DynamicKind.allCases.map(\.rawValue).joined(separator: ", ")),
                options followed by a command, or choices followed by a command and an option.
                """,
            examples: [], operands: ["KIND", "[WORD...]"], options: [], isHidden: true,
            prints: CompleteCommand.run),
    ]
}
