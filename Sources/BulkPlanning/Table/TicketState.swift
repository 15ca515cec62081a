import BulkRecords
import MavaAPI

/// What one reading of one wanted ticket says.
struct TicketReading: BitwiseCopyable {
    /// The ticket's number.
    var ticket: UInt32 = 0
    var category: UInt32 = 0
    var assignee: UInt32 = 0
    var status: UInt16 = 0
    var priority: Int8 = .min
    var isHandledByAI = false

    /// A priority from its digits or its word; one that no ticket has is kept apart from "none" as the
    /// largest.
    @inline(__always)
    static func priority(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: ValueKind) -> Int8 {
        if bytes.count == 1, bytes[0] &- UInt8(ascii: "0") < 10 {
            return Int8(bytes[0] - UInt8(ascii: "0"))
        }
        return kind.isText || kind == .number ? priority(written: trimmed(bytes)) : .min
    }

    private static func priority(written text: UnsafeBufferPointer<UInt8>) -> Int8 {
        if text.isEmpty || equalsIgnoringCase(text, "null") { return .min }
        if let number = priorityNumber(text) { return Int8(number) }
        return Double(String(decoding: text, as: UTF8.self)).map { priority($0) } ?? .max
    }

    static func priority(_ number: Double) -> Int8 {
        number.rounded() == number && abs(number) < 127 ? Int8(number) : .max
    }
}

/// Reads an instant that a listing writes, as microseconds since 1970.
func microsecondsSince1970(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { microsecondsSince1970($0) }
}

/// The wanted tickets and what they hold.
struct TicketState: ~Copyable {
    var tickets: TicketTable
    let values: CurrentValues
    /// When each ticket last changed, in microseconds since 1970, where a precondition asks for it.
    var updateTimes: [UInt32: Int64] = [:]
    /// How many of the wanted tickets were read.
    private(set) var found = 0

    init(hash: ByteHash) {
        tickets = TicketTable(hash: hash)
        values = CurrentValues(hash: hash)
    }

    /// Notes what a ticket holds; of a ticket that comes twice the later reading counts.
    @inline(__always)
    mutating func note(_ reading: TicketReading) {
        var entry = tickets.entries[Int(reading.ticket)]
        if !entry.flags.contains(.isRead) { found += 1 }
        entry.flags.insert(.isRead)
        if reading.isHandledByAI {
            entry.flags.insert(.handledByAI)
        } else {
            entry.flags.remove(.handledByAI)
        }
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

    /// Notes what a listed ticket holds, and returns its number when it is wanted.
    mutating func note(_ ticket: Ticket, readsUpdateTimes: Bool) -> UInt32? {
        var id = ticket.id.rawValue
        let finder = tickets.finder
        guard let key = id.withUTF8({ finder.key(UnsafeRawBufferPointer($0)) }),
            let number = finder.find(key)
        else { return nil }
        var reading = TicketReading(ticket: number)
        if var status = ticket.status {
            reading.status = status.withUTF8 { values.status(UnsafeRawBufferPointer($0)) }
        }
        if let priority = ticket.priority {
            reading.priority = TicketReading.priority(Double(priority))
        }
        reading.category = ticket.categoryID.map(values.categories.intern) ?? 0
        reading.assignee = ticket.assignedTo.map(values.assignees.intern) ?? 0
        reading.isHandledByAI = ticket.isHandledByAI
        if readsUpdateTimes {
            updateTimes[number] = ticket.updatedAt.flatMap(microsecondsSince1970)
        }
        note(reading)
        return number
    }
}
