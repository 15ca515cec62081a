package import BulkPlan

/// Reads a saved plan for the executor: from the file, one entry at a time.
package final class PlanFileSource: PlanSource {
    private var reader: PlanReader
    private let revised: RevisedRows?

    /// The plan's first line.
    package var header: PlanHeader { reader.header }

    /// Reads a plan.
    ///
    /// - Parameters:
    ///   - reader: The plan.
    ///   - revised: The values of rows whose tickets had changed before they were sent, which replace the plan's.
    package init(_ reader: consuming PlanReader, revised: RevisedRows? = nil) {
        self.reader = reader
        self.revised = revised
    }

    package func next() throws -> PlanStep? {
        guard var entry = try reader.next() else { return nil }
        if let changes = revised?.changes[entry.row] { entry.changes = changes }
        return .planned(entry)
    }
}
