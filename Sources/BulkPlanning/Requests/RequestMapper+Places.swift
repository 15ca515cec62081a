import BulkPlan
import BulkRecords
import BulkSystem
import CLibrary
import MavaAPI

// A row can be well-formed and still have its values in other columns, or in another row, than its writer meant. A
// stray quote hides the lines up to the next one, and an unquoted delimiter moves all values behind it.

extension RequestMapper {
    /// Reports a value that holds a line which begins like a row, and text in a column without a name.
    mutating func checkPlaces(_ record: borrowing Record) {
        let raw = record.rawBytes
        if let start = raw.baseAddress,
            memchr(start, 0x0A, raw.count) != nil || memchr(start, 0x0D, raw.count) != nil
        {
            reportSwallowedRow(record)
        }
        for column in columns.empty where column < record.count {
            let text = trimmed(record.bytes(of: column))
            if text.isEmpty { continue }
            guard note(.malformedRecord) else { return }
            let found = quoted(String(decoding: text, as: UTF8.self))
            issues.append(
                RowIssue(
                    code: .malformedRecord,
                    message:
                        "\(found) is in column \(column + 1), which has no name: put the value in quotes "
                        + "whose delimiter moved the others, or give the column a name"))
            return
        }
    }

    private mutating func reportSwallowedRow(_ record: borrowing Record) {
        guard let ticket = columns.roles.firstIndex(of: .ticketID) else { return }
        for index in 0..<record.count
        where record.kind(of: index) == .quotedText && roles[index] != .ignored {
            guard let line = Self.lineLikeRow(record.bytes(of: index), at: index, ticket: ticket)
            else { continue }
            guard note(.malformedRecord) else { return }
            // The values before this one can have line breaks, too.
            var number = firstLine + record.position.line + line
            for other in 0..<index { number += Self.lines(record.rawBytes(of: other)) - 1 }
            issues.append(
                RowIssue(
                    code: .malformedRecord,
                    message:
                        "line \(number) is a part of this row's value of \(quoted(columns.names[index])) and looks "
                        + "like a row of its own: correct the quotes. If the value is right, leave the column "
                        + "out with \(SettingName.ignoredColumns)", column: columns.names[index]))
            return
        }
    }

    /// The number of lines of a text, which is 1 more than that of its line breaks.
    private static func lines(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 1
        for (index, byte) in text.enumerated()
        where byte == 0x0A || byte == 0x0D && (index + 1 == text.count || text[index + 1] != 0x0A) {
            count += 1
        }
        return count
    }

    /// The first line of a value that has a ticket's id where a row has it; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - text: The value.
    ///   - column: The value's column.
    ///   - ticket: The column of the ticket's id.
    /// - Returns: The line's number in the value, from 0.
    private static func lineLikeRow(
        _ text: UnsafeBufferPointer<UInt8>, at column: Int, ticket: Int
    ) -> Int? {
        guard text.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return nil }
        var start = 0
        var number = 0
        while start <= text.count {
            let end = text[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.count
            // The first line is the rest of one that began before the value.
            let place = number == 0 ? ticket - column : ticket
            let line = UnsafeBufferPointer(rebasing: text[start..<end])
            if number > 0 || place > 0, hasTicketID(line, at: place) { return number }
            let isPair = end + 1 < text.count && text[end] == 0x0D && text[end + 1] == 0x0A
            start = end + (isPair ? 2 : 1)
            number += 1
        }
        return nil
    }

    /// Whether a line has more than one field, and a ticket's id in a certain one, under any delimiter.
    private static func hasTicketID(_ line: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        for delimiter in ",;\t|".utf8 {
            let fields = line.split(
                separator: delimiter, maxSplits: place + 1, omittingEmptySubsequences: false)
            guard fields.count > 1, fields.count > place else { continue }
            var field = trimmed(UnsafeBufferPointer(rebasing: fields[place]))
            if field.count > 1, field.first == 0x22, field.last == 0x22 {
                field = UnsafeBufferPointer(rebasing: field.dropFirst().dropLast())
            }
            if ticketKey(of: field) != nil || namesTicket(field) { return true }
        }
        return false
    }

    /// Whether a field names a ticket in a form that is no id, such as `#…`, as a cell that would be asked about.
    ///
    /// A sentence that names one is no such field.
    private static func namesTicket(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
        guard 24...2048 ~= field.count else { return false }
        let text = String(decoding: field, as: UTF8.self)
        let isWord = !text.utf8.contains(0x20) || text.lowercased().hasPrefix("ticket ")
        return isWord && !TicketIDText.idsInside(text).isEmpty
    }

    /// Reports other columns of the ticket that name another one.
    mutating func compareTickets(_ record: borrowing Record) {
        for column in columns.otherTicketColumns where column < record.count {
            compareTicket(record, at: column)
        }
    }

    /// Reports a value that names another ticket than the one of the record.
    mutating func compareTicket(_ record: borrowing Record, at index: Int) {
        let text = trimmed(record.bytes(of: index))
        guard hasTicket, let key = Self.ticketKey(of: text), key != request.ticket,
            note(.ticketIDInvalid)
        else { return }
        let found = String(decoding: text, as: UTF8.self)
        issues.append(
            RowIssue(
                code: .ticketIDInvalid,
                message:
                    "correct one: \(quoted(found)) is not the ticket \(ticketID(request.ticket)), which "
                    + "another column names", column: columns.names[record.column(of: index)],
                value: found))
    }

    /// The ticket that a text names by its id or a link; `nil` for any other text, such as a number.
    private static func ticketKey(of text: UnsafeBufferPointer<UInt8>) -> TicketKey? {
        var text = text
        if text.first == UInt8(ascii: "'") {
            text = UnsafeBufferPointer(rebasing: text.dropFirst())
        }
        if let key = TicketKey(hexadecimal: text) { return key }
        return TicketIDText.keyInDashboardLink(text)
    }
}
