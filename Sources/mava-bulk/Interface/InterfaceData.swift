/// The commands, options, topics and codes as data: `help --json` and docs/interface.json.
enum InterfaceData {
    static let json = JSONValue.object([
        ("format", .text("mava-bulk-interface")), ("version", .number(1)),
        ("commands", .list(CommandTable.shown.map(command))),
        (
            "topics",
            .list(
                HelpTopic.allCases.map {
                    .object([("name", .text($0.rawValue)), ("summary", .text($0.summary))])
                })
        ),
        (
            "environment",
            .list(
                HelpTopic.variables.map {
                    .object([("name", .text($0.name)), ("meaning", .text($0.meaning))])
                })
        ),
        ("codes", .list(CodeExplanation.all.map(code))),
    ])

    /// A code with its meaning.
    static func code(_ code: CodeExplanation) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [("code", .text(code.code))]
        if let name = code.name { members.append(("name", .text(name))) }
        members += [
            ("from", .text(code.kind.rawValue)), ("meaning", .text(code.meaning)),
            ("remedy", .text(code.remedy)),
        ]
        return .object(members)
    }

    private static func command(_ command: CommandSpecification) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("name", .text(command.name)), ("summary", .text(command.summary)),
            ("operands", .texts(command.operands)),
        ]
        if !command.json.isEmpty {
            members.append(("json", .list(command.json.map(output))))
        }
        members += [
            (
                "examples",
                .list(
                    command.examples.map {
                        .object([("purpose", .text($0.purpose)), ("line", .text($0.line))])
                    })
            ),
            (
                "options",
                .list(
                    command.groups.flatMap { group, options in options.map { option($0, group) } })
            ),
        ]
        return .object(members)
    }

    private static func output(_ output: JSONOutput) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("schema", .text(output.schema.rawValue))
        ]
        if let when = output.when { members.append(("when", .text(when))) }
        return .object(members)
    }

    private static func option(_ option: OptionSpecification, _ group: OptionGroup) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [("name", .text(option.name))]
        if let short = option.short { members.append(("short", .text("-\(short)"))) }
        switch option.argument {
        case .none: break
        case .value(let name): members.append(("value", .text(name)))
        case .list(let name):
            members += [("value", .text(name)), ("isRepeatable", .flag(true))]
        case .choice(let words): members.append(("choices", .texts(words)))
        }
        members += [("group", .text(group.rawValue)), ("help", .text(option.help))]
        return .object(members)
    }
}
