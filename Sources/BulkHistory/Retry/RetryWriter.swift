internal import BulkPlan
internal import BulkPlanning
internal import BulkReporting
internal import BulkSystem

/// Writes rows of plans as an input in the format of the first run's input.
struct RetryWriter: ~Copyable {
    private let file: ScratchFile
    private var size = 0
    private var csv = CSVWriter()
    private var json = OutputBuffer()
    private let isJSON: Bool
    private let lineEnd: String
    private let columns: [InputColumns.Column]
    /// The column with the ticket's id.
    private let ticketColumn: Int?
    /// The line on which the next row begins.
    private var line = 1

    init(_ file: ScratchFile, _ input: PlanHeader.Input) {
        self.file = file
        isJSON = input.format == "jsonl"
        lineEnd = isJSON ? "\n" : input.lineEnd.text
        let columns = InputColumns(input, keepsOwn: true).columns
        self.columns = columns
        let tickets = columns.indices.filter { columns[$0].role == .ticketID }
        ticketColumn = tickets.min {
            ColumnRole.ticketID.rank(ofName: columns[$0].name)
                < ColumnRole.ticketID.rank(ofName: columns[$1].name)
        }
        guard !isJSON else { return }
        csv.begin(
            delimiter: input.delimiter?.utf8.first ?? UInt8(ascii: ","), hasMark: input.hasMark,
            rowEnd: lineEnd)
        csv.escapesFormulas = false
        for column in columns { add(column.name) }
        csv.endRow()
        line += 1
    }

    /// Whether a row can be written so that it asks for what it did.
    static func canWrite(_ entry: PlanEntry) -> Bool {
        entry.cells != nil && entry.issue?.code != .malformedRecord
            && entry.issue?.code != .planChanged
    }

    /// Appends a row.
    ///
    /// - Parameters:
    ///   - entry: The row's entry in a plan.
    ///   - isRetried: Whether it is tried again. Otherwise it keeps only what reports copy.
    /// - Throws: A `FileError` when the file cannot be written.
    mutating func append(_ entry: PlanEntry, isRetried: Bool) throws(FileError) {
        // Blank lines are no rows. They keep the rows on the lines of the first input.
        while line < entry.line {
            if isJSON { json.append("\n") } else { csv.endRow() }
            line += 1
        }
        let cells = Self.canWrite(entry) ? entry.cells ?? [] : []
        if isJSON {
            append(object: entry, cells, isRetried)
        } else {
            append(row: entry, cells, isRetried)
        }
        line += 1
        if json.count + csv.buffer.count >= 256 << 10 { try flush() }
    }

    private mutating func append(row entry: PlanEntry, _ cells: [String], _ isRetried: Bool) {
        var isBlank = true
        for (index, column) in columns.enumerated() {
            var value = isRetried || isKept(column) ? column.value(cells) : ""
            if index == ticketColumn, value.isEmpty, !isRetried { value = entry.ticketID ?? "" }
            if !value.isEmpty { isBlank = false }
            // A row of delimiters alone would be no row.
            if isBlank, index == columns.count - 1 { value = "-" }
            add(value)
        }
        csv.endRow()
    }

    private mutating func append(
        object entry: PlanEntry, _ cells: [String], _ isRetried: Bool
    ) {
        json.append("{")
        var isFirst = true
        for (index, column) in columns.enumerated() where isRetried || isKept(column) {
            let start = json.count
            if !isFirst { json.append(",") }
            if json.append(column, cells, entry.forms) {
                isFirst = false
            } else if index == ticketColumn, !isRetried, let id = entry.ticketID, cells.isEmpty {
                json.append(jsonString: column.name)
                json.append(":")
                json.append(jsonString: id)
                isFirst = false
            } else {
                json.truncate(to: start)
            }
        }
        json.append("}\n")
    }

    /// Whether an excluded row keeps its value of a column: reports copy it, and it asks for nothing.
    private func isKept(_ column: InputColumns.Column) -> Bool {
        column.role.isPassive || column.role == .ticketID || column.isLessSure
    }

    /// Appends a cell, and counts its lines.
    private mutating func add(_ text: String) {
        csv.cell(text)
        var wasReturn = false
        for byte in text.utf8 where byte == 0x0A || byte == 0x0D || wasReturn {
            if byte == 0x0D || byte == 0x0A && !wasReturn { line += 1 }
            wasReturn = byte == 0x0D
        }
    }

    /// The rows written.
    consuming func finish() throws(FileError) -> GeneratedRows {
        try flush()
        return GeneratedRows(file, size: size)
    }

    private mutating func flush() throws(FileError) {
        let (file, offset) = (file, size)
        size += json.count + csv.buffer.count
        try json.drain { bytes throws(FileError) in try file.write(bytes, at: offset) }
        try csv.drain { bytes throws(FileError) in try file.write(bytes, at: offset) }
    }
}
