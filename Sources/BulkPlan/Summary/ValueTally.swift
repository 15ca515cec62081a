/// Counts wrong values, the most frequent of them in bounded memory.
///
/// As long as no more than ``capacity`` different values occur, all counts are exact. Beyond that the
/// smaller half is thrown out and every other count is lowered by as much as the largest one thrown out
/// (Misra and Gries, "Finding repeated elements", 1982): so each count left is at most ``shortfall`` too
/// low, never too high, and a value that makes up a notable part of all can never be lost.
struct ValueTally: Hashable {
    struct Key: Hashable {
        var column: String?
        var value: String
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
        if counts[key] != nil {
            counts[key]!.rows += 1
            return
        }
        counts[key] = Count(rows: 1, suggestion: issue.suggestion)
        if counts.count > Self.capacity { throwOutHalf() }
    }

    private mutating func throwOutHalf() {
        let middle = counts.values.map(\.rows).sorted()[counts.count / 2]
        shortfall += middle
        var left: [Key: Count] = [:]
        left.reserveCapacity(Self.capacity + 1)
        for (key, count) in counts where count.rows > middle {
            left[key] = Count(rows: count.rows - middle, suggestion: count.suggestion)
        }
        counts = left
    }

    /// The most frequent values first; equally frequent ones in the order of their texts.
    var sorted: [(key: Key, count: Count)] {
        counts.map { ($0.key, $0.value) }.sorted {
            ($1.1.rows, $0.0.value, $0.0.column ?? "") < ($0.1.rows, $1.0.value, $1.0.column ?? "")
        }
    }
}
