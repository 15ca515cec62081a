public import BulkPlan

/// Which changes of a run are undone.
public struct UndoSelection: Hashable, Sendable {
    /// The numbers of the run's rows; `nil` for all rows.
    public var rows: [ClosedRange<Int>]? {
        didSet { sorted = Self.sorted(rows) }
    }
    /// The fields that are put back; `nil` for all fields.
    public var fields: Set<TicketField>?

    /// The ranges by their first rows, without overlaps.
    private var sorted: [ClosedRange<Int>] = []

    /// Selects rows and fields; all, unless some are named.
    public init(rows: [ClosedRange<Int>]? = nil, fields: Set<TicketField>? = nil) {
        self.rows = rows
        self.fields = fields
        sorted = Self.sorted(rows)
    }

    /// The last row that is named; `nil` for all rows.
    var lastRow: Int? { sorted.last?.upperBound }

    /// Whether a row is selected.
    func takes(row: Int) -> Bool {
        guard rows != nil else { return true }
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle].upperBound < row { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low].contains(row)
    }

    /// The changes of the selected fields.
    func taken(_ changes: [FieldChange]) -> [FieldChange] {
        guard let fields else { return changes }
        return changes.filter { fields.contains($0.field) }
    }

    private static func sorted(_ rows: [ClosedRange<Int>]?) -> [ClosedRange<Int>] {
        var joined: [ClosedRange<Int>] = []
        for range in (rows ?? []).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] =
                    last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}
