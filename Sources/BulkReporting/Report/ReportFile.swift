internal import BulkExecution
internal import BulkSystem
internal import BulkPlan
internal import MavaAPI

/// report.csv: one line for each row of the input, in input order.
struct ReportFile: ~Copyable {
    private var file: AtomicFile
    private var rows: ReportRows

    /// Opens the report, whose delimiter and byte order mark are the input's.
    ///
    /// - Parameters:
    ///   - path: Where it will be.
    ///   - header: The plan's header. The columns of its input that ask for nothing are copied to it.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A `FileError` when the file cannot be created.
    init(_ path: String, header: PlanHeader, fileSystem: any FileSystem) throws(FileError) {
        file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        rows = ReportRows(header: header)
    }

    /// Appends a row.
    mutating func append(_ entry: PlanEntry, _ outcome: RowOutcome) throws(FileError) {
        rows.append(entry, outcome)
        try rows.csv.flush(to: file, atLeast: 256 << 10)
    }

    /// Renames the report to its destination.
    mutating func commit() throws(FileError) {
        try rows.csv.flush(to: file)
        try file.commit()
    }
}

/// The lines of report.csv, in a buffer that its owner empties.
struct ReportRows: ~Copyable {
    /// The columns before those copied from the input.
    static let columns = [
        "row", "line", "ticketId", "outcome", "changed", "before", "after", "attempts",
        "httpStatus",
        "errorCode", "message", "durationMs", "finishedAt", "beforeNames", "afterNames",
    ]

    /// The lines written so far.
    var csv = CSVWriter()
    /// A buffer for cells that must be composed.
    private var scratch = OutputBuffer(capacity: 1 << 10)
    /// The last second written and its text, because most rows end in the same second as the
    /// previous one.
    private var lastSecond: (seconds: Int64, text: String) = (-1, "")
    /// The columns that ask for nothing: their positions among the input's columns, and their names in the report.
    private let carried: [(index: Int, key: String)]
    private let inputColumns: Int
    /// The names of agents and categories.
    private let directory: NameDirectory

    /// Begins with the header, in the delimiter and with the byte order mark of the input.
    ///
    /// - Parameter header: The plan's header. The columns of its input that ask for nothing are copied to it.
    init(header: PlanHeader) {
        let input = header.input
        directory = NameDirectory(header)
        carried = Self.carried(input)
        inputColumns = input.columns.count
        csv.begin(
            delimiter: input.delimiter?.utf8.first ?? UInt8(ascii: ","),
            hasMark: input.hasMark && input.format != "jsonl", rowEnd: "\n")
        for name in Self.columns { csv.cell(name) }
        for (_, name) in carried { csv.cell(name) }
        csv.endRow()
    }

    /// The columns of an input that ask for nothing, with their names in a report.
    ///
    /// Programs that look up columns by name must find ours, and a column that was not read must not be read in a
    /// report either. So these get the prefix `input.`.
    static func carried(_ input: PlanHeader.Input) -> [(index: Int, key: String)] {
        let all = InputColumns(input, keepsOwn: false).columns
        let unread = all.filter { $0.role == .unknown || $0.isLessSure }
        let keepsName = unread.map { !$0.isLessSure && !columns.contains($0.name) }
        var names = FreeNames(taken: columns + zip(unread, keepsName).filter(\.1).map(\.0.name))
        return zip(unread, keepsName).map {
            ($0.source, $1 ? $0.name : names.take("input." + $0.name))
        }
    }

    /// Appends a row.
    mutating func append(_ entry: PlanEntry, _ outcome: RowOutcome) {
        csv.cell(entry.row)
        csv.cell(entry.line)
        csv.cell(entry.ticketID)
        csv.cell(outcome.outcome.rawValue)
        // The ticket of a saved plan's row may turn out to already have the requested values.
        let changes = outcome.outcome == .unchanged ? [] : entry.changes
        scratch.removeAll()
        for change in changes {
            if scratch.count > 0 { scratch.append(" ") }
            scratch.append(text: change.field.rawValue)
        }
        scratch.withUnsafeBytes { csv.cell($0) }
        cell(changes) { $0.before }
        cell(changes) { $0.after }
        csv.cell(outcome.attempts)
        csv.cell(outcome.httpStatus)
        let issue = outcome.issue ?? entry.issue
        csv.cell(outcome.failure?.rawValue ?? issue?.code.rawValue)
        csv.cell(outcome.message ?? issue?.message)
        csv.cell(outcome.durationMilliseconds)
        timeCell(outcome.finishedAtMilliseconds)
        namesCell(changes) { $0.before }
        namesCell(changes) { $0.after }
        let cells = entry.values(ofColumns: inputColumns) ?? []
        for (index, _) in carried { csv.cell(index < cells.count ? cells[index] : "") }
        csv.endRow()
    }

    /// Appends a time to the millisecond, or an empty cell if there is none.
    private mutating func timeCell(_ milliseconds: Int64?) {
        guard let time = milliseconds else { return csv.cell("") }
        // A clock can be set to a time before 1970. The fraction is still counted forwards.
        let fraction = (time % 1000 + 1000) % 1000
        let seconds = time / 1000 - (time % 1000 < 0 ? 1 : 0)
        if seconds != lastSecond.seconds {
            let text = CivilTime(secondsSince1970: Int(seconds)).iso8601
            lastSecond = (seconds, String(text.dropLast()))
        }
        scratch.removeAll()
        scratch.append(text: lastSecond.text)
        scratch.append(".")
        for digit in [fraction / 100, fraction / 10 % 10, fraction % 10] {
            scratch.append(UInt8(ascii: "0") + UInt8(digit))
        }
        scratch.append("Z")
        scratch.withUnsafeBytes { csv.cell($0) }
    }

    /// Appends fields and values in words, such as `status: Open, assignee: Ada`, or an empty cell if there are none.
    private mutating func namesCell(
        _ changes: [FieldChange], _ value: (FieldChange) -> FieldValue?
    ) {
        scratch.removeAll()
        for change in changes {
            guard let value = value(change) else { continue }
            if scratch.count > 0 { scratch.append(", ") }
            scratch.append(text: change.field.word)
            scratch.append(": ")
            scratch.append(text: directory.name(of: value, change.field))
        }
        scratch.withUnsafeBytes { csv.cell($0) }
    }

    /// Appends an object of field names and values, or an empty cell if there are none.
    private mutating func cell(_ changes: [FieldChange], _ value: (FieldChange) -> FieldValue?) {
        scratch.removeAll()
        for change in changes {
            guard let value = value(change) else { continue }
            scratch.append(scratch.count == 0 ? "{" : ",")
            scratch.append(jsonString: change.field.rawValue)
            scratch.append(":")
            switch value {
            case .null: scratch.append("null")
            case .text(let text): scratch.append(jsonString: text)
            case .number(let number): scratch.append(decimal: number)
            }
        }
        if scratch.count > 0 { scratch.append("}") }
        scratch.withUnsafeBytes { csv.cell($0) }
    }
}
