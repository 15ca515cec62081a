import BulkRecords

/// A copy of what a reader returned for one record.
struct SeenRecord: Hashable, CustomStringConvertible {
    var position: RecordPosition
    var problem: RecordProblem?
    var raw: String
    var isTruncated: Bool
    /// Column, kind, decoded text, text as written.
    var values: [Value]

    struct Value: Hashable {
        var column: String
        var kind: ValueKind
        var text: String
        var raw: String
    }

    /// Copies a record.
    init(_ record: borrowing Record) {
        position = record.position
        problem = record.problem
        raw = record.rawText
        isTruncated = record.isTruncated
        let columns = record.columns
        values = []
        for index in 0..<record.count {
            values.append(
                Value(
                    column: columns[record.column(of: index)], kind: record.kind(of: index),
                    text: record.text(of: index), raw: record.rawText(of: index)))
        }
    }

    /// The record on one line: its texts joined with `|`, or `!cause@line`.
    var description: String {
        if let problem { return "!\(problem.code.rawValue)@\(problem.line)" }
        return values.map(\.text).joined(separator: "|")
    }
}

/// All records of an input.
struct SeenInput: Hashable {
    var columns: [String]
    var records: [SeenRecord]

    /// Reads an input.
    init(
        _ bytes: [UInt8], format: RecordFormat? = nil, name: String = "input",
        delimiter: UInt8? = nil, limits: RecordLimits = RecordLimits(),
        chunkSize: Int = ByteSource.defaultChunkSize
    ) throws {
        var reader = try RecordReader(
            ByteSource(bytes: bytes, name: name, chunkSize: chunkSize), format: format,
            delimiter: delimiter, limits: limits)
        var seen: [SeenRecord] = []
        try reader.forEach { record in seen.append(SeenRecord(record)) }
        columns = reader.columns
        records = seen
    }

    /// Reads an input in blocks.
    ///
    /// - Parameters:
    ///   - blocks: The reader that returns the blocks.
    ///   - records: Returns a block's records, counted from its start.
    /// - Throws: What reading throws.
    init<Work>(
        _ blocks: inout BlockReader<Work>, _ records: (Work) -> [SeenRecord]
    ) throws {
        var seen: [SeenRecord] = []
        while let work = try blocks.next() {
            for record in records(work) {
                var record = record
                record.position.number += blocks.origin.number
                record.position.line += blocks.origin.line
                record.problem?.line += blocks.origin.line
                seen.append(record)
            }
        }
        columns = blocks.columns
        self.records = seen
    }

    /// The records, one line each.
    var lines: [String] { records.map(\.description) }
}

/// The chunk sizes at which every case of a table is read, besides the whole input.
let chunkSizes = [1, 2, 7, 4096]

/// Reads an input whole and in chunks of every size, and checks that all results are equal.
func readInEveryWay(
    _ bytes: [UInt8], format: RecordFormat? = nil, name: String = "input",
    delimiter: UInt8? = nil, limits: RecordLimits = RecordLimits()
) throws -> (whole: SeenInput, isSameInChunks: Bool) {
    let whole = try SeenInput(
        bytes, format: format, name: name, delimiter: delimiter, limits: limits)
    let isSame = try chunkSizes.allSatisfy { size in
        try SeenInput(
            bytes, format: format, name: name, delimiter: delimiter, limits: limits,
            chunkSize: size) == whole
    }
    return (whole, isSame)
}
