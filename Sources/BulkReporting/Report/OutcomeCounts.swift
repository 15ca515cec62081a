public import BulkExecution

/// How many rows ended in each outcome.
public struct OutcomeCounts: Hashable, Sendable {
    /// By the outcomes' places in their list: hashing each row's outcome takes longer than all else here.
    private var counts = Outcome.allCases.map { _ in 0 }
    /// All rows.
    public private(set) var rows = 0

    /// Starts with no rows.
    public init() {}

    /// How many rows ended in an outcome.
    public subscript(outcome: Outcome) -> Int { counts[outcome.place] }

    /// Counts one more row.
    mutating func add(_ outcome: Outcome) {
        rows += 1
        counts[outcome.place] += 1
    }

    /// Whether a row failed, conflicted, was held, invalid or unknown: an exit code of 3.
    public var hasTroubledRows: Bool {
        [.failed, .conflict, .held, .invalid, .unknown].contains { self[$0] > 0 }
    }

    /// How many rows a file of rows to run again holds.
    public var toRunAgain: Int { rows - self[.updated] - self[.unchanged] }
}
