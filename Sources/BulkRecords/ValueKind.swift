/// How one value of a record is written.
public enum ValueKind: UInt8, CaseIterable, Hashable, Sendable {
    /// A CSV field without quotes.
    case text
    /// A CSV field in quotes.
    case quotedText
    /// A JSON string.
    case string
    /// A JSON number; its text is kept as written.
    case number
    /// JSON `true`.
    case `true`
    /// JSON `false`.
    case `false`
    /// JSON `null`.
    case null
    /// A JSON object.
    case object
    /// A JSON array.
    case array
}
