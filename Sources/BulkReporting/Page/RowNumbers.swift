/// Numbers of rows as ranges, which need little memory.
struct RowNumbers {
    /// The most ranges that are kept: each needs at least two bytes of a text that a page has room for.
    private static let mostRanges = 5000

    private var ranges: [ClosedRange<Int>] = []
    /// Whether all numbers are in the ranges.
    private(set) var isWhole = true

    /// Makes ranges of some numbers.
    init(_ rows: [Int] = []) {
        for row in rows { add(row) }
    }

    /// Adds a number, in any order and once.
    mutating func add(_ row: Int) {
        if let last = ranges.last, last.upperBound == row - 1 {
            ranges[ranges.count - 1] = last.lowerBound...row
        } else if ranges.count < Self.mostRanges {
            ranges.append(row...row)
        } else {
            isWhole = false
        }
    }

    /// The numbers in order, such as `5,7-9`; `nil` if there are none, or if not all were kept.
    var text: String? {
        guard isWhole, !ranges.isEmpty else { return nil }
        var joined: [ClosedRange<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, last.upperBound == range.lowerBound - 1 {
                joined[joined.count - 1] = last.lowerBound...range.upperBound
            } else {
                joined.append(range)
            }
        }
        return joined.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }.joined(separator: ",")
    }
}
