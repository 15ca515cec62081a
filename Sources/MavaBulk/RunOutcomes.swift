public import BulkExecution
public import BulkPlan
internal import BulkReporting

/// The rows of a run with their outcomes, in the input's order.
///
/// All of them are in memory.
///
///     for row in try result.outcomes() {
///         if row.outcome.outcome == .failed { print(row.entry.ticketID ?? "-", row.outcome.message ?? "") }
///     }
public struct RunOutcomes: Sequence {
    /// One row.
    public struct Row: Hashable, Sendable {
        /// The row's entry in the plan.
        public var entry: PlanEntry
        /// How it ended.
        public var outcome: RowOutcome
    }

    private let rows: [Row]

    init(_ directory: RunDirectory) throws {
        var source = try RunRows(reading: directory.files)
        var rows: [Row] = []
        while let row = try source.next() {
            rows.append(Row(entry: row.entry, outcome: row.outcome))
        }
        self.rows = rows
    }

    /// Starts at the first row.
    ///
    /// - Returns: The iterator.
    public func makeIterator() -> IndexingIterator<[Row]> { rows.makeIterator() }
}

extension RunResult {
    /// How each row ended.
    ///
    /// - Returns: The rows, in the input's order.
    /// - Throws: What reading the run's plan or journal throws.
    public func outcomes() throws -> RunOutcomes {
        try RunOutcomes(RunDirectory.open(directory))
    }
}
