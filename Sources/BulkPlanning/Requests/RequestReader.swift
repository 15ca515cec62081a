package import BulkRecords
import MavaAPI

/// Reads the changes that an input requests, batch by batch, on the caller's thread and one more.
///
/// The batches, their order and the numbers of names are the same as if one ``RequestMapper`` had read all
/// records in order.
package struct RequestReader: ~Copyable {
    /// The columns and tables of all batches returned so far; after the last batch, of the whole input.
    package private(set) var mapper: RequestMapper
    private var blocks: BlockReader<RequestBatch>

    /// Reads an open input.
    ///
    /// - Parameters:
    ///   - reader: The reader that opened the input and has not read a record yet.
    ///   - choices: The options about the columns.
    ///   - blockSize: The number of bytes processed at a time.
    ///   - startThread: Starts the second thread; `nil` for none.
    /// - Throws: ``ColumnError`` when a CSV input's columns are unusable.
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

    /// The input's format.
    package var format: RecordFormat { blocks.format }

    /// Reads the next batch, which can be empty.
    ///
    /// - Returns: The batch, lent until the next call; `nil` at the end of the input.
    /// - Throws: `ReadError` when reading fails, after everything read before was returned.
    package mutating func next() throws(ReadError) -> RequestBatch? {
        let batch = try blocks.next()
        if format == .jsonLines { mapper.learnColumns(blocks.columns) }
        guard let batch else { return nil }
        batch.firstRow = blocks.origin.number
        batch.firstLine = blocks.origin.line
        batch.startOffset = blocks.startOffset
        batch.endOffset = blocks.endOffset
        batch.join(&mapper)
        return batch
    }

    /// Ends the reading and returns the columns and tables.
    package consuming func finish() -> RequestMapper { mapper }
}
