// The fast path for valid JSON lines. It scans a line once, with everything it needs in registers,
// and does not look for the line's end or for foreign bytes beforehand. It leaves anything
// unexpected to the slow path, which starts again at the line's start and reports problems. The
// fast path therefore reports nothing, adds no column, and may accept only what the slow path also
// accepts.
//
// The window ends with zeros, at which every step stops, so nothing compares positions with its
// end.

extension RecordReader {
    /// Reads the line at the window's start, if it is a valid object with known keys.
    ///
    /// - Returns: Whether it is; the record is then set.
    @inline(__always)
    mutating func scanPlainLine() -> Bool {
        let start = window.start
        record.storage.pointee.forgetDecoded()
        let slots = RecordSlots(
            slots: record.storage.pointee.slots, most: record.storage.pointee.slotCapacity,
            start: start)
        guard let found = scanPlainObject(at: start, into: slots) else { return false }
        place(start: start, end: found.end, next: found.next, lines: 1)
        record.storage.pointee.problem = nil
        record.storage.pointee.isTruncated = false
        record.storage.pointee.count = found.count
        return true
    }

    /// Finds the next plain lines.
    mutating func findPlainObjects(_ rows: inout PlainRows) {
        guard rows.columnCount == keys.count else { return }
        // A line may have more keys than any line before, and each must have a slot when a record is made of it.
        record.storage.pointee.reserveSlots(rows.columnCount)
        var start = window.start
        var bounds = rows.bounds
        let columnCount = rows.columnCount
        var bit: UInt64 = 1
        var count = 0
        while count < PlainRows.most {
            let fields = RowFields(
                most: columnCount, bounds: bounds, coded: rows.coded, numbers: rows.numbers,
                bit: bit)
            guard let found = scanPlainObject(at: start, into: fields) else { break }
            if found.count < columnCount {
                for column in 0..<columnCount where !keys.isMarked(column) {
                    bounds[2 &* column] = -1
                    bounds[2 &* column &+ 1] = 0
                }
            }
            bounds[2 &* columnCount] = Int32(truncatingIfNeeded: start)
            start = found.next
            bounds += rows.stride
            bit &<<= 1
            count &+= 1
        }
        rows.hasMarks = true
        rows.count = count
        rows.next = start
    }

    /// Makes a plain line the current record.
    mutating func setRecord(toObject row: Int, of rows: borrowing PlainRows) {
        let bounds = rows.bounds + row * rows.stride
        let (start, first) = (window.start, line)
        window.start = Int(bounds[2 * rows.columnCount])
        line = rows.firstLine + row
        record.storage.pointee.position.number = rows.lastNumber + row
        let isPlain = scanPlainLine()
        precondition(isPlain, "a plain line stays one")
        (window.start, line) = (start, first)
    }

    /// Reads a line, if it is a valid object with known keys.
    ///
    /// - Parameters:
    ///   - start: Where the line starts.
    ///   - target: Receives the values. What it received is of no use when there is no such line.
    /// - Returns: Where the line ends, where the next one starts, and the number of values; `nil` for any other
    ///   line.
    @inline(__always)
    private mutating func scanPlainObject(
        at start: Int, into target: some PlainTarget
    ) -> (end: Int, next: Int, count: Int)? {
        let base = UnsafePointer(window.base)
        guard base[start] == UInt8(ascii: "{") else { return nil }
        keys.beginObject()
        var at = start + 1
        var count = 0
        var previous = -1
        // All strings' bytes combined with "or": the top bits show whether any is not ASCII.
        var joined = Bytes16(repeating: 0)
        while true {
            guard base[at] == 0x22, count < target.most else { return nil }
            var column = keys.follower(of: previous)
            if column < keys.count, keys.matches(column, base + at + 1) {
                at += keys.length(column) + 2
            } else {
                guard let known = knownKey(at, after: previous) else { return nil }
                (column, at) = known
            }
            guard keys.mark(column), base[at] == UInt8(ascii: ":") else { return nil }
            previous = column
            at += base[at + 1] == 0x20 ? 2 : 1

            let from = at
            if base[at] == 0x22 {
                at += 1
                var found: UInt64 = 0
                while true {
                    let block = load16(base + at)
                    let quotes: Mask16 = block .== splat16(0x22)
                    let slashes: Mask16 = block .== splat16(0x5C)
                    let controls: Mask16 = block .< splat16(0x20)
                    joined |= block
                    found = bits((quotes .| slashes) .| controls)
                    if found != 0 { break }
                    at += 16
                }
                at += found.trailingZeroBitCount
                if base[at] == 0x22 {
                    at += 1
                    target.set(
                        count, column: column, from: from, to: at, .string, isEscaped: false)
                } else {
                    guard let value = anyValue(from) else { return nil }
                    target.set(
                        count, column: column, from: from, to: value.end, .string,
                        isEscaped: value.isEscaped)
                    joined = Bytes16(repeating: 0xFF)
                    at = value.end
                }
            } else if base[at] &- 0x31 < 9, base[at + 1] &- 0x30 >= 10, !isFraction(base[at + 1]) {
                // A number of one digit, such as a priority.
                at += 1
                target.set(count, column: column, from: from, to: at, .number, isEscaped: false)
            } else {
                guard let value = anyValue(from) else { return nil }
                target.set(
                    count, column: column, from: from, to: value.end, value.kind,
                    isEscaped: false)
                if value.kind == .object || value.kind == .array {
                    joined = Bytes16(repeating: 0xFF)
                }
                at = value.end
            }
            count += 1
            if base[at] == UInt8(ascii: ",") {
                at += base[at + 1] == 0x20 ? 2 : 1
                continue
            }
            guard base[at] == UInt8(ascii: "}") else { return nil }
            at += 1
            break
        }
        var next = at + 1
        if base[at] != 0x0A {
            guard base[at] == 0x0D, base[at + 1] == 0x0A else { return nil }
            next = at + 2
        }
        // No value is longer than the line.
        guard at - start <= min(limits.fieldBytes, limits.recordBytes) else { return nil }
        if hasHighBit(joined), firstInvalidUTF8(base + start, count: at - start) != nil {
            return nil
        }
        return (at, next, count)
    }

