public import BulkExecution

/// How many rows had each outcome.
public struct OutcomeCounts: Hashable, Sendable {
    /// The counts by outcome index, because hashing each row's outcome takes longer than everything
    /// else.
    private var counts = Outcome.allCases.map { _ in 0 }
    /// All rows.
    public private(set) var rows = 0

    /// Starts with no rows.
    public init() {}

    /// How many rows had an outcome.
    public subscript(outcome: Outcome) -> Int { counts[outcome.place] }

    /// Counts one more row.
    package mutating func add(_ outcome: Outcome) {
        rows += 1
        counts[outcome.place] += 1
    }

    /// Whether a row failed, conflicted, was held, invalid or unknown.
    public var hasTroubledRows: Bool { troubledRows > 0 }

    /// How many rows failed, conflicted, were held, invalid or unknown.
    public var troubledRows: Int {
        [.failed, .conflict, .held, .invalid, .unknown].reduce(0) { $0 + self[$1] }
    }

    /// How many rows a file of rows to apply again contains.
    public var toRunAgain: Int { rows - self[.updated] - self[.unchanged] - self[.excluded] }

    /// Every outcome's name and count, in the order of the reports.
    static func named(_ counts: OutcomeCounts) -> [(name: String, count: Int)] {
        Outcome.allCases.map { ($0.rawValue, counts[$0]) }
    }
}
