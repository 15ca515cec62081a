import BulkPlan

/// The requests of several rows of which an edit leaves out some: what the remaining rows ask for.
///
/// The row that carries a shared request has the changes and preconditions of all its rows, so its own part has to
/// be found again. The other rows have their own changes in the plan. What the carrier itself wants, and which row
/// expects what, is in the rows' cells. Where the cells do not show it exactly, the edit is refused.
///
/// All rows of a request want the same value of a field, because rows that disagree are invalid. Plans in which the
/// last row counts are edited only by whole tickets, so none of their requests comes here.
struct SharedRequests {
    /// What becomes of a request.
    struct Request {
        /// The row that carries it now.
        var carrier: Int
        var changes: [FieldChange]
        var expectation: PlanExpectation?
    }

    /// One row of a group, as small as it can be: an edit may concern many groups.
    private struct Row {
        var number: Int
        var isDropped: Bool
        /// The fields that the row itself changes; empty for the carrier.
        var fields: FieldSet = []
        /// What the row expects: of each field, then of the time of the last change.
        ///
        /// It is empty if the row expects nothing.
        var expected: [PlanColumns.Said] = []
    }

    private struct Group {
        var rows: [Row] = []
        /// The changes of the whole request; empty as long as the carrier was not added.
        var changes: [FieldChange] = []
        /// The fields that the carrier itself wants.
        var wanted: FieldSet = []
        /// The fields of which the carrier's cells do not show whether it wants them.
        var unclear: FieldSet = []
        var expectation: PlanExpectation?
        var isUndiffed = false
    }

    private let columns: PlanColumns
    private let path: String
    private var groups: [Int: Group]
    /// The requests by the rows that carried them before.
    private(set) var requests: [Int: Request] = [:]
    /// Whether any request has to be worked out.
    var isNeeded: Bool { !groups.isEmpty }

    /// Begins with the rows that carry the requests.
    init(carriers: Set<Int>, _ columns: PlanColumns, path: String) {
        self.columns = columns
        self.path = path
        groups = Dictionary(uniqueKeysWithValues: carriers.map { ($0, Group()) })
    }

    /// Adds a row of the plan; it is ignored if its request loses no row, or all of them.
    mutating func add(_ entry: PlanEntry, isDropped: Bool) {
        let carrier = entry.mergedInto ?? entry.row
        guard entry.disposition == .update, groups[carrier] != nil else { return }
        var row = Row(number: entry.row, isDropped: isDropped)
        let expected =
            TicketField.allCases.map { columns.expected($0, entry) }
            + [columns.expectedUpdateTime(entry)]
        if expected.contains(where: { $0 != .nothing }) { row.expected = expected }
        if entry.mergedInto == nil {
            groups[carrier]!.changes = entry.changes
            groups[carrier]!.expectation = entry.expectation
            groups[carrier]!.isUndiffed = entry.isUndiffed
            for change in entry.changes {
                switch columns.wanted(change.field, entry) {
                case .nothing: break
                case .text: groups[carrier]!.wanted.insert(FieldSet(change.field))
                case .unknown: groups[carrier]!.unclear.insert(FieldSet(change.field))
                }
            }
        } else {
            for change in entry.changes { row.fields.insert(FieldSet(change.field)) }
        }
        groups[carrier]!.rows.append(row)
    }

    /// Works out all requests; to be called after the last row.
    ///
    /// - Throws: A ``PlanError`` that names the rows of a request which cannot be worked out.
    mutating func resolve() throws(PlanError) {
        for carrier in groups.keys.sorted() {
            let group = groups.removeValue(forKey: carrier)!
            guard let request = request(group, carrier) else { throw refusal(group) }
            requests[carrier] = request
        }
    }

    private func request(_ group: Group, _ carrier: Int) -> Request? {
        var changes: [FieldChange] = []
        for change in group.changes {
            guard let isLeft = remains(FieldSet(change.field), group, carrier) else { return nil }
            if isLeft { changes.append(change) }
        }
        // The carrier is the first row that has something to change, whatever the other rows want.
        let next = group.rows.first {
            !$0.isDropped && ($0.number == carrier || !$0.fields.isEmpty)
        }
        guard let next, !changes.isEmpty else { return nil }
        var expectation: PlanExpectation?
        if let all = group.expectation {
            guard let left = remaining(of: all, group) else { return nil }
            expectation = left == PlanExpectation() ? nil : left
        }
        return Request(carrier: next.number, changes: changes, expectation: expectation)
    }

    /// Whether the remaining rows still want a field; `nil` if the plan does not show it.
    private func remains(_ field: FieldSet, _ group: Group, _ carrier: Int) -> Bool? {
        if group.rows.contains(where: { !$0.isDropped && $0.fields.contains(field) }) {
            return true
        }
        guard group.rows.contains(where: { $0.number == carrier && !$0.isDropped }) else {
            return false
        }
        return group.unclear.contains(field) ? nil : group.wanted.contains(field)
    }

    /// What the remaining rows expect; `nil` if the plan does not show it.
    private func remaining(of all: PlanExpectation, _ group: Group) -> PlanExpectation? {
        var left = all
        for (place, field) in TicketField.allCases.enumerated() where all.values[field] != nil {
            switch isExpected(place, in: group, canDiffer: group.isUndiffed) {
            case nil: return nil
            case false?: left.values[field] = nil
            case true?: break
            }
        }
        if all.updatedAt != nil {
            switch isExpected(TicketField.allCases.count, in: group, canDiffer: true) {
            case nil: return nil
            case false?: left.updatedAt = nil
            case true?: break
            }
        }
        return left
    }

    /// Whether remaining rows expect something.
    ///
    /// - Parameters:
    ///   - place: The place among ``Row/expected``.
    ///   - group: The rows.
    ///   - canDiffer: Whether two rows can expect different values. A ticket that was read meets all of them, so
    ///     they are equal.
    /// - Returns: Whether they do; `nil` if the plan does not show it.
    private func isExpected(_ place: Int, in group: Group, canDiffer: Bool) -> Bool? {
        var texts: Set<String> = []
        var (left, dropped) = (0, 0)
        for row in group.rows where !row.expected.isEmpty {
            switch row.expected[place] {
            case .unknown: return nil
            case .nothing: continue
            case .text(let text):
                texts.insert(text)
                if row.isDropped { dropped += 1 } else { left += 1 }
            }
        }
        // No row expects it by its cells, so the cells do not show it.
        guard left + dropped > 0 else { return nil }
        if left == 0 { return false }
        return dropped == 0 || !canDiffer || texts.count == 1 ? true : nil
    }

    private func refusal(_ group: Group) -> PlanError {
        func listed(_ isDropped: Bool) -> String {
            let numbers = group.rows.filter { $0.isDropped == isDropped }.map { "\($0.number)" }
            let shown = numbers.prefix(5).joined(separator: ", ")
            return (numbers.count == 1 ? "row " : "rows ") + shown
                + (numbers.count > 5 ? ", …" : "")
        }
        return PlanError(
            code: .requestShared,
            message:
                "leave out all rows of this ticket or none, or plan again: \(listed(true)) and \(listed(false)) "
                + "share a request, and the plan does not show what \(listed(false)) alone would change",
            path: path)
    }
}
