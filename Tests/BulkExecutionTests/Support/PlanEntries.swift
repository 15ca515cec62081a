import BulkExecution
import BulkPlan

/// A plan in memory.
struct PlanEntries: PlanSource {
    private var entries: ArraySlice<PlanEntry>

    init(_ entries: [PlanEntry]) { self.entries = entries[...] }

    mutating func next() -> PlanStep? { entries.popFirst().map(PlanStep.planned) }
}
