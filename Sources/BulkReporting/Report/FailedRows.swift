internal import BulkExecution
internal import BulkSystem
internal import BulkPlan

/// The rows of failed.csv or failed.jsonl, in a buffer that its owner empties.
struct FailedRows: ~Copyable {
    /// The columns after the input's own.
    static let ownColumns = ["mavaBulkRow", "mavaBulkError"]

    // The value is set here, not in the initialiser. Otherwise the writer would be freed before it
    // is in place (Swift 6.3.1, release builds).
    var csv = CSVWriter()
    var json = OutputBuffer()
    private let isJSON: Bool
    private let columns: [InputColumns.Column]
    /// How many of the columns come before ours.
    ///
    /// Columns at the end that have no name come after ours, because a value in them is refused only there.
    private let leading: Int
    /// The column with the first input's row numbers, if the input is itself a file of failed rows.
    private let rowColumn: Int?
    /// The column with that input's own errors.
    private let errorColumn: Int?
    private let inputColumns: Int

    init(_ input: PlanHeader.Input) {
        isJSON = input.format == "jsonl"
        columns = InputColumns(input, keepsOwn: false).columns
        let lastNamed = columns.lastIndex { !$0.name.allSatisfy(\.isWhitespace) }
        leading = isJSON ? columns.count : lastNamed.map { $0 + 1 } ?? 0
        rowColumn = input.columns.firstIndex { ColumnRole.plain($0) == "mavabulkrow" }
        errorColumn = input.columns.firstIndex { ColumnRole.plain($0) == "mavabulkerror" }
        inputColumns = input.columns.count
        let delimiter = input.delimiter?.utf8.first ?? UInt8(ascii: ",")
        csv.begin(
            delimiter: delimiter, hasMark: input.hasMark && !isJSON, rowEnd: input.lineEnd.text)
        guard !isJSON else { return }
        if !CSVWriter.commonDelimiters.contains(delimiter) { csv.separatorRow() }
        for column in columns[..<leading] { csv.name(Self.name(of: column)) }
        for name in Self.ownColumns { csv.name(name) }
        for column in columns[leading...] { csv.name(column.name) }
        csv.endRow()
    }

