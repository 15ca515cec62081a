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

/// One value of a record: where it lies, and how it is written; 16 bytes.
///
/// Positions are counted from the record's first byte. The text of a value in quotes lies between them,
/// unless it had to be decoded (doubled quotes, backslashes): then ``DecodedText`` of the same index
/// says where it is.
@usableFromInline
struct ValueSlot {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
    @usableFromInline var column: UInt32
    @usableFromInline var kind: ValueKind
    @usableFromInline var isDecoded: Bool
    /// How many bytes of quote stand on either side of the text.
    @usableFromInline var inset: UInt8

    @inline(__always)
    init(from start: Int, to end: Int, column: Int, kind: ValueKind, inset: UInt8 = 0) {
        self.start = UInt32(truncatingIfNeeded: start)
        length = UInt32(truncatingIfNeeded: end &- start)
        self.column = UInt32(truncatingIfNeeded: column)
        self.kind = kind
        isDecoded = false
        self.inset = inset
    }
}

/// Where the decoded text of a value lies in the record's scratch space.
@usableFromInline
struct DecodedText {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
}
