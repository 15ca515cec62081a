import BulkPlan
import BulkRecords
import BulkSystem

// Two files that were put together have a second header among their rows.

extension RequestMapper {
    /// Whether a text in the column of the ticket's id is the name of such a column.
    static func isTicketName(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, text.count <= 32, ticketNameStarts[Int(first)] else {
            return false
        }
        return ColumnRole(columnName: name(text)) == .ticketID
    }

    /// Whether such a name can begin with a byte, which most texts without an id do not: with a name's first letter,
    /// with `_`, or with the byte order mark of the second file.
    private static let ticketNameStarts: [Bool] = {
        var starts = Array(repeating: false, count: 256)
        for byte in ColumnRole.ticketID.names.compactMap(\.utf8.first) + [UInt8(ascii: "_"), 0xEF] {
            starts[Int(byte)] = true
            // Letters match in both cases.
            if 0x61...0x7A ~= byte { starts[Int(byte - 0x20)] = true }
        }
        return starts
    }()

    private static func name(_ text: UnsafeBufferPointer<UInt8>) -> String {
        let name = String(decoding: trimmed(text), as: UTF8.self)
        return name.first == "\u{FEFF}" ? String(name.dropFirst()) : name
    }

    /// Reports a record whose cell of the ticket's id holds such a column's name.
    ///
    /// Where it is a header with columns in another order, the rows below it would be read in the wrong columns. The
    /// line is then noted in ``otherHeaderLine``.
    mutating func readHeaderAgain(_ record: borrowing Record, at index: Int) {
        let found = String(decoding: trimmed(record.bytes(of: index)), as: UTF8.self)
        let column = columns.names[record.column(of: index)]
        var known = 0
        var isSame = true
        var isOther = false
        for index in 0..<min(record.count, columns.names.count) {
            let (first, second) = (columns.names[index], Self.name(record.bytes(of: index)))
            let (firstRole, role) = (ColumnRole(columnName: first), ColumnRole(columnName: second))
            if !role.isPassive { known += 1 }
            if ColumnRole.plain(first) == ColumnRole.plain(second) { continue }
            isSame = false
            let isAlike =
                firstRole == role && firstRole.rank(ofName: first) == role.rank(ofName: second)
            if !isAlike, !columns.roles[index].isPassive || !role.isPassive { isOther = true }
        }
        guard columns.hasHeader, isSame || known > 1 else {
            survey.hasOther = true
            if let issue = TicketIDText.issue(found, column: column) { return report(issue) }
            return setTicket(
                TicketKey(interned: ticketIDs.intern(trimmed(record.bytes(of: index)))))
        }
        // What the names in it would ask for is no matter.
        removeIssues()
        hasTicket = false
        request = RequestedChange(ticket: TicketKey(interned: 0))
        preconditions = Preconditions()
        if isOther, otherHeaderLine == nil { otherHeaderLine = record.position.line }
        report(
            RowIssue(
                code: .ticketIDInvalid,
                message:
                    "leave the line out: it is a header again, as where two files were put together",
                column: column, value: found))
    }
}
