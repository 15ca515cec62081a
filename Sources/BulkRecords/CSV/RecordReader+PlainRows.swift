// The short way over rows of which nothing need be known but where their fields end. It takes a row only
// where it is beyond doubt that ``RecordReader/scanRow()`` would make the same record of it, and leaves
// all others, right or wrong, to that.
//
// Every row is looked at from its own first byte, not block by block of the window: so the work has no
// branch that depends on where in a block a row happens to lie.

private let feed = UInt8(ascii: "\n")
private let carriage = UInt8(ascii: "\r")

extension RecordReader {
    /// Finds the plain rows that come next, at most as many as there is space for.
    ///
    /// The reader stays where it is: a caller that wants no more of the rows calls ``pass(_:)``.
    ///
    /// - Parameter rows: Becomes the rows; none when the next record is none, or not in memory as a whole.
    package mutating func findPlainRows(_ rows: inout PlainRows) {
        rows.count = 0
        guard rows.columnCount > 0, !isSkippingLine, window.end < Int(Int32.max) else { return }
        rows.base = UnsafePointer(window.base)
        rows.firstLine = line
        rows.lastNumber = record.storage.pointee.position.number
        let scan = PlainScan(
            base: rows.base, end: window.end, delimiter: csv.delimiter,
            delimiters: splat16(csv.delimiter), columnCount: rows.columnCount,
            longest: min(limits.fieldBytes, limits.recordBytes))
        var bounds = rows.bounds
        var start = window.start
        while rows.count < PlainRows.most {
            guard let next = scan.row(start, into: bounds) else { break }
            start = next
            bounds += rows.columnCount &+ 1
            rows.count &+= 1
        }
        rows.next = start
    }

    /// Makes a plain row the current record.
    ///
    /// - Parameters:
    ///   - row: The row's place among those found last, from 0.
    ///   - rows: What was found last, and not passed yet.
    package mutating func take(_ row: Int, of rows: borrowing PlainRows) {
        precondition(row >= 0 && row < rows.count, "plain rows are numbered from 0")
        let bounds = rows.bounds + row * (rows.columnCount + 1)
        let start = Int(bounds[0]) + 1
        let end = Int(bounds[rows.columnCount])
        let storage = record.storage
        storage.pointee.forgetDecoded()
        storage.pointee.reserveSlots(rows.columnCount)
        for column in 0..<rows.columnCount {
            storage.pointee.slots[column] = ValueSlot(
                from: Int(bounds[column]) + 1 - start, to: Int(bounds[column + 1]) - start,
                column: column, kind: .text)
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

    /// Goes behind the plain rows found last.
    package mutating func pass(_ rows: borrowing PlainRows) {
        if rows.count == 0 { return }
        line += rows.count
        record.storage.pointee.position.number = rows.lastNumber + rows.count
        window.start = rows.next
        csv.cursor = SpecialCursor(at: rows.next)
    }
}

/// What looking for plain rows needs to know of the input.
private struct PlainScan {
    let base: UnsafePointer<UInt8>
    let end: Int
    let delimiter: UInt8
    let delimiters: Bytes16
    let columnCount: Int
    /// The most bytes that a row may have.
    let longest: Int

    /// Notes where a row's fields end.
    ///
    /// - Parameters:
    ///   - start: Where the row starts.
    ///   - bounds: Becomes the position before the row and those behind its fields.
    /// - Returns: Where the next row starts; `nil` when this one is not plain.
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
                // What follows the window is zero, so a row never seems to end there.
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
            // An empty line is no record, though a row of one column could be empty; nor are delimiters only.
            guard byte == feed || isPair, at > start, at &- start >= columnCount,
                at &- start <= longest
            else { return nil }
            return at &+ (isPair ? 2 : 1)
        }
    }

    /// One bit for each of sixty-four bytes that is the delimiter, a quote, a line break, NUL or another
    /// control character, or no ASCII.
    @inline(__always)
    private func specials(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
        specials(load16(pointer)) | specials(load16(pointer + 16)) << 16
            | specials(load16(pointer + 32)) << 32 | specials(load16(pointer + 48)) << 48
    }

    @inline(__always)
    private func specials(_ bytes: Bytes16) -> UInt64 {
        let isDelimiter: Mask16 = bytes .== delimiters
        let isQuote: Mask16 = bytes .== splat16(0x22)
        // As signed numbers, bytes that are no ASCII are less than all others.
        let signed = unsafeBitCast(bytes, to: SIMD16<Int8>.self)
        let isOther: Mask16 = signed .< SIMD16<Int8>(repeating: 0x0E)
        return bits((isDelimiter .| isQuote) .| isOther)
    }
}
