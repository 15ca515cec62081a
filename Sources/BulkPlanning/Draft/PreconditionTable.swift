import BulkPlan
import BulkSystem

/// What a row expects its ticket to hold before it is changed.
struct Precondition: BitwiseCopyable {
    enum Field: UInt8 {
        case status = 1
        case priority, category, assignee, updatedAt
    }

    /// The index of the row.
    var row: UInt32
    /// The number of the category expected: of the name as written first, of the value after `resolve`; 0 for
    /// none.
    var category: UInt32 = 0
    /// The number of the agent expected, likewise; 0 for none.
    var assignee: UInt32 = 0
    var expectsAssignee = false
    var expectsCategory = false
    /// The number of the status expected, likewise; 0 for any.
    var status: UInt32 = 0
    /// The priority expected; 0 for any, and `Int8.min` for none, as tickets have it.
    var priority: Int8 = 0
    /// When the ticket is to have changed last, in microseconds since 1970; `Int64.min` for any time.
    var updatedAt = Int64.min
    /// How many microseconds the time expected lasts: a second, where it was written to the second.
    var updatedWithin: Int64 = 1
    /// Which of the names expected means nothing: its number is still that of the name.
    var namesUnknown: Field?
    /// Why the row must not be carried out, which it says itself.
    var obstacle: UndoObstacle?

    /// The first thing that is not as expected.
    func unmet(_ ticket: TicketTable.Entry, updatedAt current: Int64?) -> Field? {
        if status != 0, UInt32(ticket.status) != status { return .status }
        if priority != 0, ticket.priority != priority { return .priority }
        if expectsCategory, ticket.category != category { return .category }
        if expectsAssignee, ticket.assignee != assignee { return .assignee }
        if updatedAt != .min, !isMet(by: current) { return .updatedAt }
        return nil
    }

    /// What two rows for one ticket expect together; both are met by what the ticket holds, or neither can be
    /// checked.
    func joined(_ other: Precondition) -> Precondition {
        var both = self
        if other.status != 0 { both.status = other.status }
        if other.priority != 0 { both.priority = other.priority }
        if other.expectsCategory { (both.expectsCategory, both.category) = (true, other.category) }
        if other.expectsAssignee { (both.expectsAssignee, both.assignee) = (true, other.assignee) }
        // The more precise time is within the other.
        if other.updatedAt != .min, updatedAt == .min || other.updatedWithin < updatedWithin {
            (both.updatedAt, both.updatedWithin) = (other.updatedAt, other.updatedWithin)
        }
        return both
    }

    /// Whether a ticket changed last at the time expected, at the precision in which that is written.
    private func isMet(by current: Int64?) -> Bool {
        guard let current, current >= updatedAt else { return false }
        let (later, overflows) = current.subtractingReportingOverflow(updatedAt)
        return !overflows && later < updatedWithin
    }
}

/// The preconditions of the rows that have any, in the order of the rows.
///
/// Twenty bytes a row; times, which few inputs expect, are kept apart.
struct PreconditionTable: ~Copyable {
    struct Kept: BitwiseCopyable {
        var row: UInt32
        var category: UInt32
        var assignee: UInt32
        var status: UInt32
        var priority: Int8
        /// Two bits for the fields that are expected, three for `namesUnknown`, and three for the obstacle.
        var flags: UInt8
    }

    struct Time: BitwiseCopyable {
        var row: UInt32
        var updatedAt: Int64
        var updatedWithin: Int64
    }

    private var conditions = SegmentedArray<Kept>()
    private var times = SegmentedArray<Time>()
    /// Whether any row asks when its ticket changed last.
    var asksForUpdateTimes: Bool { times.count > 0 }

    var count: Int { conditions.count }

    /// A condition by its place; the time that it expects cannot be replaced.
    subscript(index: Int) -> Precondition {
        get {
            var condition = Precondition(conditions[index])
            guard times.count > 0 else { return condition }
            let place = (0..<times.count).partitionPoint { times[$0].row < condition.row }
            if place < times.count, times[place].row == condition.row {
                condition.updatedAt = times[place].updatedAt
                condition.updatedWithin = times[place].updatedWithin
            }
            return condition
        }
        nonmutating set { conditions[index] = Kept(newValue) }
    }

    mutating func append(_ condition: Precondition) {
        conditions.append(Kept(condition))
        guard condition.updatedAt != .min else { return }
        times.append(
            Time(
                row: condition.row, updatedAt: condition.updatedAt,
                updatedWithin: condition.updatedWithin))
    }

    func find(row: Int) -> Precondition? {
        let place = (0..<conditions.count).partitionPoint { Int(conditions[$0].row) < row }
        guard place < conditions.count, Int(conditions[place].row) == row else { return nil }
        return self[place]
    }
}

extension PreconditionTable.Kept {
    fileprivate init(_ condition: Precondition) {
        self.init(
            row: condition.row, category: condition.category, assignee: condition.assignee,
            status: condition.status, priority: condition.priority,
            flags: (condition.expectsAssignee ? 1 : 0) | (condition.expectsCategory ? 2 : 0)
                | (condition.namesUnknown.map { $0.rawValue << 2 } ?? 0)
                | (condition.obstacle.map { $0.rawValue << 5 } ?? 0))
    }
}

extension Precondition {
    fileprivate init(_ kept: PreconditionTable.Kept) {
        self.init(
            row: kept.row, category: kept.category, assignee: kept.assignee,
            expectsAssignee: kept.flags & 1 != 0, expectsCategory: kept.flags & 2 != 0,
            status: kept.status, priority: kept.priority,
            namesUnknown: Field(rawValue: kept.flags >> 2 & 7),
            obstacle: UndoObstacle(rawValue: kept.flags >> 5))
    }
}
