import BulkPlan
import BulkSystem
import BulkRecords

/// Writes a plan's rows from the draft, with the cells of the records as the second reading sees them.
///
/// Each block of the input has a copy of it, because blocks are written by two threads. What it finds out about rows
/// is added to the draft's tally later, block by block.
struct PlanRowWriter {
    /// What the second reading finds out about a row that is not carried out.
    enum Finding {
        /// The line of a row that the first reading refused only after it had passed.
        case line(Int, row: Int)
        /// The row of a run that a row undoes, and why it cannot be undone, if the row says so itself.
        case undone(Int, row: Int, message: String?)
    }

    /// What is wrong with a record.
    struct FoundIssue {
        let issue: RowIssue
        let row: Int
        let line: Int
    }

    private let rows: DecidedRows
    /// The columns of the whole input.
    private let columns: ColumnMap
    /// Whether unchanged rows keep their cells too, because unknown columns are copied to the report.
    private let keepsAllCells: Bool
    /// The rows whose lines are to be found, in order, and the next one of them.
    private let rowsWithoutLine: [Int]
    private var nextWithoutLine = 0
    /// The number of shards; `nil` for a plan of the whole input.
    private let shards: Int?
    /// Whether the records are JSON objects.
    private let isJSON: Bool
    /// The cells, where they are not the input's columns.
    private let layout: CellLayout?
    /// The numbers of names in the first reading; `nil` where no record needs them.
    private let numbers: NameNumbersByText?

    /// What was found out about the rows of the block.
    private(set) var findings: [Finding] = []
    /// What is wrong with the records of the block.
    private(set) var foundIssues: [FoundIssue] = []
    /// The columns of the whole input by their names, which are compared byte for byte; only of JSON objects.
    private var numbersByKey: [[UInt8]: Int] = [:]
    /// The columns of the whole input by the columns of the block's reader, which are the same in CSV.
    private var columnNumbers: [Int] = []
    private var places: [Int] = []

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - mapper: What read the records the first time.
    ///   - options: How the plan is made.
    ///   - isJSON: Whether the records are JSON objects.
    init(
        _ rows: DecidedRows, _ mapper: borrowing RequestMapper, _ options: PlanOptions,
        isJSON: Bool
    ) {
        self.rows = rows
        self.isJSON = isJSON
        columns = mapper.columns
        keepsAllCells = columns.hasUnknown
        rowsWithoutLine = rows.draft.pointee.problems.rowsWithoutLine.sorted()
        shards = options.selection.shard?.count
        layout = CellLayout(columns, options)
        numbers =
            layout != nil || rows.draft.pointee.hasInvalidRecords ? NameNumbersByText(mapper) : nil
        places = Array(repeating: -1, count: columns.names.count)
        if isJSON {
            for (column, name) in columns.names.enumerated() {
                numbersByKey[Array(name.utf8)] = column
            }
        } else {
            columnNumbers = Array(columns.names.indices)
        }
    }

    /// Starts a block.
    ///
    /// - Parameter row: The index of its first row.
    mutating func begin(atRow row: Int) {
        findings.removeAll(keepingCapacity: true)
        foundIssues.removeAll(keepingCapacity: true)
        let first = (0..<rowsWithoutLine.count).partitionPoint { rowsWithoutLine[$0] <= row }
        nextWithoutLine = first
    }

    /// Whether a line of JSON need not be scanned when nothing of it is written.
    ///
    /// Where a record was malformed, the keys of all others must be known to say why.
    var canSkipLines: Bool { isJSON && !keepsAllCells && !rows.draft.pointee.sawMalformed }

    /// Whether nothing of a row's record is written.
    @inline(__always)
    func keepsNothing(ofRow index: Int) -> Bool {
        guard !keepsAllCells, !lacksLine(index) else { return false }
        let row = rows[index]
        guard row.ticket != .max else { return false }
        return row.disposition == .unchanged || row.disposition == .excluded
    }

    @inline(__always)
    private func lacksLine(_ index: Int) -> Bool {
        nextWithoutLine < rowsWithoutLine.count && rowsWithoutLine[nextWithoutLine] == index + 1
    }

    /// Writes a row of whose record nothing is written.
    @inline(__always)
    func write(line: Int, _ index: Int, to buffer: inout OutputBuffer) {
        let row = rows[index]
        buffer.append(row: index + 1, line: line)
        rows.appendID(of: row, to: &buffer)
        buffer.append(row.disposition)
        buffer.append("}\n")
    }

