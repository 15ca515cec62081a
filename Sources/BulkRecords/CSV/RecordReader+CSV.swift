// The CSV scanner. Before you change it:
// - A row is scanned from its first byte in one pass. If the window ends before the row does,
//   nothing is kept, and the row is scanned again after more was read. Every decision must
//   therefore depend only on the row's bytes, never on where the window ends. Otherwise chunking
//   would change results.
// - The cursor runs ahead of the row by up to 63 bytes and is kept from row to row. Code that sets
//   `window.start` to anything but the byte after the row's last special one must reset the cursor.
// - After a malformed row, reading continues at the line after the one on which its last quote
//   opened, so that an unclosed quote cannot swallow rows unnoticed.

private let quote = UInt8(ascii: "\"")
private let feed = UInt8(ascii: "\n")
private let carriage = UInt8(ascii: "\r")

extension RecordReader {
    /// Looks for the next row at the window's start.
    mutating func scanRow() -> ScanStep {
        let base = UnsafePointer(window.base)
        let end = window.end
        let delimiter = csv.delimiter
        let delimiters = splat16(delimiter)
        let slots = record.storage.pointee.slots
        let capacity = min(record.storage.pointee.slotCapacity, csv.fieldCount ?? Int.max)
        record.storage.pointee.forgetDecoded()
        var cursor = csv.cursor
        var row = RowScan(start: window.start, line: line, isForeign: cursor.blockIsForeign)

        while true {
            let start = row.start
            var fieldStart = start
            var count = 0
            var at: Int
            var isClosed = false
            while true {
                at = cursor.next(base, end: end, delimiter: delimiters, isForeign: &row.isForeign)
                let byte = base[at]
                if byte == delimiter {
                    if count < capacity {
                        slots[count] = ValueSlot(
                            from: fieldStart &- start, to: at &- start, column: count, kind: .text)
                    }
                    count &+= 1
                    fieldStart = at &+ 1
                    continue
                }
                if at >= end || byte == feed || byte == carriage { break }
                if byte == quote {
                    if csv.skipsBlanks, at > fieldStart, isBlank(from: fieldStart, to: at) {
                        fieldStart = at
                    }
                    guard at == fieldStart else {
                        var ahead = cursor
                        let isFormula = endsFormula(
                            &row, &ahead, open: at, fieldStart: fieldStart, delimiters: delimiters)
                        guard let isFormula else { return .needsMore }
                        guard isFormula else { return reject(row, .strayQuote, at: at) }
                        cursor = ahead
                        continue
                    }
                    // Passes a copy, so that the cursor itself stays in registers.
                    var ahead = cursor
                    let (step, after) = scanQuoted(&row, &ahead, at: at, column: count)
                    cursor = ahead
                    if let step { return step }
                    at = cursor.next(
                        base, end: end, delimiter: delimiters, isForeign: &row.isForeign)
                    if after < end, base[after] == delimiter {
                        count &+= 1
                        fieldStart = after &+ 1
                        continue
                    }
                    at = after
                    isClosed = true
                    break
                }
                if byte == 0, row.firstNul == nil { row.firstNul = at }
            }

            if at >= end {
                if !window.isFinal { return scanCutOff(row) }
                if start == end { return .end }
            }
            if !isClosed, count < capacity {
                slots[count] = ValueSlot(
                    from: fieldStart &- start, to: at &- start, column: count, kind: .text)
            }
            var next = at
            if at < end {
                guard let after = window.afterBreak(at) else { return .needsMore }
                if after == at + 2 {
                    _ = cursor.next(
                        base, end: end, delimiter: delimiters, isForeign: &row.isForeign)
                }
                next = after
            }
            // A row with only delimiters is too long beyond the limit, wherever the window ends.
            if at > start, at &- start != count || at &- start > limits.recordBytes {
                csv.cursor = cursor
                return endRow(&row, end: at, next: next, fields: count &+ 1)
            }
            // A blank line is not a record. A line with only delimiters, which spreadsheets write,
            // is not either.
            if at > start { delimiterRows += 1 }
            line += 1
            window.start = next
            row = RowScan(start: next, line: line, isForeign: row.isForeign)
        }
    }

