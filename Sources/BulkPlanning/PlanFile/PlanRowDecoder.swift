import BulkRecords

/// Turns the lines of a plan back into entries.
struct PlanRowDecoder {
    private enum Key: String {
        case row, line, ticketId, `do`, before, after, with, undiffed, code, message, column, cells
    }

    /// Whether the input's own values are wanted.
    private let readsCells: Bool
    /// What each column of the reader means, as far as columns were met.
    private var keys: [Key?] = []

    init(readsCells: Bool) { self.readsCells = readsCells }

    /// Reads one row; `nil` when it is none.
    mutating func entry(_ record: borrowing Record) -> PlanEntry? {
        guard record.problem == nil else { return nil }
        var entry = PlanEntry(row: 0, line: 0, ticketID: nil, disposition: .update)
        var hasDisposition = false
        var before: [(field: TicketField, value: FieldValue)] = []
        var issue: (code: RowIssue.Code?, message: String, column: String?) = (nil, "", nil)
        for index in 0..<record.count {
            switch key(record.column(of: index), record) {
            case .row: entry.row = Self.integer(record, index) ?? 0
            case .line: entry.line = Self.integer(record, index) ?? 0
            case .ticketId:
                if record.kind(of: index) == .string { entry.ticketID = record.text(of: index) }
            case .do:
                guard let value = Disposition(rawValue: record.text(of: index)) else { return nil }
                entry.disposition = value
                hasDisposition = true
            case .before:
                let isWhole = Self.forEachValue(record, index) { before.append(($0, $1)) }
                guard isWhole else { return nil }
            case .after:
                let isWhole = Self.forEachValue(record, index) { field, value in
                    entry.changes.append(FieldChange(field: field, before: nil, after: value))
                }
                guard isWhole else { return nil }
            case .with: entry.mergedInto = Self.integer(record, index)
            case .undiffed: entry.isUndiffed = record.kind(of: index) == .true
            case .code:
                issue.code = RowIssue.Code(rawValue: record.text(of: index))
                if issue.code == nil { return nil }
            case .message: issue.message = record.text(of: index)
            case .column: issue.column = record.text(of: index)
            case .cells:
                guard readsCells else { break }
                guard let cells = Self.cells(record, index) else { return nil }
                entry.cells = cells
            case nil: break
            }
        }
        guard hasDisposition, entry.row > 0 else { return nil }
        for (field, value) in before {
            for index in entry.changes.indices where entry.changes[index].field == field {
                entry.changes[index].before = value
            }
        }
        entry.issue = issue.code.map {
            RowIssue(code: $0, message: issue.message, column: issue.column)
        }
        return entry
    }

    private mutating func key(_ column: Int, _ record: borrowing Record) -> Key? {
        if column >= keys.count { keys = record.columns.map(Key.init(rawValue:)) }
        return keys[column]
    }

    private static func integer(_ record: borrowing Record, _ index: Int) -> Int? {
        var cursor = JSONCursor(UnsafeRawBufferPointer(record.rawBytes(of: index)))
        return cursor.integer()
    }

    /// Calls `take` for each field of an object and its value.
    ///
    /// - Returns: Whether all of them were fields and values of fields.
    private static func forEachValue(
        _ record: borrowing Record, _ index: Int, _ take: (TicketField, FieldValue) -> Void
    ) -> Bool {
        var cursor = JSONCursor(UnsafeRawBufferPointer(record.rawBytes(of: index)))
        let whole: Void? = cursor.object { key, value in
            guard let field = TicketField(rawValue: key) else { return false }
            if value.null() {
                take(field, .null)
            } else if let number = value.integer() {
                take(field, .number(number))
            } else if let text = value.string() {
                take(field, .text(text))
            } else {
                return false
            }
            return true
        }
        return whole != nil
    }

    private static func cells(_ record: borrowing Record, _ index: Int) -> [String]? {
        var cursor = JSONCursor(UnsafeRawBufferPointer(record.rawBytes(of: index)))
        var cells: [String] = []
        let whole: Void? = cursor.array { element in
            guard let cell = element.string() else { return false }
            cells.append(cell)
            return true
        }
        return whole == nil ? nil : cells
    }
}