    /// Writes any row.
    mutating func write(
        _ record: borrowing Record, line: Int, _ index: Int, _ mapper: inout RequestMapper,
        to buffer: inout OutputBuffer
    ) {
        let row = rows[index]
        if lacksLine(index) {
            nextWithoutLine += 1
            findings.append(.line(line, row: index + 1))
            if columns.choices.takesRefusals, let undone = mapper.undoneRow(record) {
                let message = mapper.refusal(record)?.message
                findings.append(.undone(undone, row: index + 1, message: message))
            }
        }
        if isJSON { learnColumns(record) }
        if row.ticket == .max {
            if row.disposition == .excluded {
                writeExcluded(record, line, index, row.otherShard, &mapper, to: &buffer)
            } else {
                writeInvalid(record, line, index, &mapper, to: &buffer)
            }
            return
        }
        buffer.append(row: index + 1, line: line)
        rows.appendID(of: row, to: &buffer)
        buffer.append(row.disposition)
        var keepsCells = true
        switch row.disposition {
        case .update: rows.appendChanges(ofRow: index, to: &buffer)
        case .unchanged, .excluded: keepsCells = keepsAllCells
        case .invalid, .conflict, .held:
            var issue = rows.draft.pointee.issue(ofRow: index)
            if issue.code == .cannotBeUndone, let message = mapper.refusal(record)?.message {
                issue.message = message
            }
            buffer.append(issue)
        }
        if keepsCells {
            let cells = layout == nil ? nil : rows.draft.pointee.wantedCells(row)
            appendCells(record, cells, to: &buffer)
        }
        buffer.append("}\n")
    }

    /// What a record wants that its reading refused, or that a selection leaves out.
    private func wantedCells(_ mapper: borrowing RequestMapper) -> WantedCells? {
        numbers.map { rows.draft.pointee.wantedCells(of: mapper, $0) }
    }

    /// Writes a record that a selection leaves out, with its ticket where that can be read.
    private mutating func writeExcluded(
        _ record: borrowing Record, _ line: Int, _ index: Int, _ shard: Int?,
        _ mapper: inout RequestMapper, to buffer: inout OutputBuffer
    ) {
        _ = mapper.map(record)
        buffer.append(row: index + 1, line: line)
        mapper.appendTicketID(to: &buffer)
        buffer.append(.excluded)
        if let shard, let shards {
            buffer.append(
                RowIssue(code: .otherShard, message: "shard \(shard)/\(shards) has this row"))
        }
        // The text of a record that cannot be read is not the values of its columns.
        if keepsAllCells && record.problem == nil {
            let cells = layout == nil ? nil : wantedCells(mapper)
            appendCells(record, cells, to: &buffer)
        }
        buffer.append("}\n")
    }

    /// Writes a record that the first reading found invalid: what is wrong is found again, counted and worded.
    private mutating func writeInvalid(
        _ record: borrowing Record, _ line: Int, _ index: Int, _ mapper: inout RequestMapper,
        to buffer: inout OutputBuffer
    ) {
        var further: [RowIssue] = []
        if !mapper.map(record), record.problem == nil, let numbers {
            further = rows.draft.pointee.furtherIssues(mapper, numbers)
        }
        buffer.append(row: index + 1, line: line)
        mapper.appendTicketID(to: &buffer)
        buffer.append(.invalid)
        let issues = mapper.issues.count
        for issue in further { mapper.report(issue) }
        if mapper.issues.count == 1 {
            buffer.append(mapper.issues[0])
        } else if issues > 0 {
            buffer.append(RowIssue(joining: mapper.issues))
        }
        let cells = layout == nil ? nil : wantedCells(mapper)
        appendCells(record, cells, to: &buffer)
        buffer.append("}\n")
        if issues > 0 {
            let issue =
                mapper.issues.count == 1
                ? mapper.takeIssue() : RowIssue(joining: Array(mapper.issues.prefix(issues)))
            foundIssues.append(FoundIssue(issue: issue, row: index + 1, line: line))
        }
        for issue in further {
            foundIssues.append(FoundIssue(issue: issue, row: index + 1, line: line))
        }
    }

    /// Finds the numbers of the columns that the block's reader has met since the last record.
    private mutating func learnColumns(_ record: borrowing Record) {
        while columnNumbers.count < record.columnCount {
            let name = record.columns[columnNumbers.count]
            // A key that the first reading has not seen is in a file that changes, which is noticed in the end.
            columnNumbers.append(numbersByKey[Array(name.utf8)] ?? .max)
        }
    }

    /// Whether a record has a value for every column, in the columns' order, as CSV rows do.
    private func isInOrder(_ record: borrowing Record) -> Bool {
        guard record.count == columns.names.count else { return false }
        if !isJSON { return true }
        for index in 0..<record.count where columnNumbers[record.column(of: index)] != index {
            return false
        }
        return true
    }