    /// Whether a part of the window holds only spaces.
    private func isBlank(from start: Int, to end: Int) -> Bool {
        (start..<end).allSatisfy { window.base[$0] == UInt8(ascii: " ") }
    }

    /// Whether a quote belongs to `="…"`, with which spreadsheets keep a text from becoming a
    /// number.
    ///
    /// It must be the whole field, without a delimiter, a quote or a control character inside. It
    /// must also be short, so that the answer depends on few bytes wherever the window ends.
    ///
    /// - Returns: Whether it does, with the cursor after the closing quote; `nil` when more must be
    ///   read.
    @inline(never)
    private func endsFormula(
        _ row: inout RowScan, _ cursor: inout SpecialCursor, open: Int, fieldStart: Int,
        delimiters: Bytes16
    ) -> Bool? {
        let base = UnsafePointer(window.base)
        let end = window.end
        guard open == fieldStart + 1, base[fieldStart] == UInt8(ascii: "=") else { return false }
        let close = cursor.next(base, end: end, delimiter: delimiters, isForeign: &row.isForeign)
        let limit = open + 256
        if close >= end, end <= limit { return window.isFinal ? false : nil }
        guard close < end, close <= limit, base[close] == quote else { return false }
        if close + 1 >= end { return window.isFinal ? true : nil }
        let after = base[close + 1]
        return after == csv.delimiter || after == feed || after == carriage
    }

    /// Scans a quoted field, from its opening to its closing quote, and gives it a slot.
    ///
    /// - Returns: The row's result, or `nil` and the position after the closing quote.
    private mutating func scanQuoted(
        _ row: inout RowScan, _ cursor: inout SpecialCursor, at open: Int, column: Int
    ) -> (step: ScanStep?, after: Int) {
        let base = UnsafePointer(window.base)
        let end = window.end
        let delimiter = csv.delimiter
        let delimiters = splat16(delimiter)
        if row.exceeds(limits, at: open) { return (reject(row, .recordTooLong, at: open), open) }
        row.openQuote(open)
        var isDoubled = false
        var close = open
        while true {
            close = cursor.next(base, end: end, delimiter: delimiters, isForeign: &row.isForeign)
            if close >= end { return (scanCutOff(row), close) }
            let byte = base[close]
            if byte == quote {
                if close + 1 >= end {
                    if window.isFinal { break }
                    return (scanCutOff(row), close)
                }
                if base[close + 1] != quote { break }
                _ = cursor.next(base, end: end, delimiter: delimiters, isForeign: &row.isForeign)
                isDoubled = true
            } else if byte == carriage || (byte == feed && base[close - 1] != carriage) {
                row.passBreak(close)
            } else if byte == 0, row.firstNul == nil {
                row.firstNul = close
            }
        }
        let after = close + 1
        if row.exceeds(limits, at: after) { return (reject(row, .fieldTooLong, at: after), after) }
        if after < end, base[after] != delimiter, base[after] != feed, base[after] != carriage {
            return (reject(row, .strayQuote, at: after), after)
        }
        row.closeQuote()
        if column < min(record.storage.pointee.slotCapacity, csv.fieldCount ?? Int.max) {
            record.storage.pointee.slots[column] = ValueSlot(
                from: open - row.start, to: after - row.start, column: column, kind: .quotedText,
                inset: 1, isEscaped: isDoubled)
        }
        return (nil, after)
    }

