public import BulkPlan

/// A finished plan: its contents, and where it was saved.
public struct Plan: Hashable, Sendable {
    /// The plan as a person looks at it.
    public var summary: PlanSummary
    /// Where its rows are; `nil` when it was not saved.
    public var path: String?

    /// Makes a plan from its parts.
    public init(summary: PlanSummary, path: String?) {
        self.summary = summary
        self.path = path
    }

    /// The plan's first line.
    public var header: PlanHeader { summary.header }
    /// Whether the plan sends anything.
    public var hasChanges: Bool { header.hasChanges }
    /// Whether every row is either an update or already right: nothing to look after.
    public var isClean: Bool { header.counts.areClean }
}
