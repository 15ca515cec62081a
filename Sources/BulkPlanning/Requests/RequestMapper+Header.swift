import BulkPlan
import BulkRecords
import BulkSystem

// Two files that were put together have a second header among their rows.

extension RequestMapper {
    /// Whether a text in the column of the ticket's id is the name of a column.
    static func isColumnName(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        canBeColumnName(text) && !ColumnRole(columnName: headerName(text)).isPassive
    }

    /// Whether a text can be a column's name, by a look that most texts do not pass.
    private static func canBeColumnName(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, text.count <= 32, columnNameStarts[Int(first)] else {
            return false
        }
        return !text.contains { 0x30...0x39 ~= $0 }
    }

    /// Whether a name can begin with a byte.
    ///
    /// These are the first letters of the names, `_`, and the byte order mark of a second file. No name has a digit.
    private static let columnNameStarts: [Bool] = {
        var starts = Array(repeating: false, count: 256)
        let names = ColumnRole.allCases.filter { !$0.isPassive }.flatMap(\.names)
        for byte in names.compactMap(\.utf8.first) + [UInt8(ascii: "_"), 0xEF] {
            starts[Int(byte)] = true
            // Letters match in both cases.
            if 0x61...0x7A ~= byte { starts[Int(byte - 0x20)] = true }
        }
        return starts
    }()

    /// The text of a cell without blanks around it, and without a byte order mark.
    static func headerName(_ text: UnsafeBufferPointer<UInt8>) -> String {
        let name = String(decoding: trimmed(text), as: UTF8.self)
        return name.first == "\u{FEFF}" ? String(name.dropFirst()) : name
    }

    /// Reports a record whose cell of the ticket's id holds a column's name.
    mutating func readHeaderAgain(_ record: borrowing Record, at index: Int) {
        if reportHeaderAgain(record, at: index) { return }
        survey.hasOther = true
        let text = trimmed(record.bytes(of: index))
        let found = String(decoding: text, as: UTF8.self)
        let column = columns.names[record.column(of: index)]
        if let issue = TicketIDText.issue(found, column: column) { return report(issue) }
        setTicket(TicketKey(interned: ticketIDs.intern(text)))
    }

    /// Whether the last record, which has no ObjectID, may be a header: it is invalid, or its id has no digit.
    var mayBeHeader: Bool {
        if issueCode != nil || !hasTicket { return true }
        return ticketIDs.withName(Int(request.ticket.low)) { !$0.contains { 0x30...0x39 ~= $0 } }
    }

    /// The most cells in which names are looked for: a header has some among its first ones.
    private static let mostCellsLookedAt = 64

    /// Reports a record that is a header whose column of the ticket's id is another one.
    mutating func reportMovedHeader(_ record: borrowing Record) {
        guard let ticket = columns.roles.firstIndex(of: .ticketID), ticket < record.count else {
            return
        }
        var moved = 0
        for index in 0..<min(record.count, Self.mostCellsLookedAt) where index != ticket {
            let text = trimmed(record.bytes(of: index))
            let place = headerNames?.place(of: text)
            if let place, place != index { moved += 1 }
            let namesTicket =
                moved > 1 || place == ticket && place != nil
                || Self.canBeColumnName(text)
                    && ColumnRole(columnName: Self.headerName(text)) == .ticketID
            guard namesTicket else { continue }
            _ = reportHeaderAgain(record, at: ticket)
            return
        }
    }

    /// Reports a record that is a header; returns whether it is one.
    ///
    /// Where its columns are in another order, the rows below it would be read in the wrong columns. The line is then
    /// noted in ``otherHeaderLine``.
    private mutating func reportHeaderAgain(_ record: borrowing Record, at index: Int) -> Bool {
        guard let headerNames else { return false }
        let ticket = columns.roles.firstIndex(of: .ticketID)
        var known = 0
        // Names of this file's header in other columns than their own, and whether any of them is one that is read.
        var moved = 0
        var movesWhatIsRead = false
        // Cells beside the ticket's that are no name.
        var others = 0
        var namesTicket = false
        // Whether the name of the ticket's column is where it is in this file's header, a column that is read seems to
        // have another name, and nothing is a value.
        var repeatsTicket = false
        var hasOtherName = false
        var hasValues = false
        var isSame = true
        var isOther = false
        for place in 0..<min(record.count, columns.names.count) {
            let (first, second) = (columns.names[place], Self.headerName(record.bytes(of: place)))
            let (firstRole, role) = (ColumnRole(columnName: first), ColumnRole(columnName: second))
            let ownPlace = headerNames.place(of: second)
            if let ownPlace, ownPlace != place {
                moved += 1
                if !columns.roles[ownPlace].isPassive { movesWhatIsRead = true }
            }
            if ownPlace == nil, role.isPassive, !second.isEmpty, place != ticket { others += 1 }
            if ownPlace != nil || !role.isPassive { known += 1 }
            if role == .ticketID || ownPlace != nil && ownPlace == ticket { namesTicket = true }
            if place == ticket {
                repeatsTicket = role == .ticketID || ownPlace == place
            } else if !second.isEmpty {
                hasOtherName =
                    hasOtherName || !columns.roles[place].isPassive && Self.looksLikeName(second)
                hasValues = hasValues || isValue(record.bytes(of: place), of: columns.roles[place])
            }
            if ColumnRole.plain(first) == ColumnRole.plain(second) { continue }
            isSame = false
            let isAlike =
                firstRole == role && firstRole.rank(ofName: first) == role.rank(ofName: second)
                && ownPlace == nil
            let isPassive =
                columns.roles[place].isPassive && role.isPassive
                && ownPlace.map { columns.roles[$0].isPassive } ?? true
            // A cell without a text is no name.
            if !isAlike, !isPassive, !second.isEmpty { isOther = true }
        }
        // A row of nothing but names, in other columns than their own, is a header without a name for the ticket.
        let isMoved = moved > 1 && movesWhatIsRead && others == 0
        repeatsTicket = repeatsTicket && hasOtherName && !hasValues
        guard isSame || known > 1 && namesTicket || repeatsTicket || isMoved else { return false }
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
                column: columns.names[record.column(of: index)],
                value: String(decoding: trimmed(record.bytes(of: index)), as: UTF8.self)))
        return true
    }

    /// Whether a text could be a column's name: a few letters, and no word of a line that explains the columns.
    private static func looksLikeName(_ text: String) -> Bool {
        let letters = text.unicodeScalars
        return letters.count <= 24 && letters.allSatisfy { $0.properties.isAlphabetic || $0 == "_" }
            && !explanations.contains(text.lowercased())
    }

    private static let explanations: Set<String> = [
        "string", "text", "integer", "int", "number", "enum", "id", "objectid", "date", "required",
        "optional", "unchanged", "blank",
    ]

    /// Whether a text is surely a value and no name: a status or a priority.
    private func isValue(_ text: UnsafeBufferPointer<UInt8>, of role: ColumnRole) -> Bool {
        let text = trimmed(text)
        return switch role {
        case .status, .expectStatus: FieldRules.standard.status(of: text) != nil
        case .priority, .expectPriority: FieldRules.standard.priority(of: text) != nil
        default: false
        }
    }
}
