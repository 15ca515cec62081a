/// The supported input formats.
public enum RecordFormat: String, CaseIterable, Hashable, Sendable {
    /// Comma-separated values (RFC 4180), also with `;`, tab or `|`.
    ///
    /// The first record names the columns.
    case csv
    /// JSON Lines: one JSON object (RFC 8259) per line.
    case jsonLines = "jsonl"

    /// The format that a file's name indicates, with or without a trailing `.gz`.
    ///
    /// The result is `nil` if the name indicates none.
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
