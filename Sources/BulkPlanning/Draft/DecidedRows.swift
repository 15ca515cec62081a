import BulkPlan
import BulkSystem

/// A draft whose rows are all decided, for threads that write them.
///
/// It is unchecked because the threads only read the draft, and end before it changes again. It refers to the draft
/// by its address: a function that takes the draft gets a copy of all its bytes, and there are many.
struct DecidedRows: @unchecked Sendable {
    let draft: UnsafePointer<PlanDraft>

    /// A row by its index.
    @inline(__always)
    subscript(index: Int) -> PlannedRow { draft.pointee.rows[index] }

    /// The number of rows.
    var count: Int { draft.pointee.rows.count }

    /// Appends the id of a row's ticket.
    @inline(__always)
    func appendID(of row: PlannedRow, to buffer: inout OutputBuffer) {
        draft.pointee.state.tickets.appendID(row.ticket, to: &buffer)
    }

    /// Appends what one row changes: `before` where its ticket was read, `after`, `with`, `undiffed`.
    func appendChanges(ofRow index: Int, to buffer: inout OutputBuffer) {
        let row = self[index]
        let ticket = draft.pointee.state.tickets.entries[Int(row.ticket)]
        var carrier = index
        var key = ChangeTally.Key(row: row, before: ticket)
        var condition: Precondition?
        if ticket.group > 0 {
            let group = draft.pointee.groups[Int(ticket.group) - 1]
            carrier = Int(group.carrier) - 1
            if !draft.pointee.sharesRequest(ticket.group) {
                // A row that another one replaces goes with the first of the ticket's requests.
                carrier = draft.pointee.separate.carrier(row.changes, ticket.group) ?? carrier
            } else if carrier == index {
                key = ChangeTally.Key(group: group, before: ticket)
                condition = draft.pointee.groupConditions[ticket.group]
            }
        } else if draft.pointee.preconditions.count > 0 {
            condition = draft.pointee.preconditions.find(row: index)
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

    private func expectation(_ condition: Precondition) -> PlanExpectation {
        var expectation = PlanExpectation()
        let values = draft.pointee.state.values
        if condition.status != 0 {
            expectation.values[.status] = draft.pointee.text(values.statuses, condition.status)
        }
        if condition.priority != 0 {
            expectation.values[.priority] =
                condition.priority == .min ? .null : .number(Int(condition.priority))
        }
        if condition.expectsCategory {
            expectation.values[.categoryID] = draft.pointee.text(
                values.categories, condition.category)
        }
        if condition.expectsAssignee {
            expectation.values[.assignedTo] = draft.pointee.text(
                values.assignees, condition.assignee)
        }
        if condition.updatedAt != .min {
            expectation.updatedAt = WrittenTime.text(
                condition.updatedAt, within: condition.updatedWithin)
        }
        return expectation
    }

    private func appendValues(
        _ key: ChangeTally.Key, isBefore: Bool, to buffer: inout OutputBuffer
    ) {
        let values = draft.pointee.state.values
        if key.fields.contains(.status) {
            buffer.append(#""status":"#)
            let number = isBefore ? UInt32(key.statusBefore) : UInt32(key.status)
            append(values.statuses, number, to: &buffer)
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
            append(values.categories, number, to: &buffer)
            buffer.append(",")
        }
        if key.fields.contains(.assignee) {
            buffer.append(#""assignedTo":"#)
            let number = isBefore ? key.assigneeBefore : key.assignee
            append(values.assignees, number, to: &buffer)
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
