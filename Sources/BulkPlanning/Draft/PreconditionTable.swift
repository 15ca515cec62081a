import BulkSystem

/// What a row expects its ticket to hold before it is changed.
struct Precondition: BitwiseCopyable {
    enum Field { case status, priority, category, assignee, updatedAt }

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
    /// The priority expected; 0 for any.
    var priority: Int8 = 0
    /// When the ticket is to have changed last, in microseconds since 1970; `Int64.min` for any time.
    var updatedAt = Int64.min
    /// How many microseconds the time expected lasts: a second, where it was written to the second.
    var updatedWithin: Int64 = 1
    /// Which of the names expected means nothing: its number is still that of the name.
    var namesUnknown: Field?

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
struct PreconditionTable: ~Copyable {
    private var conditions = SegmentedArray<Precondition>()
    /// Whether any row asks when its ticket changed last.
    private(set) var asksForUpdateTimes = false

    var count: Int { conditions.count }

    subscript(index: Int) -> Precondition {
        get { conditions[index] }
        nonmutating set { conditions[index] = newValue }
    }

    mutating func append(_ condition: Precondition) {
        if condition.updatedAt != .min { asksForUpdateTimes = true }
        conditions.append(condition)
    }

    func find(row: Int) -> Precondition? {
        let place = (0..<conditions.count).partitionPoint { Int(conditions[$0].row) < row }
        guard place < conditions.count, Int(conditions[place].row) == row else { return nil }
        return conditions[place]
    }
}
