/// How much one record may hold.
///
/// A larger record is reported with its position.
public struct RecordLimits: Hashable, Sendable {
    /// The longest field, in bytes as written.
    public var fieldBytes: Int
    /// The longest record, in bytes as written.
    public var recordBytes: Int
    /// The deepest nesting of a JSON line; its outer object counts as one.
    public var nesting: Int
    /// The most different keys that the objects of a JSON Lines input may have in total.
    public var columns: Int

    /// Makes limits; those not given are 1 MiB a field, 4 MiB a record, 512 levels, 16,384 keys.
    public init(
        fieldBytes: Int = 1 << 20, recordBytes: Int = 4 << 20, nesting: Int = 512,
        columns: Int = 16384
    ) {
        self.fieldBytes = fieldBytes
        self.recordBytes = recordBytes
        self.nesting = nesting
        self.columns = columns
    }
}
