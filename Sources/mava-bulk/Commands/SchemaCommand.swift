import BulkSystem
import MavaBulk

/// `mava-bulk schema`: the JSON schemas of the files that options take.
enum SchemaCommand {
    private static let schemas = ["guards": PlanGuards.schema]

    /// The kinds of files that have a schema.
    static var kinds: [String] { schemas.keys.sorted() }

    static func run(_ arguments: ParsedArguments, _ talk: Talk) throws -> ExitCode {
        guard let kind = arguments.operands.first else {
            if arguments.has(.json) {
                try talk.data(JSONValue.texts(kinds).line + "\n", as: .json)
            } else {
                try talk.data(kinds.map { $0 + "\n" }.joined())
            }
            return .success
        }
        guard let schema = schemas[kind] else {
            let meant = closest(to: kind.lowercased(), among: kinds) { $0 }
            throw CommandFailure.usage(
                "there is no schema `\(TerminalText.escaped(kind))`; "
                    + (meant.map { "did you mean `\($0)`?" }
                        ?? "there is \(kinds.joined(separator: ", "))"))
        }
        try talk.data(schema)
        return .success
    }
}
