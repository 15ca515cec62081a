import BulkTestSupport

extension Rehearsal {
    /// The id of a ticket of the samples' workspace.
    static let firstTicket = "695c76afd0e42018b77a9c2d"
    /// The id of another one.
    static let secondTicket = "695cd34fa4b07254adddf65b"

    /// Writes an input and plans it.
    func plan(
        _ bytes: [UInt8], name: String, options: [String] = []
    ) async throws -> BuiltProgram.Result {
        try directory.write(bytes, to: name)
        return try await program(["plan", name] + options)
    }
}
