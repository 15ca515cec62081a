public import BulkPlan
public import BulkRecords

/// All that is wrong with the rows of an input, grouped by cause, with the first few positions each.
///
/// It stays small however many rows are wrong.
public struct IssueSummary: Hashable, Sendable {
    /// The rows that are wrong for one reason in one column.
    public struct Group: Hashable, Sendable {
        /// The cause.
        public let code: RowIssue.Code
        /// Of a malformed record what is malformed about it; `nil` otherwise.
        public let problem: RecordProblem.Code?
        /// The column concerned, as the input writes it; `nil` for the whole record.
        public let column: String?
        /// How many rows there are.
        public fileprivate(set) var count: Int
        /// What is wrong with the first of them and how to mend it, in words.
        public let message: String
        /// Where the first few of them are, in the input's order.
        public fileprivate(set) var positions: [RecordPosition]
    }

    private struct Key: Hashable {
        var code: RowIssue.Code
        var problem: RecordProblem.Code?
        var column: String?
    }

    /// How many positions a group keeps.
    public let positionsKept: Int
    private var found: [Group] = []
    private var places: [Key: Int] = [:]

    /// Makes an empty summary.
    ///
    /// - Parameter positionsKept: How many positions a group keeps.
    public init(positionsKept: Int = 5) {
        self.positionsKept = positionsKept
    }

    /// The groups: the one with the most rows first, those with equally many in the input's order.
    public var groups: [Group] {
        found.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
            .map(\.element)
    }

    /// Whether nothing is wrong.
    public var isEmpty: Bool { found.isEmpty }

    /// Adds one issue of one row.
    ///
    /// - Parameters:
    ///   - issue: What is wrong.
    ///   - position: Where the row starts.
    ///   - problem: Of a malformed record, what is malformed about it.
    public mutating func add(
        _ issue: RowIssue, at position: RecordPosition, problem: RecordProblem.Code? = nil
    ) {
        let key = Key(code: issue.code, problem: problem, column: issue.column)
        guard let place = places[key] else {
            places[key] = found.count
            found.append(
                Group(
                    code: issue.code, problem: problem, column: issue.column, count: 1,
                    message: issue.message, positions: [position]))
            return
        }
        found[place].count += 1
        if found[place].positions.count < positionsKept { found[place].positions.append(position) }
    }
}
