// The fast path for CSV rows of which only the field ends are needed. It takes a row only if
// ``RecordReader/scanRow()`` would certainly make the same record of it. All other rows, valid or
// not, are left to that method.
//
// Each row is examined from its own first byte, not block by block of the window. No branch
// therefore depends on a row's position in a block.

private let quote = UInt8(ascii: "\"")
private let feed = UInt8(ascii: "\n")
private let carriage = UInt8(ascii: "\r")

extension RecordReader {
    /// Finds the next plain CSV rows.
    // Inlined, because as a function of its own it takes a quarter longer.
    @inline(__always)
    mutating func findPlainFields(_ rows: inout PlainRows) {
        let scan = PlainScan(
            base: UnsafePointer(window.base), end: window.end, delimiter: csv.delimiter,
            delimiters: splat16(csv.delimiter), columnCount: rows.columnCount,
            longest: min(limits.fieldBytes, limits.recordBytes))
        var bounds = rows.bounds
        var start = window.start
        var count = 0
        while count < PlainRows.most {
            if !rows.wasQuoted, let next = scan.row(start, into: bounds) {
                start = next
            } else if let next = scan.quotedRow(start, into: bounds, number: count, &rows) {
                start = next
            } else {
                break
            }
            bounds += rows.stride
            count &+= 1
        }
        rows.count = count
        rows.next = start
    }

    /// Makes a plain CSV row the current record.
    mutating func setRecord(toFields row: Int, of rows: borrowing PlainRows) {
        let bounds = rows.bounds + row * rows.stride
        let start = Int(bounds[0]) + 1
        let end = Int(bounds[rows.columnCount])
        let storage = record.storage
        storage.pointee.forgetDecoded()
        storage.pointee.reserveSlots(rows.columnCount)
        for column in 0..<rows.columnCount {
            let from = Int(bounds[column]) + 1
            let to = Int(bounds[column + 1])
            let isQuoted = rows.base[from] == quote
            storage.pointee.slots[column] = ValueSlot(
                from: from - start, to: to - start, column: column,
                kind: isQuoted ? .quotedText : .text, inset: isQuoted ? 1 : 0,
                isEscaped: rows.hasMarks && rows.coded[column] >> UInt64(row) & 1 == 1)
        }
        storage.pointee.position = RecordPosition(
            number: rows.lastNumber + row + 1, line: rows.firstLine + row,
            byteOffset: window.baseOffset + start)
        storage.pointee.base = UnsafePointer(window.base + start)
        storage.pointee.rawCount = end - start
        storage.pointee.problem = nil
        storage.pointee.isTruncated = false
        storage.pointee.count = rows.columnCount
    }
}

/// The input's parameters for the search for plain rows.
private struct PlainScan {
    let base: UnsafePointer<UInt8>
    let end: Int
    let delimiter: UInt8
    let delimiters: Bytes16
    let columnCount: Int
    /// The most bytes that a row may have.
    let longest: Int

    /// Records the ends of the fields of a row without quotes and only with ASCII.
    ///
    /// - Parameters:
    ///   - start: Where the row starts.
    ///   - bounds: Receives the position before the row and those after its fields.
    /// - Returns: Where the next row starts; `nil` for any other row.
    @inline(__always)
    func row(_ start: Int, into bounds: UnsafeMutablePointer<Int32>) -> Int? {
        guard start < end else { return nil }
        bounds[0] = Int32(truncatingIfNeeded: start &- 1)
        var block = start
        var mask = specials(base + block)
        var column = 1
        while true {
            while mask == 0 {
                block &+= 64
                // The bytes after the window are zero, so a row never seems to end there.
                if block >= end { return nil }
                mask = specials(base + block)
            }
            let at = block &+ mask.trailingZeroBitCount
            mask &= mask &- 1
            bounds[column] = Int32(truncatingIfNeeded: at)
            let byte = base[at]
            if column < columnCount {
                if byte != delimiter { return nil }
                column &+= 1
                continue
            }
            let isPair = byte == carriage && base[at &+ 1] == feed
            // An empty line is not a record, even though a row of one column could be empty. A row
            // with only delimiters is not either.
            guard byte == feed || isPair, at > start, at &- start >= columnCount,
                at &- start <= longest
            else { return nil }
            return at &+ (isPair ? 2 : 1)
        }
    }

