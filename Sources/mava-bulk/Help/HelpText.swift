import MavaAPI

/// The pages of `help`, made from the tables.
enum HelpText {
    /// The command line that does the same with a command first: `--help`, `-V` and others are commands, too.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The same command line, or one that begins with `help`, `version` or `completions`.
    static func canonical(_ arguments: [String]) -> [String] {
        guard let first = arguments.first else { return [] }
        switch first {
        case "--version", "-V": return ["version"] + arguments.dropFirst()
        case "--help", "-h": return ["help"] + arguments.dropFirst()
        case "--generate-completion-script": return ["completions"] + arguments.dropFirst()
        case _ where first.hasPrefix("--generate-completion-script="):
            return ["completions", String(first.split(separator: "=", maxSplits: 1)[1])]
        // What is completed can look like an option.
        case "__complete": return [first, "--"] + arguments.dropFirst()
        default:
            let options = arguments.prefix { $0 != "--" }
            guard options.contains("--help") || options.contains("-h") else {
                return arguments
            }
            // Whatever else is written, the help is wanted.
            let others = options.filter { $0 != "--help" && $0 != "-h" }
            let command = try? CommandTable.command(of: Array(others)).command.name
            return ["help", "--"]
                + (command.map { $0.split(separator: " ").map(String.init) } ?? [first])
        }
    }

    /// The overview of all commands.
    static let overview = HelpPage(parts: [
        .paragraph(
            """
            mava-bulk changes many Mava tickets at once, within the API's quota: every row of a CSV or JSON
            Lines file ends in exactly one outcome, and a report says which.
            """),
        .heading("Examples"),
        .examples(CommandTable.firstExamples),
        .paragraph("usage: mava-bulk COMMAND [options] [FILE]"),
        .heading("Commands"),
        .list(CommandTable.shown.map { ($0.usage, $0.summary) }),
        .heading("Topics"),
        .list(HelpTopic.allCases.map { ($0.rawValue, $0.summary) }),
        .paragraph(
            """
            `mava-bulk help COMMAND` shows a command's examples and options, `mava-bulk help TOPIC` a topic.
            FILE `-` is standard input.
            """),
    ])

    /// The first help that somebody gets who writes no command.
    static let first = HelpPage(parts: [
        .paragraph("usage: mava-bulk COMMAND [options] [FILE]"),
        .heading("Examples"),
        .examples(CommandTable.firstExamples),
        .heading("Commands"),
        .list(CommandTable.shown.map { ($0.name, $0.summary) }),
        .paragraph("`mava-bulk help` says more."),
    ])

    /// One command with its examples and options.
    static func page(of command: CommandSpecification) -> HelpPage {
        var parts: [HelpPage.Part] = []
        if !command.examples.isEmpty {
            parts += [.heading("Examples"), .examples(command.examples)]
        }
        parts.append(.paragraph("usage: mava-bulk \(command.usage) [options]"))
        parts += command.details.split(separator: "\n\n").map { .paragraph(String($0)) }
        for (group, options) in command.groups {
            parts += [.heading(group.rawValue), .list(options.map { (line($0), $0.help) })]
        }
        let subcommands = CommandTable.subcommands(of: command)
        if !subcommands.isEmpty {
            parts += [
                .heading("Further commands"), .list(subcommands.map { ($0.usage, $0.summary) }),
            ]
        }
        let pages = DocumentationPage.pages(of: command).map(\.path)
        if !pages.isEmpty {
            parts.append(
                .paragraph(
                    "More: \(pages.joined(separator: ", ")). See `mava-bulk help documentation`."))
        }
        return HelpPage(parts: parts)
    }

    /// The option with its names below those of other options: `-o, --output FILE`, `    --json`.
    private static func line(_ option: OptionSpecification) -> String {
        (option.short == nil ? "    " : "") + option.usage
    }
}
