import BulkSystem

/// Counts wrong values and keeps the most frequent ones in bounded memory.
///
/// As long as there are at most ``capacity`` different values, all counts are exact. Beyond that,
/// the smaller half is removed, and every remaining count is lowered by the largest removed one
/// (Misra and Gries, "Finding repeated elements", 1982). Each remaining count is therefore at most
/// ``shortfall`` too low and never too high. A value that makes up a notable part of all is never
/// lost.
struct ValueTally: Hashable {
    struct Key: Hashable {
        var column: String?
        var value: String

        /// Equal values in different columns are rare, so the column would only cost time.
        func hash(into hasher: inout Hasher) { hasher.combine(value) }
    }

    struct Count: Hashable {
        var rows: Int
        var suggestion: String?
    }

    static let capacity = 1024

    private(set) var counts: [Key: Count] = [:]
    /// How many values were counted.
    private(set) var total = 0
    /// By how much a count can be too low; 0 while all are exact.
    private(set) var shortfall = 0

    mutating func add(_ issue: RowIssue) {
        guard let value = issue.value else { return }
        total += 1
        let key = Key(column: issue.column, value: value)
        let new = Count(rows: 0, suggestion: issue.suggestion)
        counts[key, default: new].rows += 1
        if counts.count > Self.capacity { throwOutHalf() }
    }

    private mutating func throwOutHalf() {
        StepCount.add(counts.count)
        let middle = counts.values.map(\.rows).sorted()[counts.count / 2]
        shortfall += middle
        let frequent = counts.filter { $0.value.rows > middle }
        counts.removeAll(keepingCapacity: true)
        for (key, count) in frequent {
            counts[key] = Count(rows: count.rows - middle, suggestion: count.suggestion)
        }
    }

    /// The most frequent values first; equally frequent ones in the order of their texts.
    var sorted: [(key: Key, count: Count)] {
        counts.map { ($0.key, $0.value) }.sorted {
            ($1.1.rows, $0.0.value, $0.0.column ?? "") < ($0.1.rows, $1.0.value, $1.0.column ?? "")
        }
    }
}
