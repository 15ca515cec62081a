package import BulkPlan

/// One step through a plan.
package enum PlanStep: Hashable, Sendable {
    /// An entry as the plan has it.
    case planned(PlanEntry)
    /// An entry that was decided again after the plan was approved, because its ticket has changed; what
    /// it says now stands, and is written to the journal.
    case redecided(PlanEntry)

    /// The entry, as it is to be carried out.
    package var entry: PlanEntry {
        switch self {
        case .planned(let entry), .redecided(let entry): entry
        }
    }

    /// Whether the entry is no longer as the plan has it.
    package var isRedecided: Bool {
        if case .redecided = self { true } else { false }
    }
}

/// The entries of a plan in the input's order, one at a time, so that no plan needs to be in memory.
package protocol PlanSource {
    /// The next entry; `nil` after the last one.
    mutating func next() throws -> PlanStep?
}
