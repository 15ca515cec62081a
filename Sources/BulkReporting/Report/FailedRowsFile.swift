internal import BulkExecution
internal import BulkSystem
internal import BulkPlan

/// failed.csv or failed.jsonl: the rows that did not succeed, as valid input to correct and apply
/// again.
///
/// It has the input's format: JSON Lines, or CSV with the input's delimiter, byte order mark and
/// line ends. It contains the input's own columns with the values as written. Two more columns
/// follow, which the reader ignores: the row's number in the first input, and its outcome with the
/// reason. A row of an undo that cannot be undone is left out if it has no value to correct.
struct FailedRowsFile: ~Copyable {
    private var file: AtomicFile
    private var rows: FailedRows

    init(_ path: String, input: PlanHeader.Input, fileSystem: any FileSystem) throws(FileError) {
        file = try AtomicFile(path, followsLink: false, fileSystem: fileSystem)
        rows = FailedRows(input)
    }

    /// Appends a row if it must be applied again.
    mutating func append(_ entry: PlanEntry, _ outcome: RowOutcome) throws(FileError) {
        rows.append(entry, outcome)
        if rows.count >= 256 << 10 { try flush() }
    }

    /// Renames the file to its destination.
    mutating func commit() throws(FileError) {
        try flush()
        try file.commit()
    }

    private mutating func flush() throws(FileError) {
        if rows.json.count > 0 { try file.write(&rows.json) }
        try rows.csv.flush(to: file)
    }
}

/// The rows of failed.csv or failed.jsonl, in a buffer that its owner empties.
struct FailedRows: ~Copyable {
    /// The columns after the input's own.
    static let ownColumns = ["mavaBulkRow", "mavaBulkError"]
    /// The separator between the error and the text of a record that could not be read.
    private static let record = "; the record as written: "

    // The value is set here, not in the initialiser. Otherwise the writer would be freed before it
    // is in place (Swift 6.3.1, release builds).
    fileprivate(set) var csv = CSVWriter()
    fileprivate(set) var json = OutputBuffer()
    private let isJSON: Bool
    private let columns: [InputColumns.Column]
    /// The column with the first input's row numbers, if the input is itself a file of failed rows.
    private let rowColumn: Int?
    /// The column with that input's own errors.
    private let errorColumn: Int?
    private let inputColumns: Int

    init(_ input: PlanHeader.Input) {
        isJSON = input.format == "jsonl"
        columns = InputColumns(input, keepsOwn: false).columns
        rowColumn = input.columns.firstIndex { ColumnRole.plain($0) == "mavabulkrow" }
        errorColumn = input.columns.firstIndex { ColumnRole.plain($0) == "mavabulkerror" }
        inputColumns = input.columns.count
        csv.begin(
            delimiter: input.delimiter?.utf8.first ?? UInt8(ascii: ","),
            hasMark: input.hasMark && !isJSON, rowEnd: input.lineEnd.text)
        guard !isJSON else { return }
        for column in columns { csv.cell(column.name) }
        for name in Self.ownColumns { csv.cell(name) }
        csv.endRow()
    }

    /// The number of bytes in the buffer.
    var count: Int { isJSON ? json.count : csv.buffer.count }