    private mutating func appendCells(
        _ record: borrowing Record, _ wanted: WantedCells?, to buffer: inout OutputBuffer
    ) {
        if let layout, let wanted, record.problem == nil {
            return append(layout, record, wanted, to: &buffer)
        }
        let isInOrder = record.problem == nil && isInOrder(record)
        if record.problem == nil {
            if !isInOrder { findPlaces(record) }
            appendForms(record, isInOrder, to: &buffer)
        }
        buffer.append(#","cells":["#)
        defer { buffer.append("]") }
        if let problem = record.problem {
            buffer.append(jsonString: record.rawText)
            // The text cannot hold them, and they are needed to correct the row.
            if problem.code == .invalidUTF8, !record.isTruncated {
                buffer.append(",\"")
                for byte in record.rawBytes {
                    if byte < 16 { buffer.append("0") }
                    buffer.append(text: String(byte, radix: 16))
                }
                buffer.append("\"")
            }
            return
        }
        if isInOrder {
            for index in 0..<record.count {
                if index > 0 { buffer.append(",") }
                buffer.append(jsonString: UnsafeRawBufferPointer(record.bytes(of: index)))
            }
            return
        }
        for (column, place) in places.enumerated() {
            if column > 0 { buffer.append(",") }
            if place < 0 {
                buffer.append(#""""#)
            } else {
                buffer.append(jsonString: UnsafeRawBufferPointer(record.bytes(of: place)))
            }
        }
    }

    private func isBlank(_ record: borrowing Record, _ place: Int) -> Bool {
        place < 0 || record.bytes(of: place).isEmpty
    }

    /// Appends the cells of a layout, and how they are written where that is not plain.
    private mutating func append(
        _ layout: CellLayout, _ record: borrowing Record, _ wanted: WantedCells,
        to buffer: inout OutputBuffer
    ) {
        findPlaces(record)
        var texts: [String] = []
        var forms = ""
        for cell in layout.cells {
            var place = -1
            var text: String?
            switch cell.source {
            case .column(let column): place = places[column]
            case .wanted(let field, let columns, let written):
                if wanted.unmapped.contains(field) {
                    let said = columns.map { places[$0] }.first { !isBlank(record, $0) } ?? -1
                    if said >= 0 {
                        text =
                            WantedCells.unmappedMark
                            + String(decoding: record.bytes(of: said), as: UTF8.self)
                    }
                } else if wanted.asWritten.contains(field) {
                    place = written.map { places[$0] } ?? -1
                } else {
                    text = wanted[field]
                }
            case .written(let field, let column):
                if wanted.asWritten.contains(field), !wanted.unmapped.contains(field) {
                    place = places[column]
                }
            case .compared(let column):
                if wanted.isRefused { place = places[column] }
            }
            if let text {
                texts.append(text)
                forms += PlanEntry.CellForm.string.rawValue
            } else if place >= 0 {
                texts.append(String(decoding: record.bytes(of: place), as: UTF8.self))
                forms += Self.form(record.kind(of: place)).rawValue
            } else {
                texts.append("")
                forms += PlanEntry.CellForm.absent.rawValue
            }
        }
        if isJSON {
            buffer.append(#","forms":""#)
            buffer.append(text: forms)
            buffer.append("\"")
        }
        buffer.append(#","cells":["#)
        for (index, text) in texts.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append(jsonString: text)
        }
        buffer.append("]")
    }

    /// Finds each column's value.
    ///
    /// A CSV row's values follow the column order. A JSON object's values each name their column.
    private mutating func findPlaces(_ record: borrowing Record) {
        for place in places.indices { places[place] = -1 }
        for index in 0..<record.count {
            // A file that changes can have more columns than at the first reading.
            let column = record.column(of: index)
            guard column < columnNumbers.count, columnNumbers[column] < places.count else {
                continue
            }
            places[columnNumbers[column]] = index
        }
    }

    /// Writes how the values of an object are written, unless all are strings.
    private func appendForms(
        _ record: borrowing Record, _ isInOrder: Bool, to buffer: inout OutputBuffer
    ) {
        var isPlain = isInOrder
        if isPlain {
            for index in 0..<record.count where Self.form(record.kind(of: index)) != .string {
                isPlain = false
                break
            }
        }
        if isPlain || !isJSON { return }
        buffer.append(#","forms":""#)
        for column in places.indices {
            let place = isInOrder ? column : places[column]
            let form = place < 0 ? .absent : Self.form(record.kind(of: place))
            buffer.append(text: form.rawValue)
        }
        buffer.append("\"")
    }

    private static func form(_ kind: ValueKind) -> PlanEntry.CellForm {
        switch kind {
        case .text, .quotedText, .string: .string
        case .null: .null
        case .number, .true, .false, .object, .array: .json
        }
    }
}
