public import BulkExecution

/// How many rows ended in each outcome.
public struct OutcomeCounts: Hashable, Sendable {
    private var counts: [Outcome: Int] = [:]
    /// All rows.
    public private(set) var rows = 0

    /// Starts with no rows.
    public init() {}

    /// How many rows ended in an outcome.
    public subscript(outcome: Outcome) -> Int { counts[outcome] ?? 0 }

    /// Counts one more row.
    mutating func add(_ outcome: Outcome) {
        rows += 1
        counts[outcome, default: 0] += 1
    }

    /// Whether a row failed, conflicted, was held, invalid or unknown: an exit code of 3.
    public var hasTroubledRows: Bool {
        [.failed, .conflict, .held, .invalid, .unknown].contains { self[$0] > 0 }
    }

    /// How many rows a file of rows to run again holds.
    public var toRunAgain: Int { rows - self[.updated] - self[.unchanged] }
}
