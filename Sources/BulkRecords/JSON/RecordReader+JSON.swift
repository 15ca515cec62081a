// The JSON Lines scanner. Before you change it: a line is scanned only when it is complete in
// memory, so nothing here waits for more. The byte after the line is a line break or zero, at which
// every step of the scanner stops.

extension RecordReader {
    /// Looks for the next JSON line at the window's start.
    mutating func scanLine() -> ScanStep {
        scanPlainLine() ? .record : scanAnyLine()
    }

    private mutating func scanAnyLine() -> ScanStep {
        let base = UnsafePointer(window.base)
        while true {
            let start = window.start
            var isForeign = false
            let found = window.lineBreak(from: start, isForeign: &isForeign)
            if found >= window.end, !window.isFinal {
                return window.end - start > limits.recordBytes
                    ? tooLong(start: start, end: window.end, next: nil) : .needsMore
            }
            var next = found
            if found < window.end {
                guard let after = window.afterBreak(found) else { return .needsMore }
                next = after
            }
            // This also applies to blank lines. If the window cuts off a line, it is not known yet
            // whether it is blank.
            if found - start > limits.recordBytes {
                return tooLong(start: start, end: found, next: next)
            }
            var scanner = JSONScanner(base, from: start, to: found)
            scanner.skipBlanks()
            if scanner.at == found {
                if found == window.end {
                    window.start = found
                    return .end
                }
                // A blank line is not a record.
                window.start = next
                line += 1
                continue
            }
            if isForeign, let invalid = firstInvalidUTF8(base + start, count: found - start) {
                return finish(
                    RecordProblem(
                        .invalidUTF8, byteOffset: window.baseOffset + start + invalid, line: line),
                    start: start, end: found, next: next, lines: 1)
            }
            return scanObject(&scanner, start: start, next: next)
        }
    }

    private mutating func tooLong(start: Int, end: Int, next: Int?) -> ScanStep {
        let problem = RecordProblem(
            .recordTooLong, byteOffset: window.baseOffset + start, line: line,
            expected: limits.recordBytes)
        isSkippingLine = next == nil
        return finish(
            problem, start: start, end: end, next: next ?? end, lines: next == nil ? 0 : 1)
    }

    /// Reads the object of one line.
    private mutating func scanObject(
        _ scanner: inout JSONScanner, start: Int, next: Int
    ) -> ScanStep {
        let end = scanner.end
        record.storage.pointee.forgetDecoded()
        if let problem = scanMembers(&scanner, start: start) {
            return finish(problem, start: start, end: end, next: next, lines: 1)
        }
        let fields = record.count
        place(start: start, end: end, next: next, lines: 1)
        record.storage.pointee.problem = nil
        record.storage.pointee.isTruncated = false
        record.storage.pointee.count = fields
        return .record
    }

    /// Reads the members of one line's object into the record's slots.
    private mutating func scanMembers(_ scanner: inout JSONScanner, start: Int) -> RecordProblem? {
        let base = scanner.base
        keys.beginObject()
        var count = 0
        var previous = -1
        record.storage.pointee.count = 0
        guard scanner.byte == UInt8(ascii: "{") else {
            _ = scanner.fail(.notAnObject)
            return problem(scanner)
        }
        scanner.at += 1
        scanner.skipBlanks()
        if scanner.byte == UInt8(ascii: "}") {
            scanner.at += 1
        } else {
            while true {
                guard scanner.byte == 0x22 else {
                    _ = scanner.fail(.invalidJSON)
                    return problem(scanner)
                }
                let keyStart = scanner.at
                var column = keys.follower(of: previous)
                if column < keys.count, keys.matches(column, base + keyStart + 1) {
                    scanner.at += keys.length(column) + 2
                } else {
                    guard let found = scanKey(&scanner) else { return problem(scanner) }
                    column = found
                    keys.setFollower(of: previous, to: column)
                }
                guard keys.mark(column) else {
                    scanner.at = keyStart
                    _ = scanner.fail(.duplicateKey)
                    return problem(scanner)
                }
                previous = column

                scanner.skipBlanks()
                guard scanner.byte == UInt8(ascii: ":") else {
                    _ = scanner.fail(.invalidJSON)
                    return problem(scanner)
                }
                scanner.at += 1
                scanner.skipBlanks()
                let from = scanner.at
                var kind = ValueKind.null
                var isEscaped = false
                guard
                    scanner.skipValue(
                        kind: &kind, isEscaped: &isEscaped, depth: limits.nesting - 1)
                else { return problem(scanner) }
                if scanner.at - from > limits.fieldBytes {
                    scanner.at = from
                    _ = scanner.fail(.fieldTooLong)
                    return problem(scanner)
                }
                if count == record.storage.pointee.slotCapacity {
                    record.storage.pointee.reserveSlots(count + 1)
                }
                record.storage.pointee.slots[count] = ValueSlot(
                    from: from - start, to: scanner.at - start, column: column, kind: kind,
                    inset: kind == .string ? 1 : 0, isEscaped: isEscaped && kind == .string)
                count += 1
                scanner.skipBlanks()
                if scanner.byte == UInt8(ascii: ",") {
                    scanner.at += 1
                    scanner.skipBlanks()
                    continue
                }
                guard scanner.byte == UInt8(ascii: "}") else {
                    _ = scanner.fail(.invalidJSON)
                    return problem(scanner)
                }
                scanner.at += 1
                break
            }
        }
        scanner.skipBlanks()
        guard scanner.at == scanner.end else {
            _ = scanner.fail(.trailingGarbage)
            return problem(scanner)
        }
        record.storage.pointee.count = count
        return nil
    }

    /// Scans a key that is not the expected one and returns its column, added if it is new.
    private mutating func scanKey(_ scanner: inout JSONScanner) -> Int? {
        let start = scanner.at
        var isEscaped = false
        guard scanner.skipString(isEscaped: &isEscaped) else { return nil }
        let written = UnsafeBufferPointer(
            start: scanner.base + start + 1, count: scanner.at - start - 2)
        guard isEscaped else { return column(of: written, &scanner, at: start) }
        var decoded = ByteBuffer(capacity: written.count)
        JSONText.decode(written, into: &decoded)
        return column(
            of: UnsafeBufferPointer(start: UnsafePointer(decoded.base), count: decoded.count),
            &scanner, at: start)
    }

    private mutating func column(
        of key: UnsafeBufferPointer<UInt8>, _ scanner: inout JSONScanner, at start: Int
    ) -> Int? {
        let bytes = key.baseAddress ?? scanner.base
        if let known = keys.find(bytes, count: key.count) { return known }
        guard keys.count < limits.columns, keys.nameBytes + key.count <= limits.recordBytes,
            key.count <= limits.fieldBytes
        else {
            scanner.at = start
            _ = scanner.fail(key.count > limits.fieldBytes ? .fieldTooLong : .tooManyColumns)
            return nil
        }
        record.storage.pointee.columnNames.append(String(decoding: key, as: UTF8.self))
        return keys.add(bytes, count: key.count)
    }

    /// The problem at which a scan stopped.
    private func problem(_ scanner: JSONScanner) -> RecordProblem {
        let expected =
            switch scanner.failure {
            case .nestingTooDeep: limits.nesting
            case .fieldTooLong: limits.fieldBytes
            case .tooManyColumns: limits.columns
            default: 0
            }
        var problem = RecordProblem(
            scanner.failure, byteOffset: window.baseOffset + scanner.at, line: line,
            expected: expected)
        problem.isInJSON = true
        return problem
    }
}
