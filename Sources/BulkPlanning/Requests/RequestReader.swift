package import BulkRecords
import MavaAPI

/// Reads what an input asks for, batch by batch, on the caller's thread and one more.
///
/// The batches, their order and the numbers of names are those that ``RequestMapper`` gives for the
/// records one after the other.
package struct RequestReader: ~Copyable {
    /// The columns and tables of all that was handed out; after the last batch, of the whole input.
    package private(set) var mapper: RequestMapper
    private var blocks: BlockReader<RequestBatch>

    /// Takes an input that was opened.
    ///
    /// - Parameters:
    ///   - reader: The reader that opened it, before it has read a record.
    ///   - choices: What is said about the columns beside their names.
    ///   - blockSize: How many bytes are worked on at a time.
    ///   - startThread: Starts the second thread; `nil` for none.
    /// - Throws: ``ColumnError`` when a CSV input's columns cannot serve.
    package init(
        _ reader: consuming RecordReader, choices: ColumnChoices = ColumnChoices(),
        blockSize: Int = BlockReader<RequestBatch>.defaultSize,
        startThread: BlockReader<RequestBatch>.ThreadStart? = BlockReader<RequestBatch>
            .secondThread
    ) throws(ColumnError) {
        mapper = try RequestMapper(
            columns: reader.columns, format: reader.format, choices: choices)
        let columns = mapper.columns
        blocks = BlockReader(reader, size: blockSize, startThread: startThread) {
            RequestBatch(columns: columns)
        }
    }

    /// How the input is written.
    package var format: RecordFormat { blocks.format }

    /// Reads the next batch; one can be empty.
    ///
    /// - Returns: The batch, lent until the next call; `nil` at the end of the input.
    /// - Throws: `ReadError` when reading fails, after all that was read was handed out.
    package mutating func next() throws(ReadError) -> RequestBatch? {
        // The first column of its role keeps its place, whatever columns come later.
        let ticketColumn = format == .jsonLines ? mapper.columns.ticketColumn : nil
        let batch = try blocks.next()
        if format == .jsonLines { mapper.learnColumns(blocks.columns) }
        guard let batch else { return nil }
        batch.firstLine = blocks.origin.line
        batch.firstRow = blocks.origin.number
        batch.endOffset = blocks.endOffset
        batch.join(&mapper, ticketColumn: ticketColumn)
        return batch
    }

    /// Ends the reading and hands over the columns and tables.
    package consuming func finish() -> RequestMapper { mapper }
}
