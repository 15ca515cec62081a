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
        let base = UnsafePointer(window.base)
        let start = window.start
        guard base[start] == UInt8(ascii: "{") else { return false }
        let slots = record.storage.pointee.slots
        let capacity = record.storage.pointee.slotCapacity
        record.storage.pointee.forgetDecoded()
        keys.beginObject()
        var at = start + 1
        var count = 0
        var previous = -1
        // All strings' bytes combined with "or": the top bits show whether any is not ASCII.
        var joined = Bytes16(repeating: 0)
        while true {
            guard base[at] == 0x22, count < capacity else { return false }
            var column = keys.follower(of: previous)
            if column < keys.count, keys.matches(column, base + at + 1) {
                at += keys.length(column) + 2
            } else {
                guard let known = knownKey(at, after: previous) else { return false }
                (column, at) = known
            }
            guard keys.mark(column), base[at] == UInt8(ascii: ":") else { return false }
            previous = column
            at += base[at + 1] == 0x20 ? 2 : 1

            let from = at
            var kind = ValueKind.string
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
                    slots[count] = ValueSlot(
                        from: from &- start, to: at &- start, column: column, kind: .string,
                        inset: 1)
                } else {
                    guard let end = anyValue(from, count, column: column, kind: &kind) else {
                        return false
                    }
                    joined = Bytes16(repeating: 0xFF)
                    at = end
                }
            } else if base[at] &- 0x31 < 9, base[at + 1] &- 0x30 >= 10, !isFraction(base[at + 1]) {
                // A number of one digit, such as a priority.
                at += 1
                slots[count] = ValueSlot(
                    from: from &- start, to: at &- start, column: column, kind: .number)
            } else {
                guard let end = anyValue(from, count, column: column, kind: &kind) else {
                    return false
                }
                if kind == .object || kind == .array { joined = Bytes16(repeating: 0xFF) }
                at = end
            }
            count += 1
            if base[at] == UInt8(ascii: ",") {
                at += base[at + 1] == 0x20 ? 2 : 1
                continue
            }
            guard base[at] == UInt8(ascii: "}") else { return false }
            at += 1
            break
        }
        var next = at + 1
        if base[at] != 0x0A {
            guard base[at] == 0x0D, base[at + 1] == 0x0A else { return false }
            next = at + 2
        }
        // No value is longer than the line.
        guard at - start <= min(limits.fieldBytes, limits.recordBytes) else { return false }
        if hasHighBit(joined), firstInvalidUTF8(base + start, count: at - start) != nil {
            return false
        }
        place(start: start, end: at, next: next, lines: 1)
        record.storage.pointee.problem = nil
        record.storage.pointee.isTruncated = false
        record.storage.pointee.count = count
        return true
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

    /// Skips any value, gives it a slot and returns its end; `nil` when it is not valid.
    @inline(never)
    private mutating func anyValue(
        _ at: Int, _ index: Int, column: Int, kind: inout ValueKind
    ) -> Int? {
        var scanner = JSONScanner(UnsafePointer(window.base), from: at, to: window.end)
        var isEscaped = false
        guard
            scanner.skipValue(kind: &kind, isEscaped: &isEscaped, depth: limits.nesting - 1)
        else { return nil }
        record.storage.pointee.slots[index] = ValueSlot(
            from: at - window.start, to: scanner.at - window.start, column: column, kind: kind,
            inset: kind == .string ? 1 : 0, isEscaped: isEscaped && kind == .string)
        return scanner.at
    }
}
