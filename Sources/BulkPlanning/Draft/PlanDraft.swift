import BulkPlan
import MavaAPI

/// A plan in the making: what the first reading of the input keeps, and what becomes of it.
///
/// The steps come in a fixed order, each over all rows: `add` while the input is read, `resolve` when
/// names can be looked up, `merge` before anything is compared, `decide` when the tickets were read.
/// Each step expects the numbers that the one before it leaves in the rows. What is called for each row is
/// `mutating` also where it changes nothing, because other functions get a copy of all the draft's bytes.
struct PlanDraft: ~Copyable {
    /// The rows that name one ticket, where there are several.
    struct Group: BitwiseCopyable {
        var ticket: UInt32
        var firstRow: UInt32
        var lastRow: UInt32
        /// The row whose request carries the changes, plus 1; 0 for none.
        var carrier: UInt32 = 0
        var category: UInt32 = 0
        var assignee: UInt32 = 0
        var status: UInt8 = 0
        var priority: UInt8 = 0
        var fields: FieldSet = []
        /// The fields about which the rows disagree.
        var disagreement: FieldSet = []
        /// The fields that the group's request writes.
        var changes: FieldSet = []
    }

    /// What messages name.
    ///
    /// A class, because the compiler's check of what is not copied visits every stored part at each use.
    final class Naming {
        /// What ids are called.
        var directory = NameDirectory(agents: nil, categories: nil)
        /// The input's columns.
        var columns = ColumnMap()
        /// Where the tickets' values come from, for missing tickets.
        var source = PlanHeader.Source.live
    }

    let allowsHandOff: Bool
    let takesLast: Bool
    let unread: UnreadPolicy?
    var rows = SegmentedArray<PlannedRow>()
    var groups = SegmentedArray<Group>()
    var state: TicketState
    /// The meaning of each name in the input, after `resolve`; the first entry means no name.
    var categories: [Resolution] = []
    var assignees: [Resolution] = []
    /// The same where rows expect a name and a map replaces those that they ask for; else empty.
    var expectedCategories: [Resolution] = []
    var expectedAssignees: [Resolution] = []
    /// The rows of which a condition depends on what a ticket holds that was not found.
    var undecidedRows: Set<Int> = []
    /// What becomes of an assignee that a row clears itself.
    var noAgent = Resolution.value(0)
    /// The maps that were used.
    var mapsUsed: [PlanHeader.Map] = []
    /// Why values that no list has are wrong for tickets that do not hold them, by the values' numbers.
    var unlistedCategories: [UInt32: RowIssue] = [:]
    var unlistedAssignees: [UInt32: RowIssue] = [:]
    /// The values that rows get from elsewhere, after `resolve`.
    var fills: [FillValue] = []
    var preconditions = PreconditionTable()
    /// Whether any row says itself that it must not be carried out.
    var hasObstacles = false
    /// What all rows of a group expect that go with its request, by the group's number.
    var groupConditions: [UInt32: Precondition] = [:]
    /// Whether ids that have not Mava's form are refused, because others of the input have it.
    var refusesOtherIDs = false
    /// Whether rows for one ticket share one request.
    var mergesRows = true
    /// Requests of a ticket's rows that do not share one.
    var separate = SeparateRequests()
    /// What messages about rows name.
    let naming = Naming()
    var problems = ProblemTally()
    var changes = ChangeTally()
    var counts = PlanCounts()

    /// The results of comparisons that ask about columns, one of each row; empty unless others are needed to decide.
    var columnResults = SegmentedArray<ColumnComparisons.Results>()
    /// Whether any record could not be read.
    private(set) var hasMalformed = false
    /// Whether any record could not be read, also of those that a selection leaves out.
    var sawMalformed = false
    /// Whether any record could not be read or understood.
    private(set) var hasInvalidRecords = false

    /// Rows whose tickets are still to be looked up, with their keys.
    private var pending = LookupBatch<Int>()

