import BulkSystem
import MavaBulk

/// `mava-bulk schema`: the JSON schemas of the files that options take.
enum SchemaCommand {
    private static let schemas = ["guards": PlanGuards.schema]

    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        let kind = arguments.operands[0]
        guard let schema = schemas[kind] else {
            let kinds = schemas.keys.sorted()
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
