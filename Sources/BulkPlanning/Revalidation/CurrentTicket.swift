import BulkPlan
import BulkSystem

/// The current values of a ticket.
struct CurrentTicket {
    var values: [TicketField: FieldValue]
    var isHandledByAI: Bool
    /// When it last changed, in microseconds since 1970; `nil` when that was not read.
    var updatedAt: Int64?

    init(values: [TicketField: FieldValue], isHandledByAI: Bool, updatedAt: Int64? = nil) {
        self.values = values
        self.isHandledByAI = isHandledByAI
        self.updatedAt = updatedAt
    }

    /// Makes the values read of a ticket; `nil` when it was not read.
    init?(_ id: String, in state: borrowing TicketState) {
        var id = id
        let finder = state.tickets.finder
        guard let key = id.withUTF8({ finder.key(UnsafeRawBufferPointer($0)) }),
            let number = finder.find(key)
        else { return nil }
        let entry = state.tickets.entries[Int(number)]
        guard entry.flags.contains(.isRead) else { return nil }
        func text(_ table: ValueTable, _ number: UInt32) -> FieldValue {
            number == 0 ? .null : .text(table[number])
        }
        values = [
            .status: text(state.values.statuses, UInt32(entry.status)),
            .priority: entry.priority == .min ? .null : .number(Int(entry.priority)),
            .categoryID: text(state.values.categories, entry.category),
            .assignedTo: text(state.values.assignees, entry.assignee),
        ]
        isHandledByAI = entry.flags.contains(.handledByAI)
        updatedAt = state.updateTimes[number]
    }
}
