import BulkRecords

/// Turns the lines of a plan back into entries.
struct PlanRowDecoder {
    private enum Key: String {
        case row, line, ticketId, `do`, before, after, with, undiffed, code, message, column, cells
    }

    /// What each column of the reader means, as far as columns were met.
    private var keys: [Key?] = []

    /// Reads one row; `nil` when it is none.
    mutating func entry(_ record: borrowing Record) -> PlanEntry? {
        guard record.problem == nil else { return nil }
        var entry = PlanEntry(row: 0, line: 0, ticketID: nil, disposition: .update)
        var hasDisposition = false
        var before: [TicketField: FieldValue] = [:]
        var issue: (code: RowIssue.Code?, message: String, column: String?) = (nil, "", nil)
        for index in 0..<record.count {
            switch key(record.column(of: index), record) {
            case .row: entry.row = Int(record.text(of: index)) ?? 0
            case .line: entry.line = Int(record.text(of: index)) ?? 0
            case .ticketId:
                if record.kind(of: index) == .string { entry.ticketID = record.text(of: index) }
            case .do:
                guard let value = Disposition(rawValue: record.text(of: index)) else { return nil }
                entry.disposition = value
                hasDisposition = true
            case .before:
                guard let values = Self.values(record, index) else { return nil }
                for (field, value) in values { before[field] = value }
            case .after:
                guard let values = Self.values(record, index) else { return nil }
                entry.changes = values.map { FieldChange(field: $0, before: nil, after: $1) }
            case .with: entry.mergedInto = Int(record.text(of: index))
            case .undiffed: entry.isUndiffed = record.kind(of: index) == .true
            case .code:
                issue.code = RowIssue.Code(rawValue: record.text(of: index))
                if issue.code == nil { return nil }
            case .message: issue.message = record.text(of: index)
            case .column: issue.column = record.text(of: index)
            case .cells:
                guard let cells = Self.cells(record, index) else { return nil }
                entry.cells = cells
            case nil: break
            }
        }
        guard hasDisposition, entry.row > 0 else { return nil }
        for index in entry.changes.indices {
            entry.changes[index].before = before[entry.changes[index].field]
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

    private static func values(
        _ record: borrowing Record, _ index: Int
    ) -> [(TicketField, FieldValue)]? {
        var cursor = JSONCursor(UnsafeRawBufferPointer(record.rawBytes(of: index)))
        var values: [(TicketField, FieldValue)] = []
        let whole: Void? = cursor.object { key, value in
            guard let field = TicketField(rawValue: key) else { return false }
            if value.null() {
                values.append((field, .null))
            } else if let number = value.integer() {
                values.append((field, .number(number)))
            } else if let text = value.string() {
                values.append((field, .text(text)))
            } else {
                return false
            }
            return true
        }
        return whole == nil ? nil : values
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
