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

/// One value of a record: where it lies, as written and as decoded.
///
/// Positions are counted from the record's first byte. A value whose text had to be decoded (doubled
/// quotes, backslashes) has it in the record's scratch space instead, and positions there.
struct ValueSlot {
    var start: UInt32
    var length: UInt32
    var textStart: UInt32
    var textLength: UInt32
    var column: UInt32
    var kind: ValueKind
    var isDecoded: Bool
}
