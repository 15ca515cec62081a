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
        if let found = scanUsualObject(at: start, into: target) { return found }
        guard let found = scanOtherObject(at: start, into: target) else { return nil }
        if form.noteMiss() { learnForm(at: start) }
        return found
    }

    /// Reads a line that has the same keys in the same order as most lines before.
    @inline(__always)
    private mutating func scanUsualObject(
        at start: Int, into target: some PlainTarget
    ) -> (end: Int, next: Int, count: Int)? {
        let base = UnsafePointer(window.base)
        let members = form.members
        let count = form.count
        guard count > 0, count <= target.most else { return nil }
        var at = start
        var joined = Bytes16(repeating: 0)
        for index in 0..<count {
            let member = members + index
            guard member.pointee.text.matches(base + at) else { return nil }
            at += member.pointee.text.length
            let column = member.pointee.column
            if member.pointee.pieces.count > 0, base[at] | 0x20 == UInt8(ascii: "{") {
                let from = at
                guard
                    form.nested.pass(
                        member.pointee.pieces, base, &at, to: window.end,
                        depth: limits.nesting - 1, &joined)
                else { return nil }
                target.set(
                    index, column: column, from: from, to: at,
                    base[from] == UInt8(ascii: "{") ? .object : .array, isEscaped: false)
            } else if !passValue(base, &at, index, column: column, into: target, &joined) {
                return nil
            }
        }
        guard let next = lineEnd(after: start, &at, joined) else { return nil }
        if count < keys.count {
            keys.beginObject()
            for index in 0..<count { _ = keys.mark(members[index].column) }
        }
        form.noteHit()
        return (at, next, count)
    }

    @inline(never)
    private mutating func scanOtherObject(
        at start: Int, into target: some PlainTarget
    ) -> (end: Int, next: Int, count: Int)? {
        let base = UnsafePointer(window.base)
        guard base[start] == UInt8(ascii: "{") else { return nil }
        keys.beginObject()
        var at = start + 1
        var count = 0
        var previous = -1
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
            guard passValue(base, &at, count, column: column, into: target, &joined) else {
                return nil
            }
            count += 1
            guard base[at] == UInt8(ascii: ",") else { break }
            at += base[at + 1] == 0x20 ? 2 : 1
        }
        guard let next = lineEnd(after: start, &at, joined) else { return nil }
        return (at, next, count)
    }

    /// Passes a value and hands it to a target.
    ///
    /// - Parameters:
    ///   - base: The window's first byte.
    ///   - at: Where the value starts; afterwards, where it ends.
    ///   - index: The value's place in the line, from 0.
    ///   - column: Its key's column.
    ///   - target: Receives the value.
    ///   - joined: Receives the bytes of all strings, combined with "or": the top bits show whether any is not
    ///     ASCII.
    /// - Returns: Whether the value is valid.
    @inline(__always)
    private mutating func passValue(
        _ base: UnsafePointer<UInt8>, _ at: inout Int, _ index: Int, column: Int,
        into target: some PlainTarget, _ joined: inout Bytes16
    ) -> Bool {
        let from = at
        let first = base[at]
        if first == 0x22 {
            at += 1
            JSONScanner.passPlainText(base, &at, &joined)
            if base[at] == 0x22 {
                at += 1
                target.set(index, column: column, from: from, to: at, .string, isEscaped: false)
                return true
            }
        } else if first &- 0x31 < 9, base[at + 1] &- 0x30 >= 10, !Self.isFraction(base[at + 1]) {
            // A number of one digit, such as a priority.
            at += 1
            target.set(index, column: column, from: from, to: at, .number, isEscaped: false)
            return true
        }
        guard let value = anyValue(from, &joined) else { return false }
        at = value.end
        target.set(
            index, column: column, from: from, to: at, value.kind, isEscaped: value.isEscaped)
        return true
    }

    /// Passes the end of an object and of its line.
    ///
    /// - Parameters:
    ///   - start: Where the line starts.
    ///   - at: Where the last value ends; afterwards, where the object ends.
    ///   - joined: The strings' bytes.
    /// - Returns: Where the next line starts; `nil` when the line does not end here, is too long or is not UTF-8.
    @inline(__always)
    private mutating func lineEnd(after start: Int, _ at: inout Int, _ joined: Bytes16) -> Int? {
        let base = UnsafePointer(window.base)
        guard base[at] == UInt8(ascii: "}") else { return nil }
        at += 1
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
        return next
    }

    /// Makes the keys of a plain line those that the next lines are expected to have.
    @inline(never)
    private mutating func learnForm(at start: Int) {
        let base = UnsafePointer(window.base)
        var at = start
        var joined = Bytes16(repeating: 0)
        form.beginLearning()
        while base[at] != UInt8(ascii: "}") {
            let from = at
            // A brace or a comma, and perhaps a blank.
            at += base[at + 1] == 0x20 ? 2 : 1
            guard let (column, end) = knownKey(at, after: -1) else { return form.forget() }
            at = end + (base[end + 1] == 0x20 ? 2 : 1)
            guard form.learn(base + from, count: at - from, column: column),
                let value = anyValue(at, &joined)
            else { return form.forget() }
            form.learn(value: base + at, count: value.end - at)
            at = value.end
        }
    }

    /// Whether a number continues with a byte that is not a digit.
    @inline(__always)
    private static func isFraction(_ byte: UInt8) -> Bool {
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
    private mutating func anyValue(
        _ at: Int, _ joined: inout Bytes16
    ) -> (end: Int, kind: ValueKind, isEscaped: Bool)? {
        let base = UnsafePointer(window.base)
        var end = at
        switch base[at] {
        case UInt8(ascii: "n") where JSONScanner.isNull(base + at):
            return (at + 4, .null, false)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if JSONScanner.passUsualNested(
                base, &end, to: window.end, depth: limits.nesting - 1, &joined)
            {
                return (end, base[at] == UInt8(ascii: "{") ? .object : .array, false)
            }
        default: break
        }
        var scanner = JSONScanner(base, from: at, to: window.end)
        var isEscaped = false
        var kind = ValueKind.string
        guard
            scanner.skipValue(kind: &kind, isEscaped: &isEscaped, depth: limits.nesting - 1)
        else { return nil }
        if kind == .string || kind == .object || kind == .array {
            joined = Bytes16(repeating: 0xFF)
        }
        return (scanner.at, kind, isEscaped && kind == .string)
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
