import BulkPlan
import BulkRecords
import BulkSystem

extension PlanGuards {
    /// Reads guards from a JSON file.
    ///
    /// ``schema`` describes the file. A member that is not known is an error, because a misspelt guard
    /// protects nothing.
    ///
    /// - Parameter path: The file.
    /// - Throws: A ``PlanError`` that names the line when the file cannot serve; a `FileError` or a
    ///   `ReadError` when it cannot be read.
    public init(reading path: String) throws {
        guard let bytes = try FileReader.bytes(of: path, atMost: Self.mostBytes) else {
            throw PlanError(
                code: .guardsUnusable,
                message: "it is larger than 16 MiB, which no file of guards is", path: path)
        }
        try self.init(bytes: try ByteSource.text(of: bytes, name: path), path: path)
    }

    private static let mostBytes = 16 << 20
}
