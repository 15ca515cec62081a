import CLibrary

extension RecordReader {
    /// Makes a reader for blocks of an input that another reader has opened.
    ///
    /// It knows the other reader's columns, under the same numbers.
    ///
    /// - Parameters:
    ///   - other: The reader that opened the input.
    ///   - size: The usual size of a block in bytes.
    init(blocksOf other: borrowing RecordReader, size: Int) {
        limits = other.limits
        format = other.format
        delimiter = other.delimiter
        window = ByteWindow(
            name: other.inputName, size: size, findings: other.window.findings)
        csv = other.csv
        record.storage.pointee.columnNames = other.columns
        record.storage.pointee.reserveSlots(other.csv.fieldCount ?? 0)
        for column in 0..<other.keys.count {
            other.keys.withKey(column) { key, length in _ = keys.add(key, count: length) }
        }
    }

    /// Moves to the first byte of the block in the window.
    ///
    /// Lines and records are counted from there: the first line is 0, the first record 1.
    ///
    /// - Parameter isSkippingLine: Whether the block starts in the middle of a line to be skipped.
    mutating func beginBlock(isSkippingLine: Bool) {
        window.rewind()
        line = 0
        record.storage.pointee.position.number = 0
        self.isSkippingLine = isSkippingLine
        csv.cursor = SpecialCursor(at: 0)
        delimiterRows = 0
        fieldCountsForgiven = 0
    }

    /// Reads the next record of a block, as ``advance()`` does for an input.
    ///
    /// The record's number and lines are counted from the block's start. Its byte offset is the
    /// input's.
    ///
    /// - Returns: `false` when the block holds no further complete record.
    package mutating func advanceInBlock() -> Bool {
        if case .record = step() { return true }
        return false
    }

    /// Moves past the next line of a block without parsing it, for readers that know the lines'
    /// form.
    ///
    /// - Returns: The line without its line feed, valid until the next call. The result is `nil`
    ///   when the block holds no further complete line. It is also `nil` for a line longer than a
    ///   record may be, which ``advanceInBlock()`` handles.
    package mutating func nextLine() -> UnsafeRawBufferPointer? {
        if isSkippingLine, !skipLine() { return nil }
        let start = window.start
        let rest = window.end - start
        let base = UnsafeRawPointer(window.base + start)
        guard rest > 0 else { return nil }
        let feed = memchr(base, 0x0A, rest).map { UnsafeRawPointer($0) - base }
        guard feed != nil || window.isFinal, case let length = feed ?? rest,
            length <= limits.recordBytes
        else { return nil }
        window.start = start + length + (feed == nil ? 0 : 1)
        line += 1
        record.storage.pointee.position.number += 1
        return UnsafeRawBufferPointer(start: base, count: length)
    }

    /// Moves past the next line of a block if that begins an object, without parsing it.
    ///
    /// It is for lines that were found to be objects before.
    ///
    /// - Returns: The line's number, counted from the block's start; `nil` when the next line does
    ///   not begin with a brace, or as ``nextLine()`` says.
    package mutating func passObject() -> Int? {
        guard format == .jsonLines, !isSkippingLine, window.start < window.end,
            window.base[window.start] == UInt8(ascii: "{"), nextLine() != nil
        else { return nil }
        return line - 1
    }

    /// Where the block in the window starts, as an offset in the input in bytes.
    package var blockOffset: Int { window.baseOffset }

    /// Whether the block was read to its last byte, and the next one starts with a record.
    var isAtBlockEnd: Bool { window.start == window.end && !isSkippingLine }

    /// Adds the columns that another reader has seen, in that reader's order.
    ///
    /// - Parameters:
    ///   - other: The other reader.
    ///   - first: The first of its columns that may be new.
    /// - Returns: `false`, with nothing added, when there would be more columns than allowed.
    mutating func learnColumns(of other: borrowing RecordReader, from first: Int) -> Bool {
        var new: [Int] = []
        var nameBytes = keys.nameBytes
        for column in first..<other.keys.count {
            let length = other.keys.length(column)
            let isKnown = other.keys.withKey(column) { key, _ in
                keys.find(key, count: length) != nil
            }
            if isKnown { continue }
            new.append(column)
            nameBytes += length
        }
        guard keys.count + new.count <= limits.columns, nameBytes <= limits.recordBytes else {
            return false
        }
        for column in new {
            other.keys.withKey(column) { key, length in _ = keys.add(key, count: length) }
            record.storage.pointee.columnNames.append(other.columns[column])
        }
        return true
    }
}
