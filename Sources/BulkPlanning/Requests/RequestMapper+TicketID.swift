import BulkPlan
import BulkRecords
import MavaAPI

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
        if columns.hasHeader, Self.isColumnName(text) {
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
        let found = String(decoding: text, as: UTF8.self)
        if let issue = TicketIDText.issue(found, column: columns.names[column]) {
            report(issue)
        } else {
            setTicket(TicketKey(interned: ticketIDs.intern(text)))
        }
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

    @inline(__always)
    mutating func setTicket(_ key: TicketKey) {
        request.ticket = key
        hasTicket = true
    }
}
