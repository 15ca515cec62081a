/// How many rows of a plan end in each disposition.
public struct PlanCounts: Hashable, Sendable {
    /// All rows.
    public var rows = 0
    /// Rows whose ticket will change.
    public var update = 0
    /// Rows whose ticket already has the requested values.
    public var unchanged = 0
    /// Rows that cannot be understood or name something that does not exist.
    public var invalid = 0
    /// Rows whose precondition is not met.
    public var conflict = 0
    /// Rows that would take a ticket away from the AI.
    public var held = 0
    /// Rows that a selection leaves out, those of other shards included.
    public var excluded = 0
    /// The rows among ``excluded`` that belong to other shards.
    public var otherShards = 0

    /// Starts with no rows.
    public init() {}

    /// Whether every row ends in exactly one disposition.
    public var addUp: Bool {
        rows == update + unchanged + invalid + conflict + held + excluded
            && otherShards <= excluded
    }

    /// Whether every row is either an update, already right or left out.
    package var areClean: Bool { invalid == 0 && conflict == 0 && held == 0 }

    /// How many rows have a disposition.
    public subscript(disposition: Disposition) -> Int {
        switch disposition {
        case .update: update
        case .unchanged: unchanged
        case .invalid: invalid
        case .conflict: conflict
        case .held: held
        case .excluded: excluded
        }
    }

    /// Counts one more row of a plan.
    package mutating func add(_ entry: PlanEntry) {
        add(entry.disposition)
        if entry.isOfOtherShard { otherShards += 1 }
    }

    /// Counts one more row of the plan's own shard.
    package mutating func add(_ disposition: Disposition) {
        rows += 1
        switch disposition {
        case .update: update += 1
        case .unchanged: unchanged += 1
        case .invalid: invalid += 1
        case .conflict: conflict += 1
        case .held: held += 1
        case .excluded: excluded += 1
        }
    }
}
