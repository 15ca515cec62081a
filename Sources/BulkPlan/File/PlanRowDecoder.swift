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
        StepCount.add()
        var cursor = JSONCursor(line)
        guard cursor.consume(#"{"row":"#), let row = cursor.integer(), row > 0,
            cursor.consume(#","line":"#), let line = cursor.integer(),
            cursor.consume(#","ticketId":"#)
        else { return nil }
        let ticketID = cursor.string()
        guard ticketID != nil || cursor.null(), let disposition = Self.disposition(&cursor) else {
            return nil
        }
        var entry = PlanEntry(row: row, line: line, ticketID: ticketID, disposition: disposition)
        guard Self.changes(&cursor, &entry.changes) else { return nil }
        if cursor.consume(#","expect":{"#) {
            guard let expectation = Self.expectation(&cursor) else { return nil }
            entry.expectation = expectation
        }
        if cursor.consume(#","with":"#) {
            guard let row = cursor.integer() else { return nil }
            entry.mergedInto = row
        }
        entry.isUndiffed = cursor.consume(#","undiffed":true"#)
        if cursor.consume(#","code":"#) {
            guard let issue = Self.issue(&cursor) else { return nil }
            entry.issue = issue
        }
        if cursor.consume(#","forms":"#) {
            guard let forms = Self.forms(&cursor) else { return nil }
            entry.forms = readsCells ? forms : nil
        }
        if cursor.consume(#","cells":"#) {
            // The cells come last, so nothing after them is missed.
            guard readsCells else { return entry }
            guard let cells = Self.cells(&cursor, probably: cellCount) else { return nil }
            guard entry.forms.map({ $0.count == cells.count }) ?? true else { return nil }
            cellCount = cells.count
            entry.cells = cells
        }
        return cursor.consume("}") && cursor.isAtEnd ? entry : nil
    }

    private static func disposition(_ cursor: inout JSONCursor) -> Disposition? {
        guard cursor.consume(#","do":""#) else { return nil }
        if cursor.consume(#"update""#) { return .update }
        if cursor.consume(#"unchanged""#) { return .unchanged }
        if cursor.consume(#"invalid""#) { return .invalid }
        if cursor.consume(#"conflict""#) { return .conflict }
        if cursor.consume(#"held""#) { return .held }
        return cursor.consume(#"excluded""#) ? .excluded : nil
    }

    /// Reads the old and new values of fields, if there are any.
    ///
    /// - Returns: Whether all members were fields and values of fields.
    private static func changes(
        _ cursor: inout JSONCursor, _ changes: inout [FieldChange]
    ) -> Bool {
        var before: [(field: TicketField, value: FieldValue)] = []
        if cursor.consume(#","before":{"#) {
            guard values(&cursor, { before.append(($0, $1)) }) else { return false }
        }
        guard cursor.consume(#","after":{"#) else { return before.isEmpty }
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
            if cursor.consume(#""updatedAt":"#) {
                expectation.updatedAt = cursor.string()
                if expectation.updatedAt == nil { return nil }
            } else {
                guard let field = field(&cursor), let value = value(&cursor) else { return nil }
                expectation.values[field] = value
            }
        } while cursor.consume(",")
        return cursor.consume("}") ? expectation : nil
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
        } while cursor.consume(",")
        return cursor.consume("}")
    }

    private static func field(_ cursor: inout JSONCursor) -> TicketField? {
        if cursor.consume(#""status":"#) { return .status }
        if cursor.consume(#""priority":"#) { return .priority }
        if cursor.consume(#""categoryId":"#) { return .categoryID }
        return cursor.consume(#""assignedTo":"#) ? .assignedTo : nil
    }

    private static func value(_ cursor: inout JSONCursor) -> FieldValue? {
        if let text = cursor.string() { return .text(text) }
        if let number = cursor.integer() { return .number(number) }
        return cursor.null() ? .null : nil
    }

    private static func issue(_ cursor: inout JSONCursor) -> RowIssue? {
        guard var issue = members(&cursor) else { return nil }
        guard cursor.consume(#","parts":["#) else { return issue }
        repeat {
            guard cursor.consume(#"{"code":"#), let part = members(&cursor), cursor.consume("}")
            else {
                return nil
            }
            issue.parts.append(part)
        } while cursor.consume(",")
        return cursor.consume("]") ? issue : nil
    }

    /// Reads the members of one issue, starting with its code.
    private static func members(_ cursor: inout JSONCursor) -> RowIssue? {
        guard let code = cursor.string().flatMap(RowIssue.Code.init),
            cursor.consume(#","message":"#),
            let message = cursor.string()
        else { return nil }
        var issue = RowIssue(code: code, message: message)
        if cursor.consume(#","column":"#) {
            issue.column = cursor.string()
            if issue.column == nil { return nil }
        }
        if cursor.consume(#","value":"#) {
            issue.value = cursor.string()
            if issue.value == nil { return nil }
        }
        if cursor.consume(#","suggestion":"#) {
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
