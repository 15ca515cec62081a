public import BulkRecords
package import BulkSystem

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
    /// The file without a name that contains the input; the path is then only its name.
    var scratch: ScratchFile?

    /// Names the rows to plan.
    public init(path: String, format: RecordFormat? = nil, delimiter: UInt8? = nil) {
        self.path = path
        self.format = format
        self.delimiter = delimiter
    }

    /// Takes rows that this program wrote to a file without a name.
    ///
    /// - Parameters:
    ///   - scratch: The rows, as a file of that format with a header would have them.
    ///   - name: What previews and reports call the input.
    ///   - format: The format of the rows.
    ///   - delimiter: The byte between two CSV fields; `nil` to find it from the header.
    package init(
        scratch: ScratchFile, name: String, format: RecordFormat, delimiter: UInt8? = nil
    ) {
        self.init(path: name, format: format, delimiter: delimiter)
        self.scratch = scratch
    }
}
