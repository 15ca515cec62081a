/// Reads an input whole, in chunks and by blocks, and traps unless all give the same, sensible records.
///
/// The first byte chooses the sizes and the limits, so that the fuzzer can reach them.
///
/// - Parameters:
///   - bytes: The fuzzer's input.
///   - format: How the rest of it is to be read.
///   - check: Looks at each record.
func readTwice(
    _ bytes: UnsafeBufferPointer<UInt8>, format: RecordFormat,
    check: (borrowing Record) -> Void = { _ in }
) {
    guard let choice = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let limits =
        choice & 0x80 == 0
        ? RecordLimits() : RecordLimits(fieldBytes: 16, recordBytes: 48, nesting: 4, columns: 5)
    let chunkSize = 1 + Int(choice & 0x1F)
    do {
        var whole = try RecordReader(
            ByteSource(bytes: input, chunkSize: 32 * 1024), format: format, limits: limits)
        var parts = try RecordReader(
            ByteSource(bytes: input, chunkSize: chunkSize), format: format, limits: limits)
        var blocks = BlockRecords(
            try RecordReader(
                ByteSource(bytes: input, chunkSize: 32 * 1024), format: format, limits: limits),
            size: chunkSize)
        var last = RecordPosition(number: 0, line: 0, byteOffset: -1)
        while try whole.advance() {
            let isThere = try parts.advance()
            hold(isThere, "chunks lose a record")
            hold(isSame(whole.record, parts.record), "chunks change a record")
            let kept = try blocks.next()
            hold(kept == KeptRecord(whole.record), "blocks change a record")
            let position = whole.record.position
            hold(position.number == last.number + 1, "a number is left out")
            hold(
                position.line > last.line && position.byteOffset > last.byteOffset,
                "a record starts before the one before it")
            // Two bytes of UTF-16 can become three of UTF-8, in which offsets are counted.
            hold(position.byteOffset < 2 * input.count, "a record starts behind the end")
            hold(
                whole.record.problem == nil || whole.record.count == 0,
                "a record with a problem has values")
            last = position
            check(whole.record)
        }
        let isMore = try parts.advance()
        hold(!isMore, "chunks add a record")
        hold(whole.columns == parts.columns, "chunks change the columns")
        let isOneMore = try blocks.next() != nil
        hold(!isOneMore, "blocks add a record")
        hold(whole.columns == blocks.columns, "blocks change the columns")
    } catch {
        // Some inputs cannot be read at all: gzip data, UTF-16, a broken header.
        hold(!error.message.isEmpty, "an error says nothing")
    }
}

private func isSame(_ one: borrowing Record, _ other: borrowing Record) -> Bool {
    guard one.position == other.position, one.problem == other.problem, one.count == other.count,
        one.isTruncated == other.isTruncated, one.rawBytes.elementsEqual(other.rawBytes)
    else { return false }
    for index in 0..<one.count {
        guard one.kind(of: index) == other.kind(of: index),
            one.column(of: index) == other.column(of: index),
            one.bytes(of: index).elementsEqual(other.bytes(of: index)),
            one.rawBytes(of: index).elementsEqual(other.rawBytes(of: index))
        else { return false }
    }
    return true
}

/// What a record says, kept.
private struct KeptRecord: Equatable {
    struct Value: Equatable {
        var kind: ValueKind
        var column: String
        var text: [UInt8]
        var raw: [UInt8]
    }

    var position: RecordPosition
    var problem: RecordProblem?
    var isTruncated: Bool
    var raw: [UInt8]
    var values: [Value] = []

    init(_ record: borrowing Record) {
        position = record.position
        problem = record.problem
        isTruncated = record.isTruncated
        raw = Array(record.rawBytes)
        let columns = record.columns
        for index in 0..<record.count {
            values.append(
                Value(
                    kind: record.kind(of: index), column: columns[record.column(of: index)],
                    text: Array(record.bytes(of: index)), raw: Array(record.rawBytes(of: index))))
        }
    }

    /// Counts lines and records from the input's start instead of a block's.
    mutating func move(line: Int, number: Int) {
        position.line += line
        position.number += number
        problem?.line += line
    }
}

/// The records of an input that is read by blocks, ahead of their turn, and plain rows as such.
private struct BlockRecords: ~Copyable {
    private final class Work: BlockWork {
        var records: [KeptRecord] = []

        func read(_ records: inout RecordReader) {
            self.records = []
            var plain = PlainRows(of: records)
            while true {
                if plain.hasOutgrown(records) { plain = PlainRows(of: records) }
                records.findPlainRows(&plain)
                for row in 0..<plain.count {
                    records.setRecord(to: row, of: plain)
                    self.records.append(KeptRecord(records.record))
                }
                records.pass(plain)
                guard records.advanceInBlock() else { return }
                self.records.append(KeptRecord(records.record))
            }
        }
    }

    private var blocks: BlockReader<Work>
    private var waiting: ArraySlice<KeptRecord> = []

    init(_ reader: consuming RecordReader, size: Int) {
        blocks = BlockReader(
            reader, size: size, ahead: 4, startThread: { _ in nil }, makeWork: { Work() })
    }

    var columns: [String] { blocks.columns }

    mutating func next() throws(ReadError) -> KeptRecord? {
        while waiting.isEmpty {
            guard let work = try blocks.next() else { return nil }
            waiting = work.records[...]
        }
        var record = waiting.removeFirst()
        record.move(line: blocks.origin.line, number: blocks.origin.number)
        return record
    }
}
