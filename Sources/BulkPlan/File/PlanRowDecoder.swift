import BulkSystem

/// Parses the lines of a plan into entries.
///
/// A plan's members have the order in which ``PlanWriter`` writes them, without blanks. The plan's
/// id depends on its bytes, so no other program writes one.
struct PlanRowDecoder {
    /// Whether the input's own values are needed.
    private let readsCells: Bool
    /// How many cells the previous row had; most rows have the same number.
    private var cellCount = 0

    init(readsCells: Bool) { self.readsCells = readsCells }

    /// Reads one row.
    ///
    /// - Parameter line: The line without its newline.
    /// - Returns: Its entry; `nil` when the line is not a row.
    mutating func entry(_ line: UnsafeRawBufferPointer) -> PlanEntry? {
        var cursor = JSONCursor(line)
        guard cursor.take(#"{"row":"#), let row = cursor.integer(), row > 0,
            cursor.take(#","line":"#), let line = cursor.integer(), cursor.take(#","ticketId":"#)
        else { return nil }
        let ticketID = cursor.string()
        guard ticketID != nil || cursor.null(), let disposition = Self.disposition(&cursor) else {
            return nil
        }
        var entry = PlanEntry(row: row, line: line, ticketID: ticketID, disposition: disposition)
        guard Self.changes(&cursor, &entry.changes) else { return nil }
        if cursor.take(#","expect":{"#) {
            guard let expectation = Self.expectation(&cursor) else { return nil }
            entry.expectation = expectation
        }
        if cursor.take(#","with":"#) {
            guard let row = cursor.integer() else { return nil }
            entry.mergedInto = row
        }
        entry.isUndiffed = cursor.take(#","undiffed":true"#)
        if cursor.take(#","code":"#) {
            guard let issue = Self.issue(&cursor) else { return nil }
            entry.issue = issue
        }
        if cursor.take(#","forms":"#) {
            guard let forms = Self.forms(&cursor) else { return nil }
            entry.forms = readsCells ? forms : nil
        }
        if cursor.take(#","cells":"#) {
            // The cells come last, so nothing after them is missed.
            guard readsCells else { return entry }
            guard let cells = Self.cells(&cursor, probably: cellCount) else { return nil }
            guard entry.forms.map({ $0.count == cells.count }) ?? true else { return nil }
            cellCount = cells.count
            entry.cells = cells
        }
        return cursor.take("}") && cursor.isAtEnd ? entry : nil
    }

    private static func disposition(_ cursor: inout JSONCursor) -> Disposition? {
        guard cursor.take(#","do":""#) else { return nil }
        if cursor.take(#"update""#) { return .update }
        if cursor.take(#"unchanged""#) { return .unchanged }
        if cursor.take(#"invalid""#) { return .invalid }
        if cursor.take(#"conflict""#) { return .conflict }
        if cursor.take(#"held""#) { return .held }
        return cursor.take(#"excluded""#) ? .excluded : nil
    }

    /// Reads the old and new values of fields, if there are any.
    ///
    /// - Returns: Whether all members were fields and values of fields.
    private static func changes(
        _ cursor: inout JSONCursor, _ changes: inout [FieldChange]
    ) -> Bool {
        var before: [(field: TicketField, value: FieldValue)] = []
        if cursor.take(#","before":{"#) {
            guard values(&cursor, { before.append(($0, $1)) }) else { return false }
        }
        guard cursor.take(#","after":{"#) else { return before.isEmpty }
        changes.reserveCapacity(2)
        return values(&cursor) { field, value in
            let held = before.first { $0.field == field }?.value
            changes.append(FieldChange(field: field, before: held, after: value))
        }
    }

    /// Reads an expectation, starting after its brace.
    private static func expectation(_ cursor: inout JSONCursor) -> PlanExpectation? {
        var expectation = PlanExpectation()
        repeat {
            if cursor.take(#""updatedAt":"#) {
                expectation.updatedAt = cursor.string()
                if expectation.updatedAt == nil { return nil }
            } else {
                guard let field = field(&cursor), let value = value(&cursor) else { return nil }
                expectation.values[field] = value
            }
        } while cursor.take(",")
        return cursor.take("}") ? expectation : nil
    }

    /// Calls `take` for each field and value of the object whose brace was consumed.
    ///
    /// - Returns: Whether all members were fields and values of fields.
    private static func values(
        _ cursor: inout JSONCursor, _ take: (TicketField, FieldValue) -> Void
    ) -> Bool {
        repeat {
            guard let field = field(&cursor), let value = value(&cursor) else { return false }
            take(field, value)
        } while cursor.take(",")
        return cursor.take("}")
    }

    private static func field(_ cursor: inout JSONCursor) -> TicketField? {
        if cursor.take(#""status":"#) { return .status }
        if cursor.take(#""priority":"#) { return .priority }
        if cursor.take(#""categoryId":"#) { return .categoryID }
        return cursor.take(#""assignedTo":"#) ? .assignedTo : nil
    }

    private static func value(_ cursor: inout JSONCursor) -> FieldValue? {
        if let text = cursor.string() { return .text(text) }
        if let number = cursor.integer() { return .number(number) }
        return cursor.null() ? .null : nil
    }

    private static func issue(_ cursor: inout JSONCursor) -> RowIssue? {
        guard var issue = members(&cursor) else { return nil }
        guard cursor.take(#","parts":["#) else { return issue }
        repeat {
            guard cursor.take(#"{"code":"#), let part = members(&cursor), cursor.take("}") else {
                return nil
            }
            issue.parts.append(part)
        } while cursor.take(",")
        return cursor.take("]") ? issue : nil
    }

    /// Reads the members of one issue, starting with its code.
    private static func members(_ cursor: inout JSONCursor) -> RowIssue? {
        guard let code = cursor.string().flatMap(RowIssue.Code.init), cursor.take(#","message":"#),
            let message = cursor.string()
        else { return nil }
        var issue = RowIssue(code: code, message: message)
        if cursor.take(#","column":"#) {
            issue.column = cursor.string()
            if issue.column == nil { return nil }
        }
        if cursor.take(#","value":"#) {
            issue.value = cursor.string()
            if issue.value == nil { return nil }
        }
        if cursor.take(#","suggestion":"#) {
            issue.suggestion = cursor.string()
            if issue.suggestion == nil { return nil }
        }
        return issue
    }

    private static func forms(_ cursor: inout JSONCursor) -> [PlanEntry.CellForm]? {
        guard let text = cursor.string() else { return nil }
        let forms = text.compactMap { PlanEntry.CellForm(rawValue: String($0)) }
        return forms.count == text.count ? forms : nil
    }

    private static func cells(_ cursor: inout JSONCursor, probably count: Int) -> [String]? {
        var cells: [String] = []
        cells.reserveCapacity(count)
        let whole: Void? = cursor.array { element in
            guard let cell = element.string() else { return false }
            cells.append(cell)
            return true
        }
        return whole == nil ? nil : cells
    }
}
