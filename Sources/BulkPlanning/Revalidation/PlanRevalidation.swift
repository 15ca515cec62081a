public import BulkPlan

/// What to do with a row of a saved plan whose ticket changed after the plan was approved.
public enum ConflictPolicy: String, CaseIterable, Hashable, Sendable {
    /// End the row as a conflict, and continue with the others.
    case skip
    /// Send the row anyway.
    case overwrite
    /// Send nothing at all.
    case stop
}

/// The result of comparing a saved plan with the current tickets.
///
/// It stores only the rows that are no longer as approved.
public struct PlanRevalidation: Hashable, Sendable {
    /// The new state of a row that is no longer as approved.
    struct Exception: Hashable, Sendable {
        var disposition: Disposition
        var changes: [FieldChange]
        var issue: RowIssue?
        /// The row's wanted values beside the values of its ticket when it was read again.
        ///
        /// It is `nil` when the ticket was not found.
        var read: [FieldChange]?
        /// Whether the row is sent by another row's request.
        var isCarried = false

        /// Makes the row an update, because its request is still sent for another row's fields.
        mutating func carry() {
            disposition = .update
            issue = nil
        }
    }

    var exceptions: [Int: Exception] = [:]
    /// The current number of rows by disposition.
    public internal(set) var counts = PlanCounts()
    /// The number of requests still to be sent.
    public internal(set) var requests = 0
    /// How many of these requests open a resolved ticket again.
    public internal(set) var reopened = 0
    /// The number of listing pages requested.
    public internal(set) var reads = 0

    /// The waivers without which the guards would refuse what is still to be sent.
    public internal(set) var waivers: [PlanHeader.Waiver] = []

    /// How many rows changed since they were approved.
    public var changedRows: Int { exceptions.count }

    /// Rows whose own request is no longer sent, with their dispositions.
    package var dropped: [(row: Int, disposition: Disposition)] {
        exceptions.filter { !$0.value.isCarried && $0.value.disposition != .update }
            .map { ($0.key, $0.value.disposition) }
    }

    /// The wanted values of a row beside the values of its ticket when it was read again.
    ///
    /// The result is `nil` when the row is still as approved, or its ticket was not found.
    package func read(ofRow row: Int) -> [FieldChange]? { exceptions[row]?.read }

    /// Returns a row of the plan in its current state.
    ///
    /// A row that is still an update can have fewer fields than before. A row in conflict, held or unchanged
    /// has none. A row that was merged into another one has that row's state.
    ///
    /// - Parameter entry: The row from the plan.
    /// - Returns: The row to carry out.
    public func entry(_ entry: PlanEntry) -> PlanEntry {
        guard let exception = exceptions[entry.row] else { return entry }
        var entry = entry
        entry.disposition = exception.disposition
        entry.changes = exception.changes
        entry.issue = exception.issue
        entry.isUndiffed = entry.isUndiffed && exception.changes.contains { $0.before == nil }
        return entry
    }
}