    /// Passes on the bytes in the buffer, which end with a complete row.
    mutating func drain<E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        if isJSON { try json.drain(body) } else { try csv.drain(body) }
    }

    /// Appends a row if it must be applied again.
    mutating func append(_ entry: PlanEntry, _ outcome: RowOutcome) {
        switch outcome.outcome {
        case .updated, .unchanged, .excluded: return
        case .invalid, .conflict, .held, .failed, .unknown, .unsent: break
        }
        let cells = entry.isReadable ? entry.cells ?? [] : []
        if entry.issue?.code == .cannotBeUndone, !hasValue(cells, entry.forms) { return }
        let written = asWritten(entry)
        let earlier = rowColumn.flatMap { $0 < cells.count ? Int(cells[$0]) : nil }
        let row = written?.row ?? earlier ?? entry.row
        let error = error(entry, outcome, hasBytes: written != nil)
        if isJSON, let written {
            // The line is not UTF-8. Its bytes stay, and our keys are added to its object.
            written.bytes.withUnsafeBytes { json.append($0) }
            json.append(",")
            return endObject(row, error)
        }
        if isJSON {
            json.append("{")
            for column in columns {
                if json.append(column, cells, entry.forms) { json.append(",") }
            }
            return endObject(row, error)
        }
        if let written {
            csv.cells(asWritten: written.bytes)
        } else {
            for column in columns { csv.cell(column.value(cells)) }
        }
        csv.cell(row)
        csv.cell(error)
        csv.endRow()
    }

    /// Whether a record has a value to write; without one there is nothing in it that could be corrected.
    private func hasValue(_ cells: [String], _ forms: [PlanEntry.CellForm]?) -> Bool {
        columns.contains { column in
            column.role.isChange
                && column.sources.contains { source in
                    source < cells.count && (forms?[source] ?? .string) != .absent
                }
        }
    }

    /// Adds the keys of ours to an object, and ends its line.
    private mutating func endObject(_ row: Int, _ error: String) {
        json.append(#""mavaBulkRow":"#)
        json.append(decimal: row)
        json.append(#","mavaBulkError":"#)
        json.append(jsonString: error)
        json.append("}\n")
    }

    /// The bytes of a row that is not UTF-8, without our columns; `nil` if they cannot be written
    /// again.
    private func asWritten(_ entry: PlanEntry) -> (bytes: [UInt8], row: Int?)? {
        guard !entry.isReadable, let cells = entry.cells, cells.count == 2 else { return nil }
        let digits = Array(cells[1].utf8)
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return isJSON ? objectAsWritten(bytes) : fieldsAsWritten(bytes)
    }

    /// An object without its closing brace and without our keys.
    private func objectAsWritten(_ line: [UInt8]) -> (bytes: [UInt8], row: Int?)? {
        var object = line[...]
        while let last = object.last, [0x20, 0x09, 0x0D].contains(last) { object.removeLast() }
        guard object.popLast() == UInt8(ascii: "}") else { return nil }
        var row: Int?
        let own = Array(#","mavaBulkRow":"#.utf8)
        if let place = object.ranges(of: own).last {
            let digits = object[place.upperBound...].prefix {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            row = Int(String(decoding: digits, as: UTF8.self))
            object = object[..<place.lowerBound]
        }
        return object.contains(UInt8(ascii: ":")) ? (Array(object), row) : nil
    }

    /// A row's fields without our columns, if it has one for each column.
    private func fieldsAsWritten(_ row: [UInt8]) -> (bytes: [UInt8], row: Int?)? {
        var fields: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in row {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == csv.delimiter, !isQuoted {
                fields.append([])
            } else {
                fields[fields.count - 1].append(byte)
            }
        }
        guard fields.count == inputColumns else { return nil }
        let kept = columns.map(\.sources).allSatisfy { $0.count == 1 }
        guard kept else { return nil }
        let bytes = columns.map { fields[$0.sources[0]] }.joined(separator: [csv.delimiter])
        let row = rowColumn.flatMap { Int(String(decoding: fields[$0], as: UTF8.self)) }
        return (Array(bytes), row)
    }

    private func error(_ entry: PlanEntry, _ outcome: RowOutcome, hasBytes: Bool) -> String {
        let reason = outcome.message ?? outcome.issue?.message ?? entry.issue?.message
        let text = [outcome.outcome.rawValue, reason].compactMap(\.self).joined(separator: ": ")
        if hasBytes { return text }
        if !entry.isReadable, let raw = entry.cells?.first { return text + Self.record + raw }
        return text + (recordOfEarlierRound(entry) ?? "")
    }

    /// The record from an earlier error of an unreadable record, unless values were filled in
    /// since.
    private func recordOfEarlierRound(_ entry: PlanEntry) -> String? {
        guard let errorColumn, let cells = entry.cells, errorColumn < cells.count,
            columns.allSatisfy({ $0.sources.allSatisfy { $0 >= cells.count || cells[$0].isEmpty } }
            ),
            let start = cells[errorColumn].firstRange(of: Self.record)?.lowerBound
        else { return nil }
        return String(cells[errorColumn][start...])
    }
}