    /// Whether a number continues with a byte that is not a digit.
    @inline(__always)
    private func isFraction(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }

    /// The column of an unexpected key, and where the key ends.
    ///
    /// The result is `nil` when the key is new or written with escapes.
    @inline(never)
    private mutating func knownKey(_ at: Int, after previous: Int) -> (column: Int, end: Int)? {
        var scanner = JSONScanner(UnsafePointer(window.base), from: at, to: window.end)
        var isEscaped = false
        guard scanner.skipString(isEscaped: &isEscaped), !isEscaped,
            let column = keys.find(window.base + at + 1, count: scanner.at - at - 2)
        else { return nil }
        keys.setFollower(of: previous, to: column)
        return (column, scanner.at)
    }

    /// Skips any value; `nil` when it is not valid.
    @inline(never)
    private func anyValue(_ at: Int) -> (end: Int, kind: ValueKind, isEscaped: Bool)? {
        var scanner = JSONScanner(UnsafePointer(window.base), from: at, to: window.end)
        var isEscaped = false
        var kind = ValueKind.string
        guard
            scanner.skipValue(kind: &kind, isEscaped: &isEscaped, depth: limits.nesting - 1)
        else { return nil }
        return (scanner.at, kind, isEscaped)
    }
}

/// What receives the values of a line that is scanned once.
private protocol PlainTarget {
    /// The most values that it can receive.
    var most: Int { get }

    /// Receives a value.
    ///
    /// - Parameters:
    ///   - index: The value's place in the line, from 0.
    ///   - column: Its key's column.
    ///   - from: Where it starts in the window, with its quotes.
    ///   - to: Where it ends.
    ///   - kind: How it is written.
    ///   - isEscaped: Whether it is a string with escapes.
    func set(
        _ index: Int, column: Int, from: Int, to: Int, _ kind: ValueKind, isEscaped: Bool)
}

/// The slots of a record.
private struct RecordSlots: PlainTarget {
    let slots: UnsafeMutablePointer<ValueSlot>
    let most: Int
    let start: Int

    @inline(__always)
    func set(
        _ index: Int, column: Int, from: Int, to: Int, _ kind: ValueKind, isEscaped: Bool
    ) {
        slots[index] = ValueSlot(
            from: from &- start, to: to &- start, column: column, kind: kind,
            inset: kind == .string ? 1 : 0, isEscaped: isEscaped && kind == .string)
    }
}

/// The fields of one of ``PlainRows``.
private struct RowFields: PlainTarget {
    let most: Int
    let bounds: UnsafeMutablePointer<Int32>
    let coded: UnsafeMutablePointer<UInt64>
    let numbers: UnsafeMutablePointer<UInt64>
    /// The row's bit.
    let bit: UInt64

    @inline(__always)
    func set(
        _ index: Int, column: Int, from: Int, to: Int, _ kind: ValueKind, isEscaped: Bool
    ) {
        let isText = kind == .string && !isEscaped
        let quote = isText ? 1 : 0
        bounds[2 &* column] = Int32(truncatingIfNeeded: from &- 1 &+ quote)
        bounds[2 &* column &+ 1] = Int32(truncatingIfNeeded: to &- quote)
        if isText { return }
        if kind == .number && to &- from == 1 {
            numbers[column] |= bit
        } else {
            coded[column] |= bit
        }
    }
}
