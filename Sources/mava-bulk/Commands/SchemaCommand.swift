import BulkSystem

/// `mava-bulk schema`: the JSON schemas of files and documents.
enum SchemaCommand {
    /// The kinds of files that have a schema.
    static var kinds: [String] { JSONSchema.allCases.map(\.rawValue) }

    static func run(_ arguments: ParsedArguments, _ talk: Talk) throws -> ExitCode {
        guard let kind = arguments.operands.first else {
            if arguments.has(.json) {
                try talk.data(JSONValue.texts(kinds).line + "\n", as: .json)
            } else {
                let page = HelpPage(parts: [
                    .list(JSONSchema.allCases.map { ($0.rawValue, $0.summary) })
                ])
                try talk.help(page)
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
        try talk.data(schema.text)
        return .success
    }
}
