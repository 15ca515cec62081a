import BulkSystem

/// `mava-bulk help`: a command, a topic, or the whole interface as data, Markdown or a manual page.
enum HelpCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) throws -> ExitCode {
        let forms = [OptionID.json, .markdown, .manual].filter(arguments.has)
        if forms.count > 1 {
            throw CommandFailure.usage(
                "--\(forms[0].rawValue) and --\(forms[1].rawValue) contradict each other")
        }
        guard let form = forms.first else {
            try console.help(try page(arguments.operands))
            return .success
        }
        if form == .manual {
            try console.data(
                arguments.operands.isEmpty
                    ? ManualPage.overview : ManualPage.page(of: try command(arguments.operands)))
            return .success
        }
        guard arguments.operands.isEmpty else {
            throw CommandFailure.usage(
                "--\(form.rawValue) prints all commands: leave out "
                    + arguments.operands.map(TerminalText.escaped).joined(separator: " "))
        }
        if form == .json {
            try console.data(InterfaceData.json.lines, as: .json)
        } else {
            try console.data(ReferencePage.commands)
        }
        return .success
    }

    private static func page(_ words: [String]) throws -> HelpPage {
        if words.isEmpty { return HelpText.overview }
        if words.count == 1, let topic = HelpTopic(rawValue: words[0]) { return topic.page }
        return HelpText.page(of: try command(words))
    }

    /// The command that words name.
    private static func command(_ words: [String]) throws -> CommandSpecification {
        if words.count == 1, HelpTopic(rawValue: words[0]) != nil {
            throw CommandFailure.usage(
                "\(words[0]) is a topic, and only commands have a manual page: see `mava-bulk help \(words[0])`"
            )
        }
        let names = CommandTable.commands.map(\.name)
        let pair = words.prefix(2).joined(separator: " ")
        guard let name = [pair, words[0]].first(where: names.contains),
            name.split(separator: " ").count == words.count
        else {
            throw CommandTable.unknown(
                words.joined(separator: " "),
                among: CommandTable.shown.map(\.name) + HelpTopic.allCases.map(\.rawValue))
        }
        return try CommandTable.command(name)
    }
}
