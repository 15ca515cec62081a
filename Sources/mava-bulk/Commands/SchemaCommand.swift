import BulkSystem

/// `mava-bulk schema`: the JSON schemas of files and documents.
enum SchemaCommand {
    /// The kinds of files that have a schema.
    static var kinds: [String] { JSONSchema.allCases.map(\.rawValue) }

    static func run(_ arguments: ParsedArguments, _ console: Console) throws -> ExitCode {
        guard let kind = arguments.operands.first else {
            if arguments.has(.json) {
                try console.data(JSONValue.texts(kinds).line + "\n", as: .json)
            } else {
                try console.help(list)
            }
            return .success
        }
        guard let schema = JSONSchema(rawValue: kind) else {
            let meant = closest(to: kind.lowercased(), among: kinds) { $0 }
            throw CommandFailure.usage(
                "there is no schema `\(TerminalText.escaped(kind))`; "
                    + (meant.map { "did you mean `\($0)`?" }
                        ?? "there is \(kinds.joined(separator: ", "))"))
        }
        try console.data(schema.text)
        return .success
    }

    /// The kinds, and the kind of what each command prints with `--json`.
    private static var list: HelpPage {
        HelpPage(parts: [
            .heading("Kinds"),
            .list(JSONSchema.allCases.map { ($0.rawValue, $0.summary) }),
            .heading("Commands with --json, and the kinds of what they print"),
            .list(
                CommandTable.shown.filter { !$0.json.isEmpty }.map { command in
                    (command.name, command.json.map(\.words).joined(separator: "; "))
                }),
        ])
    }
}
