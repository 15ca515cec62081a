import BulkPlan
import BulkRecords
import BulkSystem

extension RequestMapper {
    /// Reads a ticket's id, or reports which id is most likely meant.
    ///
    /// - Parameters:
    ///   - text: The text without surrounding blanks; not empty.
    ///   - column: The column's index.
    mutating func readTicketID(_ text: UnsafeBufferPointer<UInt8>, column: Int) {
        var text = text
        // A spreadsheet takes the text after a `'` literally. No id starts with one.
        if text.count > 1, text[0] == UInt8(ascii: "'") {
            text = UnsafeBufferPointer(rebasing: text[1...])
            survey.unwrapped.apostrophes += 1
            if let inside = insideFormula(text) { text = inside }
        }
        if let key = TicketKey(hexadecimal: text), !key.isRounded {
            survey.hasObjectID = true
            setTicket(key)
            return
        }
        if let headerNames, Self.isColumnName(text) || headerNames.place(of: text) != nil {
            ticketName = column
            return
        }
        // A text with a blank is no id, unless it is a link. Why it is none can wait until it is worded.
        if !wordsIssues, text.contains(UInt8(ascii: " ")), !text.contains(UInt8(ascii: ":")) {
            survey.hasOther = true
            _ = note(.ticketIDInvalid)
            return
        }
        if let key = TicketIDText.keyInDashboardLink(text), !key.isRounded {
            survey.unwrapped.links += 1
            survey.hasObjectID = true
            setTicket(key)
            return
        }
        survey.hasOther = true
        guard let fault = TicketIDFault(text) else {
            return setTicket(TicketKey(interned: ticketIDs.intern(text)))
        }
        guard note(.ticketIDInvalid) else { return }
        let found = String(decoding: text, as: UTF8.self)
        issues.append(TicketIDText.issue(fault, found, column: columns.names[column]))
    }

    /// Reports that a record names no ticket.
    ///
    /// - Parameter record: The record.
    mutating func reportMissingTicket(_ record: borrowing Record) {
        guard note(.ticketIDMissing) else { return }
        var isBlank = true
        for index in 0..<record.count where !trimmed(record.bytes(of: index)).isEmpty {
            isBlank = false
        }
        issues.append(
            RowIssue(
                code: .ticketIDMissing,
                message: isBlank
                    ? "leave the row out: it is empty" : "fill in the ticket id: there is none",
                column: ticketColumn ?? columns.ticketColumn))
    }

    /// Appends the last record's ticket as JSON, `null` if it names none.
    func appendTicketID(to buffer: inout OutputBuffer) {
        let key = request.ticket
        if !hasTicket {
            buffer.append("null")
        } else if key.isObjectID {
            buffer.append(objectID: key)
        } else {
            ticketIDs.withName(Int(key.low)) {
                buffer.append(jsonString: UnsafeRawBufferPointer($0))
            }
        }
    }

    /// Removes the only issue of the last record.
    mutating func takeIssue() -> RowIssue { issues.removeLast() }

    @inline(__always)
    mutating func setTicket(_ key: TicketKey) {
        request.ticket = key
        hasTicket = true
    }
}
