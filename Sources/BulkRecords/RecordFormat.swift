/// The two ways in which an input is written.
public enum RecordFormat: String, CaseIterable, Hashable, Sendable {
    /// Comma-separated values (RFC 4180), and the same with `;`, tab or `|`. The first record names
    /// the columns.
    case csv
    /// JSON Lines: one JSON object (RFC 8259) a line.
    case jsonLines = "jsonl"

    /// The format that a file's name says, with or without a `.gz` behind it.
    ///
    /// The result is `nil` when the name does not say.
    ///
    /// - Parameter name: The file's name or path.
    public init?(fileName name: String) {
        var name = name.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        if [".csv", ".tsv", ".tab"].contains(where: name.hasSuffix) {
            self = .csv
        } else if [".jsonl", ".ndjson", ".jsonlines"].contains(where: name.hasSuffix) {
            self = .jsonLines
        } else {
            return nil
        }
    }
}

/// How much one record may hold.
///
/// More is reported with the record's position, never read on blindly.
public struct RecordLimits: Hashable, Sendable {
    /// The longest field, in bytes as written.
    public var fieldBytes: Int
    /// The longest record, in bytes as written.
    public var recordBytes: Int
    /// The deepest nesting of a JSON line; its outer object counts as one.
    public var nesting: Int
    /// The most different keys that the objects of a JSON Lines input may have, all in all.
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