    /// Records the ends of the fields of any plain row.
    ///
    /// - Parameters:
    ///   - start: Where the row starts.
    ///   - bounds: Receives the position before the row and those after its fields.
    ///   - number: The row's place among the rows found.
    ///   - rows: Learns about doubled quotes.
    /// - Returns: Where the next row starts; `nil` when this one is not plain.
    @inline(never)
    func quotedRow(
        _ start: Int, into bounds: UnsafeMutablePointer<Int32>, number: Int,
        _ rows: inout PlainRows
    ) -> Int? {
        guard start < end else { return nil }
        bounds[0] = Int32(truncatingIfNeeded: start &- 1)
        var block = start
        var joined = Bytes16(repeating: 0)
        var mask = marks(base + block, &joined)
        var column = 1
        var fieldStart = start
        // A doubled quote closes the field and opens it again.
        var isOpen = false
        var hasQuote = false
        var closed = -1
        while true {
            while mask == 0 {
                block &+= 64
                if block >= end { return nil }
                mask = marks(base + block, &joined)
            }
            let at = block &+ mask.trailingZeroBitCount
            mask &= mask &- 1
            let byte = base[at]
            if byte == quote {
                hasQuote = true
                if isOpen {
                    let after = base[at &+ 1]
                    guard after == quote || after == delimiter || after == feed || after == carriage
                    else { return nil }
                    closed = at
                } else if at != fieldStart {
                    guard closed == at &- 1 else { return nil }
                    // Under the thread sanitizer, Swift 6.3.1 cannot compile a change through the property itself.
                    let coded = rows.coded
                    coded[column &- 1] |= 1 &<< UInt64(truncatingIfNeeded: number)
                    rows.hasMarks = true
                }
                isOpen.toggle()
            } else if byte == delimiter {
                if isOpen { continue }
                guard column < columnCount else { return nil }
                bounds[column] = Int32(truncatingIfNeeded: at)
                column &+= 1
                fieldStart = at &+ 1
                closed = -1
            } else if byte == feed || byte == carriage {
                let isPair = byte == carriage && base[at &+ 1] == feed
                guard !isOpen, column == columnCount, byte == feed || isPair, at > start,
                    at &- start >= columnCount, at &- start <= longest
                else { return nil }
                let isForeign = hasHighBit(joined)
                if isForeign, firstInvalidUTF8(base + start, count: at &- start) != nil {
                    return nil
                }
                bounds[column] = Int32(truncatingIfNeeded: at)
                rows.wasQuoted = hasQuote || isForeign
                if hasQuote { rows.hasQuotes = true }
                return at &+ (isPair ? 2 : 1)
            } else if byte == 0 {
                return nil
            }
        }
    }

    /// One bit for each of 64 bytes: the delimiter, a quote, a line break, NUL, or another control
    /// character.
    @inline(__always)
    private func marks(_ pointer: UnsafePointer<UInt8>, _ joined: inout Bytes16) -> UInt64 {
        marks(load16(pointer), &joined) | marks(load16(pointer + 16), &joined) << 16
            | marks(load16(pointer + 32), &joined) << 32
            | marks(load16(pointer + 48), &joined) << 48
    }

    @inline(__always)
    private func marks(_ bytes: Bytes16, _ joined: inout Bytes16) -> UInt64 {
        joined |= bytes
        let isDelimiter: Mask16 = bytes .== delimiters
        let isQuote: Mask16 = bytes .== splat16(quote)
        let isControl: Mask16 = bytes .<= splat16(0x0D)
        return bits((isDelimiter .| isQuote) .| isControl)
    }

    /// One bit for each of 64 bytes, set for special bytes.
    ///
    /// Special bytes are the delimiter, a quote, a line break, NUL, other control characters and
    /// bytes that are not ASCII.
    @inline(__always)
    private func specials(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
        specials(load16(pointer)) | specials(load16(pointer + 16)) << 16
            | specials(load16(pointer + 32)) << 32 | specials(load16(pointer + 48)) << 48
    }

    @inline(__always)
    private func specials(_ bytes: Bytes16) -> UInt64 {
        let isDelimiter: Mask16 = bytes .== delimiters
        let isQuote: Mask16 = bytes .== splat16(0x22)
        // As signed numbers, bytes that are not ASCII are less than all others.
        let signed = unsafeBitCast(bytes, to: SIMD16<Int8>.self)
        let isOther: Mask16 = signed .< SIMD16<Int8>(repeating: 0x0E)
        return bits((isDelimiter .| isQuote) .| isOther)
    }
}
