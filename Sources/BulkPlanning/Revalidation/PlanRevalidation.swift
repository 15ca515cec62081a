public import BulkPlan

/// What happens to a row of a saved plan whose ticket changed since the plan was approved.
public enum ConflictPolicy: String, CaseIterable, Hashable, Sendable {
    /// The row ends as a conflict; the others go on.
    case skip
    /// The row is sent all the same.
    case overwrite
    /// Nothing is sent at all.
    case stop
}

/// A saved plan beside the tickets as they are now: what still stands of it.
///
/// Only rows that no longer stand as they were approved are kept.
public struct PlanRevalidation: Hashable, Sendable {
    /// What became of a row that does not stand as it was approved.
    struct Exception: Hashable, Sendable {
        var disposition: Disposition
        var changes: [FieldChange]
        var issue: RowIssue?
        /// What the row was to write, and what its ticket held when it was read again; `nil` where it was not
        /// found.
        var read: [FieldChange]?
        /// Whether another row's request carries this row.
        var isCarried = false

        /// Makes it what becomes of a row whose request is sent for another row's fields all the same.
        mutating func carry() {
            disposition = .update
            issue = nil
        }
    }

    var exceptions: [Int: Exception] = [:]
    /// How many rows end in each disposition now.
    public internal(set) var counts = PlanCounts()
    /// How many requests are still to be sent.
    public internal(set) var requests = 0
    /// How many pages of the listing were asked for.
    public internal(set) var reads = 0

    /// The waivers without which the guards would refuse what is still to be sent.
    public internal(set) var waivers: [PlanHeader.Waiver] = []

    /// How many rows no longer stand as they were approved.
    public var changedRows: Int { exceptions.count }

    /// The rows with a request of their own that is not sent any more, and what they end in.
    package var dropped: [(row: Int, disposition: Disposition)] {
        exceptions.filter { !$0.value.isCarried && $0.value.disposition != .update }
            .map { ($0.key, $0.value.disposition) }
    }

    /// What a row was to write and what its ticket held when it was read again; `nil` where the row stands as it
    /// was approved, or its ticket was not found.
    package func read(ofRow row: Int) -> [FieldChange]? { exceptions[row]?.read }

    /// A row of the plan as it stands now.
    ///
    /// A row that is still an update can have fewer fields than before; a row in conflict, held or
    /// unchanged has none. A row that another one carries stands as its carrier does.
    ///
    /// - Parameter entry: The row as the plan has it.
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