    /// Checks a row that was scanned to its end.
    ///
    /// The row is passed by address, because a copy would wait for the last writes to it.
    @inline(__always)
    private mutating func endRow(
        _ row: inout RowScan, end: Int, next: Int, fields: Int
    ) -> ScanStep {
        let columns = csv.fieldCount ?? fields
        var fields = fields
        if fields != columns, csv.rowForm != .asHeader,
            isOfRowForm(fields, start: row.start, end: end)
        {
            fieldCountsForgiven += 1
            // The last, unnamed columns are added as empty fields if they are missing.
            while fields < columns {
                record.storage.pointee.slots[fields] = ValueSlot(
                    from: end &- row.start, to: end &- row.start, column: fields, kind: .text)
                fields += 1
            }
            fields = columns
        }
        if fields != columns || row.isForeign || row.firstNul != nil
            || end - row.start > min(limits.fieldBytes, limits.recordBytes)
        {
            if let problem = problem(of: &row, end: end, fields: fields, columns: columns) {
                return finish(
                    problem, start: row.start, end: end, next: next, lines: row.breaks + 1)
            }
        }
        place(start: row.start, end: end, next: next, lines: row.breaks + 1)
        record.storage.pointee.problem = nil
        record.storage.pointee.isTruncated = false
        record.storage.pointee.count = fields
        return .record
    }

    /// Whether a row whose field count differs from the header's has the form of the input's rows.
    @inline(never)
    private func isOfRowForm(_ fields: Int, start: Int, end: Int) -> Bool {
        guard let columns = csv.fieldCount else { return false }
        return switch csv.rowForm {
        case .asHeader: false
        case .more(let count):
            fields == columns + count && endsWithEmptyFields(count, from: start, to: end)
        case .less(let count): fields == columns - count
        }
    }

    private func endsWithEmptyFields(_ count: Int, from start: Int, to end: Int) -> Bool {
        Self.endsWithEmptyFields(
            UnsafeBufferPointer(start: window.base + start, count: end - start), count,
            csv.delimiter)
    }

    /// What is wrong with a row whose quotes are valid; `nil` if it has no problem.
    @inline(never)
    private func problem(
        of row: inout RowScan, end: Int, fields: Int, columns: Int
    ) -> RecordProblem? {
        if end - row.start > limits.recordBytes {
            return RecordProblem(
                .recordTooLong, byteOffset: window.baseOffset + row.start, line: row.line,
                expected: limits.recordBytes)
        }
        if let encoding = encodingProblem(row, end: end) { return encoding }
        if fields != columns {
            var problem = RecordProblem(
                .raggedRow, byteOffset: window.baseOffset + row.start, line: row.line,
                expected: columns, found: fields)
            problem.hasDelimitersAtEnd =
                fields > columns
                && endsWithEmptyFields(fields - columns, from: row.start, to: end)
            problem.isQuotedWhole =
                fields == 1 && end - row.start > 2 && window.base[row.start] == quote
                && window.base[end - 1] == quote
                && (row.start..<end).contains { window.base[$0] == csv.delimiter }
            return problem
        }
        for index in 0..<min(fields, record.storage.pointee.slotCapacity)
        where Int(record.storage.pointee.slots[index].length) > limits.fieldBytes {
            var problem = RecordProblem(
                .fieldTooLong,
                byteOffset: window.baseOffset + row.start
                    + Int(record.storage.pointee.slots[index].start),
                line: row.line, expected: limits.fieldBytes)
            problem.isUnquoted = record.storage.pointee.slots[index].kind == .text
            return problem
        }
        return nil
    }

    /// A NUL or a byte that is not UTF-8 in a row.
    private func encodingProblem(_ row: RowScan, end: Int) -> RecordProblem? {
        let length = end - row.start
        let invalid =
            row.isForeign ? firstInvalidUTF8(window.base + row.start, count: length) : nil
        let nul = row.firstNul.map { $0 - row.start }
        guard invalid != nil || nul != nil else { return nil }
        let at = min(invalid ?? .max, nul ?? .max)
        return RecordProblem(
            at == nul ? .nulByte : .invalidUTF8,
            byteOffset: window.baseOffset + row.start + at,
            line: row.line + window.breaks(from: row.start, to: row.start + at))
    }
}
