import BulkExecution
import BulkPlan
import BulkSystem

/// Renders rows as report.csv has them.
final class CSVRenderer: RunRenderer {
    private var rows: ReportRows

    init(_ subject: ReportSubject) { rows = ReportRows(header: subject.header) }

    var count: Int { rows.csv.buffer.count }
    func append(_ row: RunRows.Row) { rows.append(row.entry, row.outcome) }
    func finish(_ end: ReportEnd) {}
    func drain(into buffer: inout OutputBuffer) { rows.csv.drain { buffer.append($0) } }
}

/// Renders the rows that did not succeed as failed.csv or failed.jsonl has them.
final class FailedRenderer: RunRenderer {
    private var rows: FailedRows

    init(_ subject: ReportSubject) { rows = FailedRows(subject.input) }

    var count: Int { rows.count }
    func append(_ row: RunRows.Row) { rows.append(row.entry, row.outcome) }
    func finish(_ end: ReportEnd) {}
    func drain(into buffer: inout OutputBuffer) { rows.drain { buffer.append($0) } }
}

/// Renders each row as a JSON object with the keys of report.csv.
///
/// A key without a value is left out. `changed` is an array, and what holds values or names is an object.
final class LinesRenderer: RunRenderer {
    private var json = OutputBuffer()
    private let carried: [(index: Int, key: String)]
    private let inputColumns: Int
    /// The names of agents and categories.
    private let directory: NameDirectory

    init(_ subject: ReportSubject) {
        carried = ReportRows.carried(subject.input)
        inputColumns = subject.input.columns.count
        directory = NameDirectory(subject.header)
    }

    var count: Int { json.count }
    func finish(_ end: ReportEnd) {}
    func drain(into buffer: inout OutputBuffer) { json.drain { buffer.append($0) } }

    func append(_ row: RunRows.Row) {
        let (entry, outcome, changes) = (row.entry, row.outcome, row.changes)
        json.append(#"{"row":"#)
        json.append(decimal: entry.row)
        member("line", entry.line > 0 ? entry.line : nil)
        member("ticketId", entry.ticketID)
        member("outcome", outcome.outcome.rawValue)
        json.append(#","changed":["#)
        for (index, change) in changes.enumerated() {
            if index > 0 { json.append(",") }
            json.append(jsonString: change.field.rawValue)
        }
        json.append("]")
        object("before", changes) { $0.before }
        object("after", changes) { $0.after }
        member("attempts", outcome.attempts)
        member("httpStatus", outcome.httpStatus)
        member("errorCode", row.code)
        member("message", row.message)
        member("durationMs", outcome.durationMilliseconds)
        member(
            "finishedAt",
            outcome.finishedAtMilliseconds.map(CivilTime.iso8601(millisecondsSince1970:)))
        names("beforeNames", changes) { $0.before }
        names("afterNames", changes) { $0.after }
        let cells = entry.values(ofColumns: inputColumns) ?? []
        for (index, key) in carried where index < cells.count {
            let form = entry.forms?[index] ?? .string
            if form == .absent { continue }
            json.append(",")
            json.append(jsonString: key)
            json.append(":")
            switch form {
            case .string: json.append(jsonString: cells[index])
            case .json: json.append(text: cells[index])
            case .null, .absent: json.append("null")
            }
        }
        json.append("}\n")
    }

    private func member(_ key: String, _ value: String?) {
        guard let value else { return }
        json.append(",")
        json.append(jsonString: key)
        json.append(":")
        json.append(jsonString: value)
    }

    private func member(_ key: String, _ value: Int?) {
        guard let value else { return }
        json.append(",")
        json.append(jsonString: key)
        json.append(":")
        json.append(decimal: value)
    }

    private func object(
        _ key: String, _ changes: [FieldChange], _ value: (FieldChange) -> FieldValue?
    ) {
        members(of: key, changes, value) { _, value in
            switch value {
            case .null: json.append("null")
            case .text(let text): json.append(jsonString: text)
            case .number(let number): json.append(decimal: number)
            }
        }
    }

    /// Appends an object with the words of report.csv for each value.
    private func names(
        _ key: String, _ changes: [FieldChange], _ value: (FieldChange) -> FieldValue?
    ) {
        members(of: key, changes, value) { field, value in
            json.append(jsonString: directory.name(of: value, field))
        }
    }

    private func members(
        of key: String, _ changes: [FieldChange], _ value: (FieldChange) -> FieldValue?,
        _ append: (TicketField, FieldValue) -> Void
    ) {
        var isFirst = true
        for change in changes {
            guard let value = value(change) else { continue }
            if isFirst {
                json.append(",")
                json.append(jsonString: key)
                json.append(":{")
            } else {
                json.append(",")
            }
            isFirst = false
            json.append(jsonString: change.field.rawValue)
            json.append(":")
            append(change.field, value)
        }
        if !isFirst { json.append("}") }
    }
}
