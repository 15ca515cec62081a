import BulkPlan
import BulkSystem
import BulkRecords

/// Writes a plan's rows from the draft, with the cells of the records as the second reading sees them.
struct PlanRowWriter {
    let columnCount: Int
    /// Whether unchanged rows keep their cells too, because unknown columns are copied to the report.
    let keepsAllCells: Bool
    var rowsWithoutLine: Set<Int>
    /// The number of shards; `nil` for a plan of the whole input.
    let shards: Int?
    /// Whether the records are JSON objects.
    let isJSON: Bool

    /// The cells, where they are not the input's columns.
    let layout: CellLayout?
    /// The numbers of names in the first reading, for the cells of a layout.
    let numbers: NameNumbersByText?

    private var places: [Int] = []

    init(
        columnCount: Int, keepsAllCells: Bool, rowsWithoutLine: Set<Int>, shards: Int?,
        isJSON: Bool, layout: CellLayout?, numbers: NameNumbersByText?
    ) {
        self.layout = layout
        self.numbers = numbers
        self.columnCount = columnCount
        self.isJSON = isJSON
        self.keepsAllCells = keepsAllCells
        self.rowsWithoutLine = rowsWithoutLine
        self.shards = shards
        places = Array(repeating: -1, count: columnCount)
    }

    /// Whether nothing of a row's record is written.
    @inline(__always)
    func keepsNothing(ofRow index: Int, _ draft: borrowing PlanDraft) -> Bool {
        guard !keepsAllCells, rowsWithoutLine.isEmpty else { return false }
        let row = draft.rows[index]
        guard row.ticket != .max else { return false }
        return row.disposition == .unchanged || row.disposition == .excluded
    }

    /// Writes a row of whose record nothing is written.
    @inline(__always)
    func write(
        line: Int, _ index: Int, _ draft: borrowing PlanDraft, to writer: inout PlanWriter
    ) throws(FileError) {
        let row = draft.rows[index]
        try writer.writeRow { buffer in
            buffer.append(row: index + 1, line: line)
            draft.state.tickets.appendID(row.ticket, to: &buffer)
            buffer.append(row.disposition)
            buffer.append("}\n")
        }
    }

    /// Writes any row.
    mutating func write(
        _ record: borrowing Record, _ index: Int, _ draft: inout PlanDraft,
        _ mapper: inout RequestMapper, to writer: inout PlanWriter
    ) throws(FileError) {
        let row = draft.rows[index]
        let line = record.position.line
        if !rowsWithoutLine.isEmpty, rowsWithoutLine.remove(index + 1) != nil {
            draft.problems.note(line: line, ofRow: index + 1)
            if mapper.columns.choices.takesRefusals, let undone = mapper.undoneRow(record) {
                draft.problems.note(
                    undoneRow: undone, message: mapper.refusal(record)?.message, ofRow: index + 1)
            }
        }
        if row.ticket == .max {
            let entry =
                row.disposition == .excluded
                ? excludedEntry(record, index, row.otherShard, &mapper)
                : invalidEntry(record, index, &draft, &mapper)
            let cells = numbers.map { draft.wantedCells(of: mapper, $0) }
            try writer.writeRow { buffer in
                buffer.append(entryStart: entry)
                // The text of a record that cannot be read is not the values of its columns.
                if row.disposition != .excluded || keepsAllCells && record.problem == nil {
                    appendCells(record, cells, to: &buffer)
                }
                buffer.append("}\n")
            }
            return
        }
        let cells = layout == nil ? nil : draft.wantedCells(row)
        try writer.writeRow { buffer in
            buffer.append(row: index + 1, line: line)
            draft.state.tickets.appendID(row.ticket, to: &buffer)
            buffer.append(row.disposition)
            switch row.disposition {
            case .update: draft.appendChanges(ofRow: index, to: &buffer)
            case .unchanged, .excluded: break
            case .invalid, .conflict, .held:
                var issue = draft.issue(ofRow: index)
                if issue.code == .cannotBeUndone, let message = mapper.refusal(record)?.message {
                    issue.message = message
                }
                buffer.append(issue)
            }
            let keepsCells =
                switch row.disposition {
                case .unchanged, .excluded: keepsAllCells
                default: true
                }
            if keepsCells {
                appendCells(record, cells, to: &buffer)
            }
            buffer.append("}\n")
        }
    }

    /// A record that a selection leaves out, with its ticket where that can be read.
    private func excludedEntry(
        _ record: borrowing Record, _ index: Int, _ shard: Int?, _ mapper: inout RequestMapper
    ) -> PlanEntry {
        _ = mapper.map(record)
        var entry = PlanEntry(
            row: index + 1, line: record.position.line,
            ticketID: mapper.hasTicket ? mapper.ticketID(mapper.request.ticket) : nil,
            disposition: .excluded)
        if let shard, let shards {
            entry.issue = RowIssue(
                code: .otherShard, message: "shard \(shard)/\(shards) has this row")
        }
        return entry
    }

    /// What the first reading found wrong, found again, counted and worded.
    private func invalidEntry(
        _ record: borrowing Record, _ index: Int, _ draft: inout PlanDraft,
        _ mapper: inout RequestMapper
    ) -> PlanEntry {
        var joined: RowIssue?
        if !mapper.map(record) {
            let issue = RowIssue(joining: mapper.issues)
            draft.problems.add(
                issue.code, issue, .invalid, row: index + 1, line: record.position.line)
            joined = issue
            let further = record.problem == nil ? draft.furtherIssues(mapper, numbers) : []
            for issue in further {
                mapper.report(issue)
                draft.problems.add(
                    issue.code, issue, .invalid, row: index + 1, line: record.position.line)
            }
            if !further.isEmpty { joined = RowIssue(joining: mapper.issues) }
        }
        return PlanEntry(
            row: index + 1, line: record.position.line,
            ticketID: mapper.hasTicket ? mapper.ticketID(mapper.request.ticket) : nil,
            disposition: .invalid, issue: joined)
    }

    /// Whether a record has a value for every column, in the columns' order, as CSV rows do.
    private func isInOrder(_ record: borrowing Record) -> Bool {
        guard record.count == columnCount else { return false }
        for index in 0..<columnCount where record.column(of: index) != index { return false }
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
            for index in 0..<columnCount {
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
            case .wanted(let field, let columns):
                text = wanted[field]
                if wanted.asWritten.contains(field) || wanted.unmapped.contains(field) {
                    place = columns.map { places[$0] }.first { !isBlank(record, $0) } ?? -1
                }
                if wanted.unmapped.contains(field), place >= 0 {
                    text =
                        WantedCells.unmappedMark
                        + String(decoding: record.bytes(of: place), as: UTF8.self)
                }
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
        for index in 0..<record.count where record.column(of: index) < columnCount {
            places[record.column(of: index)] = index
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
        for column in 0..<columnCount {
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
