import BulkSystem
import BulkRecords
import BulkSystem
import MavaAPI

/// The wanted tickets and their current values.
struct TicketState: ~Copyable {
    var tickets: TicketTable
    let values: CurrentValues
    /// When each ticket last changed, in microseconds since 1970; only filled when a precondition needs it.
    var updateTimes: [UInt32: Int64] = [:]
    /// The tags and origins to look for while tickets are read; `nil` for none.
    var marks: ProtectedMarks?
    /// The number of wanted tickets read.
    private(set) var found = 0

    init(hash: ByteHash) {
        tickets = TicketTable(hash: hash)
        values = CurrentValues(hash: hash)
    }

    /// Stores the values of a ticket; a later reading of the same ticket replaces an earlier one.
    @inline(__always)
    mutating func note(_ reading: TicketValues) {
        var entry = tickets.entries[Int(reading.ticket)]
        if !entry.flags.contains(.isRead) { found += 1 }
        entry.flags = entry.flags.subtracting(.ofReading).union(reading.flags).union(.isRead)
        entry.status = reading.status
        entry.priority = reading.priority
        entry.category = reading.category
        entry.assignee = reading.assignee
        tickets.entries[Int(reading.ticket)] = entry
    }

    /// Whether a listed ticket is wanted.
    func isWanted(_ ticket: TicketID) -> Bool {
        var id = ticket.rawValue
        let finder = tickets.finder
        return id.withUTF8 { finder.key(UnsafeRawBufferPointer($0)) }.flatMap(finder.find) != nil
    }

    /// Stores the values of a listed ticket if it is wanted, and returns its number then.
    mutating func note(_ ticket: Ticket, readsUpdateTimes: Bool) -> UInt32? {
        var id = ticket.id.rawValue
        let finder = tickets.finder
        guard let key = id.withUTF8({ finder.key(UnsafeRawBufferPointer($0)) }),
            let number = finder.find(key)
        else { return nil }
        var reading = TicketValues(ticket: number)
        if var status = ticket.status {
            reading.status = status.withUTF8 { values.status(UnsafeRawBufferPointer($0)) }
        }
        if let priority = ticket.priority {
            reading.priority = TicketValues.priority(Double(priority))
        }
        reading.category = ticket.categoryID.map(values.categories.intern) ?? 0
        reading.assignee = ticket.assignedTo.map(values.assignees.intern) ?? 0
        if let marks { reading.flags = marks.flags(of: ticket) }
        reading.isHandledByAI = ticket.isHandledByAI
        if ticket.saysAIStatus { values.saysAIStatus = true }
        if readsUpdateTimes {
            updateTimes[number] = ticket.updatedAt.flatMap(microsecondsSince1970)
        }
        note(reading)
        return number
    }
}