    /// A column's name as it is written in CSV.
    ///
    /// A `'` before it would take its meaning, so what a spreadsheet puts around a name is left out. Where names
    /// are compared, blanks and `-` do not matter.
    private static func name(of column: InputColumns.Column) -> String {
        guard column.role != .unknown else { return column.name }
        var name = ColumnRole.written(column.name)[...]
        while let first = name.unicodeScalars.first, "\t\r\n-".unicodeScalars.contains(first) {
            name.unicodeScalars.removeFirst()
        }
        return String(name)
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
        let values = entry.values(ofColumns: inputColumns)
        let cells = values ?? []
        if entry.issue?.code == .cannotBeUndone, !hasValue(cells, entry.forms) { return }
        let written = values == nil ? asWritten(entry) : nil
        let earlier = rowColumn.flatMap { $0 < cells.count ? Self.rowNumber(cells[$0]) : nil }
        // A number of this input could be that of another row in the first one.
        let row = written?.row ?? earlier ?? (rowColumn == nil ? entry.row : nil)
        let error = error(entry, outcome, values, hasBytes: written != nil)
        if isJSON, let written {
            // The line is not UTF-8. Its bytes stay, and our keys are added to its object.
            written.bytes[0].withUnsafeBytes { json.append($0) }
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
        append(columns[..<leading], cells, written?.bytes)
        csv.cell(row)
        csv.cell(error)
        append(columns[leading...], cells, written?.bytes)
        csv.endRow()
    }

    /// The number of a row in the first input, as a spreadsheet may have left it, such as `7.0` or `="7"`.
    ///
    /// - Parameter text: The cell.
    /// - Returns: The number; `nil` for any other text.
    static func rowNumber(_ text: String) -> Int? {
        var digits = text.drop(while: \.isWhitespace)[...]
        while digits.last?.isWhitespace == true { digits.removeLast() }
        if digits.hasPrefix("=\""), digits.hasSuffix("\""), digits.count > 3 {
            digits = digits.dropFirst(2).dropLast()
        } else if digits.first == "'" {
            digits.removeFirst()
        }
        if let point = digits.firstIndex(where: { $0 == "." || $0 == "," }),
            digits[point...].count <= 3, digits[point...].dropFirst().allSatisfy({ $0 == "0" })
        {
            digits = digits[..<point]
        }
        return Int(digits).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Appends the cells of some columns, or the bytes of their fields where the row is not UTF-8.
    private mutating func append(
        _ columns: ArraySlice<InputColumns.Column>, _ cells: [String], _ fields: [[UInt8]]?
    ) {
        for (index, column) in zip(columns.indices, columns) {
            if let fields {
                csv.cells(asWritten: fields[index])
            } else {
                csv.cell(ofInput: column.value(cells), isBlankIgnored: !column.role.isPassive)
            }
        }
    }

    /// Whether a record has a value to write; without one there is nothing in it that could be corrected.
    private func hasValue(_ cells: [String], _ forms: [PlanEntry.CellForm]?) -> Bool {
        columns.contains { column in
            column.role.isChange && column.source < cells.count
                && (forms?[column.source] ?? .string) != .absent
        }
    }

    /// Adds the keys of ours to an object, and ends its line.
    private mutating func endObject(_ row: Int?, _ error: String) {
        if let row {
            json.append(#""mavaBulkRow":"#)
            json.append(decimal: row)
            json.append(",")
        }
        json.append(#""mavaBulkError":"#)
        json.append(jsonString: error)
        json.append("}\n")
    }

    /// The bytes of a row that is not UTF-8, without our columns; `nil` if they cannot be written
    /// again.
    private func asWritten(_ entry: PlanEntry) -> (bytes: [[UInt8]], row: Int?)? {
        guard let bytes = entry.recordBytes else { return nil }
        return isJSON ? objectAsWritten(bytes) : fieldsAsWritten(bytes)
    }

    /// An object without its closing brace and without our keys.
    private func objectAsWritten(_ line: [UInt8]) -> (bytes: [[UInt8]], row: Int?)? {
        var object = line[...]
        while let last = object.last, [0x20, 0x09, 0x0D].contains(last) { object.removeLast() }
        guard object.popLast() == UInt8(ascii: "}") else { return nil }
        var row: Int?
        let own = Array(#","mavaBulkRow":"#.utf8)
        // A value can have any length, so one byte is compared first: most places differ from the key in it.
        let place = (object.startIndex..<object.endIndex).last { place in
            object[place] == own[0] && object[place...].starts(with: own)
        }
        if let place {
            let digits = object[(place + own.count)...].prefix {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
            row = Int(String(decoding: digits, as: UTF8.self))
            object = object[..<place]
        }
        return object.contains(UInt8(ascii: ":")) ? ([Array(object)], row) : nil
    }

    /// A row's fields without our columns, if it has one for each column.
    private func fieldsAsWritten(_ row: [UInt8]) -> (bytes: [[UInt8]], row: Int?)? {
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
        let row = rowColumn.flatMap { Self.rowNumber(String(decoding: fields[$0], as: UTF8.self)) }
        return (columns.map { fields[$0.source] }, row)
    }

    private func error(
        _ entry: PlanEntry, _ outcome: RowOutcome, _ values: [String]?, hasBytes: Bool
    ) -> String {
        let reason = outcome.message ?? outcome.issue?.message ?? entry.issue?.message
        let text = [outcome.outcome.rawValue, reason].compactMap(\.self).joined(separator: ": ")
        if hasBytes { return text }
        guard let values else { return text + (entry.cells?.first.map(RecordText.quoting) ?? "") }
        return text + (recordOfEarlierRound(values) ?? "")
    }

    /// The record from an earlier error of an unreadable record, unless values were filled in
    /// since.
    private func recordOfEarlierRound(_ cells: [String]) -> String? {
        guard let errorColumn, errorColumn < cells.count,
            columns.allSatisfy({ $0.value(cells).isEmpty })
        else { return nil }
        return RecordText.quoted(in: cells[errorColumn]).map(RecordText.quoting)
    }
}

/// The text of a record that could not be read, as an error quotes it.
enum RecordText {
    /// The separator between the error and the text.
    private static let separator = "; the record as written: "
    /// The most characters that are quoted: a value of more than 1 MiB is itself refused.
    private static let limit = 128 << 10

    /// A record's text after the separator, with control characters as escapes.
    ///
    /// Written as they are, a NUL would make the corrected row unreadable again, and a line break would make it look
    /// like two rows.
    static func quoting(_ record: String) -> String {
        var text = separator
        // What has no control characters is copied as a whole.
        var copied = record.startIndex
        let scalars = record.unicodeScalars
        for (count, index) in scalars.indices.enumerated() {
            guard count < limit else { return text + record[copied..<index] + "…" }
            let scalar = scalars[index]
            guard isControl(scalar), scalar != "\t" else { continue }
            text += record[copied..<index]
            text += HiddenCharacter.escape(scalar)
            copied = scalars.index(after: index)
        }
        return text + record[copied...]
    }

    /// Whether a character is of Unicode's category Cc, which never changes.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
    }

    /// The text of a record that an error quotes; `nil` if it quotes none.
    static func quoted(in error: String) -> String? {
        error.firstRange(of: separator).map { String(error[$0.upperBound...]) }
    }
}

extension PlanEntry {
    /// Its values of the input's columns; `nil` if the record could not be read.
    ///
    /// The cells of a malformed record are its text, and its bytes where they are not UTF-8. A record that is only
    /// suspected to have its values in the wrong places has all of them.
    func values(ofColumns count: Int) -> [String]? {
        guard issue?.code == .malformedRecord else { return cells ?? [] }
        guard let cells, cells.count == count, count > 1, count > 2 || recordBytes == nil else {
            return nil
        }
        return cells
    }

    /// The bytes of a record that is not UTF-8; `nil` for any other record.
    fileprivate var recordBytes: [UInt8]? {
        guard issue?.code == .malformedRecord, let cells, cells.count == 2 else { return nil }
        let digits = Array(cells[1].utf8)
        guard digits.count.isMultiple(of: 2), !digits.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...index + 1], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
