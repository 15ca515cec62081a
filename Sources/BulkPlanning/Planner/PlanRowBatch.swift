import BulkRecords
import BulkSystem

/// The lines that a plan has for the records of one block of its input.
///
/// Two threads write blocks, each before the blocks before it are known. So a block's first row is looked up by where
/// the block starts.
final class PlanRowBatch: BlockWork {
    /// Where the block starts; `nil` when the first reading saw no block there.
    private(set) var start: BlockStarts.Start?
    /// The number of rows.
    private(set) var count = 0
    /// The rows' lines.
    var lines = OutputBuffer()

    private let starts: BlockStarts
    private let rows: DecidedRows
    private var writer: PlanRowWriter
    /// Reads records again, to say what is wrong with them.
    private var mapper: RequestMapper

    /// Makes a batch for an input's columns.
    init(
        _ rows: DecidedRows, _ writer: PlanRowWriter, startingAt starts: BlockStarts,
        columns: ColumnMap
    ) {
        self.rows = rows
        self.writer = writer
        self.starts = starts
        mapper = RequestMapper(columns: columns)
        mapper.ticketColumn = rows.draft.pointee.naming.columns.ticketColumn
    }

    /// What was found out about the rows.
    var findings: [PlanRowWriter.Finding] { writer.findings }
    /// What is wrong with the rows that cannot be understood.
    var foundIssues: [PlanRowWriter.FoundIssue] { writer.foundIssues }

    func read(_ records: inout RecordReader) {
        count = 0
        lines.removeAll()
        start = starts.start(at: records.blockOffset)
        // Where no block starts, this one is read again in its turn, or the file has changed.
        guard let start else { return }
        _ = mapper.begin(keepingNames: true)
        mapper.firstLine = start.line
        // Passed as parameters, because every access to an object's property has an exclusivity check.
        count = writeAll(&records, from: start, with: &writer, &mapper, to: &lines)
    }

    /// Writes the rows of all records.
    ///
    /// - Returns: The number of rows.
    private func writeAll(
        _ records: inout RecordReader, from start: BlockStarts.Start,
        with writer: inout PlanRowWriter, _ mapper: inout RequestMapper,
        to lines: inout OutputBuffer
    ) -> Int {
        let total = rows.count
        var index = start.row
        writer.begin(atRow: index)
        var plain = PlainRows(of: records)
        let findsFields = !plain.areObjects
        let skipsLines = writer.canSkipLines
        while true {
            // The ends of the fields are enough for a row without cells, and most rows of CSV are found together.
            while findsFields {
                records.findPlainRows(&plain)
                guard index + plain.count <= total else { return index + plain.count - start.row }
                for row in 0..<plain.count {
                    let line = start.line + plain.firstLine + row
                    if writer.keepsNothing(ofRow: index) {
                        writer.write(line: line, index, to: &lines)
                    } else {
                        records.setRecord(to: row, of: plain)
                        writer.write(records.record, line: line, index, &mapper, to: &lines)
                    }
                    index += 1
                }
                records.pass(plain)
                guard plain.isFull else { break }
            }
            for _ in 0..<RecordReader.patience {
                if skipsLines, index < total, writer.keepsNothing(ofRow: index),
                    let line = records.passObject()
                {
                    writer.write(line: start.line + line, index, to: &lines)
                } else {
                    guard records.advanceInBlock() else { return index - start.row }
                    guard index < total else { return index - start.row + 1 }
                    let line = start.line + records.record.position.line
                    writer.write(records.record, line: line, index, &mapper, to: &lines)
                }
                index += 1
            }
        }
    }
}
