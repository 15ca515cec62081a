// The CSV scanner. For whoever changes it:
// - A row is scanned from its first byte in one go. When the window ends before the row does, nothing is
//   kept: the row is scanned again after more was read. So every decision must rest on the row's bytes
//   alone, never on where the window ends, or chunking would show.
// - The cursor runs ahead of the row by up to 63 bytes and is carried from row to row. Whoever sets
//   `window.start` to anything but the byte after the row's last special one must set it anew.
// - After a malformed row, reading goes on at the line after the one on which its last quote opened, so
//   that an unclosed quote cannot swallow rows unseen.

private let quote = UInt8(ascii: "\"")
private let feed = UInt8(ascii: "\n")
private let carriage = UInt8(ascii: "\r")

extension RecordReader {
    /// Looks for the next row at the window's start.
    mutating func scanRow() -> ScanStep {
        var row = RowScan(start: window.start, line: line)
        let base = UnsafePointer(window.base)
        let end = window.end
        let delimiter = csv.delimiter
        let delimiters = splat16(delimiter)
        let slots = record.slots
        let capacity = min(record.slotCapacity, csv.fieldCount ?? Int.max)
        var cursor = csv.cursor
        var isForeign = cursor.blockIsForeign
        var fieldStart = row.start
        var count = 0
        var slot = ValueSlot(
            start: 0, length: 0, textStart: 0, textLength: 0, column: 0, kind: .text,
            isDecoded: false)
        var isQuoted = false
        if record.scratch.count > 0 { record.scratch.removeAll() }

        while true {
            let at = cursor.next(base, end: end, delimiter: delimiters, isForeign: &isForeign)
            let byte: UInt8
            if at < end {
                byte = base[at]
            } else if !window.isFinal {
                return scanCutOff(row, foreign: isForeign)
            } else if row.start == end {
                return .end
            } else {
                byte = feed
            }

            if byte == delimiter || byte == feed || byte == carriage {
                if !isQuoted {
                    let length = UInt32(truncatingIfNeeded: at - fieldStart)
                    let start = UInt32(truncatingIfNeeded: fieldStart - row.start)
                    slot = ValueSlot(
                        start: start, length: length, textStart: start, textLength: length,
                        column: UInt32(truncatingIfNeeded: count), kind: .text, isDecoded: false)
                }
                isQuoted = false
                if count < capacity { slots[count] = slot }
                count += 1
                fieldStart = at + 1
                if byte == delimiter { continue }

                var next = at + 1
                if byte == carriage {
                    guard let after = window.afterBreak(at) else { return .needsMore }
                    if after == at + 2 {
                        _ = cursor.next(
                            base, end: end, delimiter: delimiters, isForeign: &isForeign)
                    }
                    next = after
                }
                if at >= end { next = end }
                if at == row.start {
                    // A blank line is no record.
                    line += 1
                    window.start = next
                    row = RowScan(start: next, line: line)
                    fieldStart = next
                    count = 0
                    continue
                }
                csv.cursor = cursor
                return endRow(row, end: at, next: next, fields: count, foreign: isForeign)
            }

            if byte == quote {
                guard at == fieldStart, !isQuoted else {
                    return reject(row, .strayQuote, at: at, foreign: isForeign)
                }
                if row.exceeds(limits, at: at) {
                    return reject(row, .recordTooLong, at: at, foreign: isForeign)
                }
                row.openQuote(at)
                var isDoubled = false
                var close = at
                while true {
                    close = cursor.next(
                        base, end: end, delimiter: delimiters, isForeign: &isForeign)
                    if close >= end { return scanCutOff(row, foreign: isForeign) }
                    let inner = base[close]
                    if inner == quote {
                        if close + 1 >= end, !window.isFinal {
                            return scanCutOff(row, foreign: isForeign)
                        }
                        if base[close + 1] != quote || close + 1 >= end { break }
                        _ = cursor.next(
                            base, end: end, delimiter: delimiters, isForeign: &isForeign)
                        isDoubled = true
                    } else if inner == carriage || (inner == feed && base[close - 1] != carriage) {
                        row.passBreak(close)
                    } else if inner == 0, row.firstNul == nil {
                        row.firstNul = close
                    }
                }
                let after = close + 1
                if row.exceeds(limits, at: close) {
                    return reject(row, .fieldTooLong, at: close, foreign: isForeign)
                }
                if after < end, base[after] != delimiter, base[after] != feed,
                    base[after] != carriage
                {
                    return reject(row, .strayQuote, at: after, foreign: isForeign)
                }
                slot = quotedSlot(row, from: at, to: close, column: count, isDoubled: isDoubled)
                row.closeQuote()
                isQuoted = true
            } else if byte == 0, row.firstNul == nil {
                row.firstNul = at
            }
        }
    }

