/// What a command prints with `--json`, and when.
struct JSONOutput: Sendable {
    /// The schema of the document, or of each of its lines.
    let schema: JSONSchema
    /// The options with which the command prints this instead of the first; `nil` for the usual one.
    let when: String?

    init(_ schema: JSONSchema, when: String? = nil) {
        self.schema = schema
        self.when = when
    }

    /// The schema's name, with the options that lead to it.
    var words: String { schema.rawValue + (when.map { " (\($0))" } ?? "") }
}
