internal import BulkExecution
internal import BulkFiles
internal import BulkPlanning
internal import MavaAPI

/// report.csv: a line for each row of the input, in its order.
struct ReportFile: ~Copyable {
    /// The columns before those that travel through from the input.
    static let columns = [
        "row", "line", "ticketId", "outcome", "changed", "before", "after", "attempts",
        "httpStatus",
        "errorCode", "message", "durationMs", "finishedAt",
    ]

    private var file: AtomicFile
    private var csv = CSVWriter()
    private var json = OutputBuffer(capacity: 1 << 10)
    /// Where the columns nobody knows stand among the input's columns.
    private let carried: [Int]

    /// Opens the report.
    ///
    /// - Parameters:
    ///   - path: Where it will be.
    ///   - columns: The input's columns; those that nobody knows travel through.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A `FileError` when the file cannot be made.
    init(_ path: String, columns: [String], fileSystem: any FileSystem) throws(FileError) {
        file = try AtomicFile(path, fileSystem: fileSystem)
        carried = columns.indices.filter { ColumnRole(columnName: columns[$0]) == .unknown }
        for name in Self.columns { csv.cell(name) }
        for index in carried { csv.cell(columns[index]) }
        csv.endRow()
    }

    /// Appends a row.
    mutating func append(_ entry: PlanEntry, _ outcome: RowOutcome) throws(FileError) {
        csv.cell(entry.row)
        csv.cell(entry.line)
        csv.cell(entry.ticketID)
        csv.cell(outcome.outcome.rawValue)
        // The ticket of a saved plan's row can turn out to hold what is asked already.
        let changes = outcome.outcome == .unchanged ? [] : entry.changes
        csv.cell(changes.map(\.field.rawValue).joined(separator: " "))
        cell(changes) { $0.before }
        cell(changes) { $0.after }
        csv.cell(outcome.attempts)
        csv.cell(outcome.httpStatus)
        let issue = outcome.issue ?? entry.issue
        csv.cell(outcome.failure?.rawValue ?? issue?.code.rawValue)
        csv.cell(outcome.message ?? issue?.message)
        csv.cell(outcome.durationMilliseconds)
        csv.cell(
            outcome.finishedAtMilliseconds.map { CivilTime.iso8601(millisecondsSince1970: $0) })
        for index in carried {
            let cells = entry.cells ?? []
            csv.cell(index < cells.count && entry.isReadable ? cells[index] : "")
        }
        csv.endRow()
        try csv.flush(to: file, atLeast: 256 << 10)
    }

    /// Puts the report in its place.
    mutating func commit() throws(FileError) {
        try csv.flush(to: file)
        try file.commit()
    }

    /// A cell that holds an object of field names and values; empty where there are none.
    private mutating func cell(_ changes: [FieldChange], _ value: (FieldChange) -> FieldValue?) {
        json.removeAll()
        for change in changes {
            guard let value = value(change) else { continue }
            json.append(json.count == 0 ? "{" : ",")
            json.append(jsonString: change.field.rawValue)
            json.append(":")
            switch value {
            case .null: json.append("null")
            case .text(let text): json.append(jsonString: text)
            case .number(let number): json.append(decimal: number)
            }
        }
        if json.count > 0 { json.append("}") }
        json.withUnsafeBytes { csv.cell($0) }
    }
}

extension PlanEntry {
    /// Whether its cells are the values of the input's columns; a malformed record's are its raw text.
    var isReadable: Bool { issue?.code != .malformedRecord }
}
