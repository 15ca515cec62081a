public import BulkPlan
import BulkSystem

extension ValueMap {
    private static let mostBytes = 64 << 20

    /// Reads a table.
    ///
    /// - Parameters:
    ///   - path: The CSV file; a line without `to` leaves the ticket's value as it is.
    ///   - field: The field whose values it maps.
    ///   - unmapped: What becomes of values that it does not have.
    /// - Throws: A ``PlanError`` that names the line when the table cannot serve; a `ReadError` or
    ///   `FileError` when reading it fails.
    public init(
        reading path: String, for field: TicketField, unmapped: Unmapped = .invalid
    ) throws {
        guard let bytes = try FileReader.bytes(of: path, atMost: Self.mostBytes) else {
            throw PlanError(
                code: .mapUnusable,
                message: "it is larger than 64 MiB, which no table of values is", path: path)
        }
        var digest = SHA256()
        bytes.withUnsafeBytes { digest.update($0) }
        try self.init(
            bytes: bytes, sha256: digest.hexDigest(), path: path, for: field, unmapped: unmapped)
    }
}
