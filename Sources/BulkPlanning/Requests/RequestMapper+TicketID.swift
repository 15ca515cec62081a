import BulkRecords
import MavaAPI

extension RequestMapper {
    /// Reads a ticket's id, or names what a spreadsheet did to it.
    ///
    /// - Parameters:
    ///   - text: The text without blanks around it; not empty.
    ///   - column: The column's index.
    mutating func readTicketID(_ text: UnsafeBufferPointer<UInt8>, column: Int) {
        if let key = TicketKey(hexadecimal: text) {
            hasSeenObjectID = true
            setTicket(key)
            return
        }
        // A `'` makes a spreadsheet take what follows as text; of an ObjectId it can only be that.
        if text.count == 25, text[0] == UInt8(ascii: "'"),
            let key = TicketKey(hexadecimal: UnsafeBufferPointer(rebasing: text[1...]))
        {
            hasSeenObjectID = true
            setTicket(key)
            return
        }
        let found = String(decoding: text, as: UTF8.self)
        if let damage = damage(found) {
            report(
                RowIssue(
                    code: .ticketIDInvalid, message: damage, column: columns.names[column]))
            return
        }
        guard TicketID(found) != nil else {
            report(
                RowIssue(
                    code: .ticketIDInvalid,
                    message:
                        "\(quoted(found)) cannot be a ticket's id: 1 to 128 visible characters "
                        + "without blanks",
                    column: columns.names[column]))
            return
        }
        setTicket(TicketKey(interned: ticketIDs.intern(text)))
    }

    /// What a spreadsheet did to an id; `nil` when nothing shows.
    private mutating func damage(_ text: String) -> String? {
        let advice =
            "the digits are lost, so export the tickets again and mark the column as text "
            + "before the spreadsheet opens it"
        if Self.isScientific(text) {
            return "\(quoted(text)) is an id that a spreadsheet turned into a number: \(advice)"
        }
        let digits = text.utf8
        let isDecimal = digits.allSatisfy { (0x30...0x39).contains($0) }
        if isDecimal, digits.count < 20, !hasSeenObjectID { dependsOnObjectIDs = true }
        let isShortened = digits.count >= 20 || hasSeenObjectID
        if isDecimal, digits.count < 24, isShortened {
            return "\(quoted(text)) has \(digits.count) digits where ids have 24: a spreadsheet "
                + "dropped leading zeros; fill it up with zeros on the left, or export again with "
                + "the column marked as text"
        }
        return nil
    }

    /// Whether a text is a number as spreadsheets shorten it, such as `6.63E+23` or `6,63E+23`.
    private static func isScientific(_ text: String) -> Bool {
        let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("+") else { return false }
        let mantissa = parts[0].split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
        return mantissa.count <= 2
            && (mantissa + [parts[1].dropFirst()]).allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
            }
    }

    /// Reports that a record names no ticket.
    ///
    /// - Parameter record: The record.
    mutating func reportMissingTicket(_ record: borrowing Record) {
        var isBlank = true
        for index in 0..<record.count where !trimmed(record.bytes(of: index)).isEmpty {
            isBlank = false
        }
        report(
            RowIssue(
                code: .ticketIDMissing,
                message: isBlank
                    ? "the row is empty: leave it out" : "no ticket id: fill it in",
                column: columns.ticketColumn))
    }
}
