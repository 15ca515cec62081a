import BulkPlan
import BulkSystem

extension PlanDraft {
    /// Appends what one row changes: `before` where its ticket was read, `after`, `with`, `undiffed`.
    mutating func appendChanges(ofRow index: Int, to buffer: inout OutputBuffer) {
        let row = rows[index]
        let ticket = state.tickets.entries[Int(row.ticket)]
        var carrier = index
        var key = ChangeTally.Key(row: row, before: ticket)
        var condition: Precondition?
        if ticket.group > 0 {
            let group = groups[Int(ticket.group) - 1]
            carrier = Int(group.carrier) - 1
            if !sharesRequest(ticket.group) {
                // A row that another one replaces goes with the first of the ticket's requests.
                carrier = separate.carrier(row.changes, ticket.group) ?? carrier
            } else if carrier == index {
                key = ChangeTally.Key(group: group, before: ticket)
                condition = groupConditions[ticket.group]
            }
        } else if preconditions.count > 0 {
            condition = preconditions.find(row: index)
        }
        if !key.fields.isEmpty {
            if key.isRead {
                buffer.append(#","before":{"#)
                appendValues(key, isBefore: true, to: &buffer)
                buffer.append("}")
            }
            buffer.append(#","after":{"#)
            appendValues(key, isBefore: false, to: &buffer)
            buffer.append("}")
        }
        if let condition { buffer.append(expectation(condition)) }
        if carrier != index {
            buffer.append(#","with":"#)
            buffer.append(decimal: carrier + 1)
        }
        if !key.isRead { buffer.append(#","undiffed":true"#) }
    }

    /// The value that a row wants of a field, as an input writes it; `nil` where it wants none or names one that
    /// means nothing.
    func wantedText(_ field: FieldSet, of row: PlannedRow) -> String? {
        guard row.fields.contains(field), row.ticket != .max, !row.namesUnknown else { return nil }
        switch field {
        case .status: return state.values.statuses[UInt32(row.status)]
        case .priority: return "\(row.priority)"
        case .category: return state.values.categories[row.category]
        default: return row.assignee == 0 ? "unassigned" : state.values.assignees[row.assignee]
        }
    }

    private func expectation(_ condition: Precondition) -> PlanExpectation {
        var expectation = PlanExpectation()
        if condition.status != 0 {
            expectation.values[.status] = text(state.values.statuses, condition.status)
        }
        if condition.priority != 0 {
            expectation.values[.priority] = .number(Int(condition.priority))
        }
        if condition.expectsCategory {
            expectation.values[.categoryID] = text(state.values.categories, condition.category)
        }
        if condition.expectsAssignee {
            expectation.values[.assignedTo] = text(state.values.assignees, condition.assignee)
        }
        if condition.updatedAt != .min {
            expectation.updatedAt = WrittenTime.text(
                condition.updatedAt, within: condition.updatedWithin)
        }
        return expectation
    }

    private mutating func appendValues(
        _ key: ChangeTally.Key, isBefore: Bool, to buffer: inout OutputBuffer
    ) {
        if key.fields.contains(.status) {
            buffer.append(#""status":"#)
            let number = isBefore ? UInt32(key.statusBefore) : UInt32(key.status)
            append(state.values.statuses, number, to: &buffer)
            buffer.append(",")
        }
        if key.fields.contains(.priority) {
            buffer.append(#""priority":"#)
            let number = isBefore ? Int(key.priorityBefore) : Int(key.priority)
            if number == Int(Int8.min) {
                buffer.append("null")
            } else {
                buffer.append(decimal: number)
            }
            buffer.append(",")
        }
        if key.fields.contains(.category) {
            buffer.append(#""categoryId":"#)
            let number = isBefore ? key.categoryBefore : key.category
            append(state.values.categories, number, to: &buffer)
            buffer.append(",")
        }
        if key.fields.contains(.assignee) {
            buffer.append(#""assignedTo":"#)
            let number = isBefore ? key.assigneeBefore : key.assignee
            append(state.values.assignees, number, to: &buffer)
            buffer.append(",")
        }
        buffer.truncate(to: buffer.count - 1)
    }

    @inline(__always)
    private func append(_ table: ValueTable, _ number: UInt32, to buffer: inout OutputBuffer) {
        if number == 0 {
            buffer.append("null")
        } else {
            table.withBytes(number) { buffer.append(jsonString: $0) }
        }
    }
}
