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