    init(allowsHandOff: Bool, takesLast: Bool, unread: UnreadPolicy? = nil) {
        let hash = ByteHash()
        self.allowsHandOff = allowsHandOff
        self.takesLast = takesLast
        self.unread = unread
        state = TicketState(hash: hash)
    }

    /// Adds a record that cannot be understood; the second reading counts and words its issues.
    mutating func addInvalid(_ code: RowIssue.Code) {
        hasInvalidRecords = true
        hasMalformed = hasMalformed || code == .malformedRecord
        rows.append(.invalid(code))
    }

    /// Adds a record that a selection leaves out.
    mutating func addExcluded() {
        var row = PlannedRow()
        row.exclude()
        rows.append(row)
    }

    /// Adds a record of another shard.
    ///
    /// - Parameter shard: The number of the shard that has it.
    mutating func addExcluded(ofShard shard: Int) {
        rows.append(.other(shard: shard))
        counts.otherShards += 1
    }

    /// Adds a record that asks for something.
    @inline(__always)
    mutating func add(_ request: RequestedChange, _ preconditions: Preconditions?) {
        if let preconditions { add(preconditions) }
        pending.append(state.tickets.key(request.ticket), rows.count)
        rows.append(PlannedRow(request))
        if pending.isFull { flush() }
    }

    /// Looks up the tickets of the rows added last; to be called once more after the last row.
    mutating func flush() {
        pending.find(in: state.tickets.finder)
        for index in 0..<pending.count {
            let (row, key, found) = pending[index]
            // One that is new to the table may have come before in the same batch.
            let (number, isNew) = found.map { ($0, false) } ?? state.tickets.add(key)
            rows[row].ticket = number
            if !isNew { joinGroup(row, number) }
        }
        pending.removeAll()
    }

    private mutating func joinGroup(_ row: Int, _ ticket: UInt32) {
        var entry = state.tickets.entries[Int(ticket)]
        if entry.group == 0 {
            groups.append(
                Group(ticket: ticket, firstRow: UInt32(row), lastRow: UInt32(row)))
            entry.group = UInt32(groups.count)
            state.tickets.entries[Int(ticket)] = entry
        }
    }

    private mutating func add(_ conditions: Preconditions) {
        var condition = Precondition(row: UInt32(rows.count))
        // Names keep the numbers of the mapper's tables, plus 1, until `resolve`.
        condition.status = conditions.status.index.map { UInt32($0) + 1 } ?? 0
        condition.expectsCategory = conditions.category.isPresent
        condition.category = conditions.category.index.map { UInt32($0) + 1 } ?? 0
        condition.expectsAssignee = conditions.assignee.isPresent
        condition.assignee = conditions.assignee.index.map { UInt32($0) + 1 } ?? 0
        condition.priority =
            conditions.priority == Preconditions.noPriority ? .min : Int8(conditions.priority)
        condition.updatedAt = conditions.updatedAt ?? .min
        condition.updatedWithin = conditions.updatedWithin
        condition.obstacle = conditions.obstacle
        if conditions.obstacle != nil { hasObstacles = true }
        preconditions.append(condition)
    }
}

extension PlannedRow {
    /// What a request asks for; names keep the numbers of the mapper's tables, plus 1, until `resolve`.
    init(_ request: RequestedChange) {
        status = request.statusCode
        priorityAndFields = request.priorityCode
        category = request.category.index.map { UInt32($0) + 1 } ?? 0
        assignee = request.assignee.index.map { UInt32($0) + 1 } ?? 0
        var fields: FieldSet = []
        if 1...UnwritableValue.status ~= request.statusCode { fields.insert(.status) }
        if 1...UnwritableValue.priority ~= request.priorityCode { fields.insert(.priority) }
        if request.category.isPresent { fields.insert(.category) }
        if request.assignee.isPresent { fields.insert(.assignee) }
        self.fields = fields
    }
}