    /// The slot of a quoted field; doubled quotes are decoded into the record's scratch space.
    private mutating func quotedSlot(
        _ row: RowScan, from open: Int, to close: Int, column: Int, isDoubled: Bool
    ) -> ValueSlot {
        var slot = ValueSlot(
            start: UInt32(truncatingIfNeeded: open - row.start),
            length: UInt32(truncatingIfNeeded: close + 1 - open),
            textStart: UInt32(truncatingIfNeeded: open + 1 - row.start),
            textLength: UInt32(truncatingIfNeeded: close - open - 1),
            column: UInt32(truncatingIfNeeded: column), kind: .quotedText, isDecoded: false)
        guard isDoubled else { return slot }
        let from = record.scratch.count
        var at = open + 1
        while at < close {
            record.scratch.append(window.base[at])
            at += window.base[at] == quote ? 2 : 1
        }
        slot.textStart = UInt32(truncatingIfNeeded: from)
        slot.textLength = UInt32(truncatingIfNeeded: record.scratch.count - from)
        slot.isDecoded = true
        return slot
    }

    /// Checks a row that was scanned to its end.
    @inline(__always)
    private mutating func endRow(
        _ row: RowScan, end: Int, next: Int, fields: Int, foreign: Bool
    ) -> ScanStep {
        let columns = csv.fieldCount ?? fields
        if fields != columns || foreign || row.firstNul != nil
            || end - row.start > limits.fieldBytes
        {
            if let problem = problem(of: row, end: end, fields: fields, foreign: foreign) {
                return finish(
                    problem, start: row.start, end: end, next: next, lines: row.breaks + 1)
            }
        }
        place(start: row.start, end: end, next: next, lines: row.breaks + 1)
        record.problem = nil
        record.isTruncated = false
        record.count = fields
        return .record
    }

    /// What is wrong with a row whose quotes are in order; `nil` when nothing is.
    private func problem(
        of row: RowScan, end: Int, fields: Int, foreign: Bool
    ) -> RecordProblem? {
        if end - row.start > limits.recordBytes {
            return RecordProblem(
                .recordTooLong, byteOffset: window.baseOffset + row.start, line: row.line,
                expected: limits.recordBytes)
        }
        if let encoding = encodingProblem(row, end: end, foreign: foreign) { return encoding }
        if let columns = csv.fieldCount, fields != columns {
            return RecordProblem(
                .raggedRow, byteOffset: window.baseOffset + row.start, line: row.line,
                expected: columns, found: fields)
        }
        for index in 0..<min(fields, record.slotCapacity)
        where Int(record.slots[index].length) > limits.fieldBytes {
            return RecordProblem(
                .fieldTooLong,
                byteOffset: window.baseOffset + row.start + Int(record.slots[index].start),
                line: row.line, expected: limits.fieldBytes)
        }
        return nil
    }

    /// A NUL or a byte that is not UTF-8 in a row.
    private func encodingProblem(_ row: RowScan, end: Int, foreign: Bool) -> RecordProblem? {
        let length = end - row.start
        let invalid =
            foreign ? firstInvalidUTF8(window.base + row.start, count: length) : nil
        let nul = row.firstNul.map { $0 - row.start }
        guard let at = [invalid, nul].compactMap({ $0 }).min() else { return nil }
        return RecordProblem(
            at == nul ? .nulByte : .invalidUTF8,
            byteOffset: window.baseOffset + row.start + at,
            line: row.line + window.breaks(from: row.start, to: row.start + at))
    }
}
