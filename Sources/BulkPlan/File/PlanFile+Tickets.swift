import BulkRecords
import BulkSystem
import MavaAPI

extension PlanFile {
    /// Whether a row may name one of some tickets.
    ///
    /// Only the rows' ids are looked at. A row of another form than the usual one counts as one that may, so that
    /// a ``PlanReader`` says what is wrong with it.
    ///
    /// - Parameter tickets: The tickets.
    /// - Returns: Whether a row may; `false` if it is certain that none does.
    /// - Throws: What reading throws; a `ReadError` when the plan changed since it was opened.
    package func mayName(_ tickets: TicketIDSet) throws -> Bool {
        let reader = try RecordReader(source(), format: .jsonLines, limits: PlanReader.limits)
        var blocks = BlockReader<PlanTicketBlock>(reader, size: 16 << 10, startThread: nil) {
            PlanTicketBlock(tickets)
        }
        while let block = try blocks.next() {
            if block.mayNameOne { return true }
        }
        return false
    }
}

/// The tickets of one block of a plan, of which only the wanted ones matter.
private final class PlanTicketBlock: BlockWork {
    private let tickets: TicketIDSet
    /// Whether a row may name one of the tickets.
    private(set) var mayNameOne = false

    init(_ tickets: TicketIDSet) { self.tickets = tickets }

    func read(_ records: inout RecordReader) {
        mayNameOne = false
        repeat {
            while let line = records.nextLine() { mayNameOne = mayNameOne || mayNameOne(in: line) }
            guard records.advanceInBlock() else { return }
            // A record longer than the line limit is not a row.
            mayNameOne = true
        } while true
    }

    private func mayNameOne(in line: UnsafeRawBufferPointer) -> Bool {
        var cursor = JSONCursor(line)
        guard cursor.consume(#"{"row":"#), cursor.integer() != nil,
            cursor.consume(#","line":"#), cursor.integer() != nil,
            cursor.consume(#","ticketId":"#)
        else { return true }
        let quote = UInt8(ascii: "\"")
        let rest = cursor.rest
        if rest.count > 25, rest[0] == quote, rest[25] == quote,
            let isWanted = tickets.containsObjectID(
                UnsafeRawBufferPointer(rebasing: rest[1..<25]))
        {
            return isWanted
        }
        if cursor.null() { return false }
        guard let text = cursor.string() else { return true }
        return TicketID(text).map(tickets.contains) ?? false
    }
}
