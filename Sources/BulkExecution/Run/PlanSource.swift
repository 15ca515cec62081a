package import BulkPlan

/// One step through a plan.
package enum PlanStep: Hashable, Sendable {
    /// An entry as it is in the plan.
    case planned(PlanEntry)
    /// An entry that was decided again after the plan was approved, because its ticket has changed.
    ///
    /// This version replaces the plan's, and it is written to the journal.
    case redecided(PlanEntry)

    /// The entry to carry out.
    package var entry: PlanEntry {
        switch self {
        case .planned(let entry), .redecided(let entry): entry
        }
    }

    /// Whether the entry differs from the plan's.
    package var isRedecided: Bool {
        if case .redecided = self { true } else { false }
    }
}

/// Reads a plan's entries in the input's order, one at a time.
///
/// So no plan needs to be in memory as a whole.
package protocol PlanSource {
    /// Returns the next entry; `nil` after the last one.
    mutating func next() throws -> PlanStep?
}
