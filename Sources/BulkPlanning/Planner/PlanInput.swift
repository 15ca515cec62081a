public import BulkRecords

/// The rows to plan.
public struct PlanInput: Hashable, Sendable {
    /// The file's path; `-` for standard input.
    public var path: String
    /// How the file is written; `nil` to tell from its name or its first byte.
    public var format: RecordFormat?
    /// The byte between two CSV fields; `nil` to find it from the header.
    public var delimiter: UInt8?
    /// How the file's characters are written; `nil` for UTF-8, or UTF-16 with a byte order mark.
    public var encoding: TextEncoding?
    /// The input itself, where it is in memory; the path is then only its name.
    var bytes: [UInt8]?
    /// The input itself, where the program made it; the path is then only its name.
    var rows: GeneratedRows?

    /// Names the rows to plan.
    public init(path: String, format: RecordFormat? = nil, delimiter: UInt8? = nil) {
        self.path = path
        self.format = format
        self.delimiter = delimiter
    }

    /// Creates an input from rows that the program made.
    ///
    /// - Parameters:
    ///   - name: What previews and reports call the input.
    ///   - rows: The rows.
    package init(name: String, rows: GeneratedRows) {
        self.init(path: name, format: .jsonLines)
        self.rows = rows
    }
}
