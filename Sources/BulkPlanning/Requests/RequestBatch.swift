package import BulkPlan
package import BulkRecords
import BulkSystem

/// The changes requested by the records of one block of an input, in the input's order.
///
/// A batch is made on any thread, before the blocks before it are known. So its numbers refer to its own
/// tables at first. ``RequestReader`` lends it out with the numbers of the whole input's tables.
package final class RequestBatch: BlockWork {
    /// The number of records before the batch.
    package internal(set) var firstRow = 0
    /// The line on which the batch starts.
    package internal(set) var firstLine = 0
    /// The start of the batch in the input, in bytes after decompression.
    package internal(set) var startOffset = 0
    /// The end of the batch in the input, in bytes after decompression.
    package internal(set) var endOffset = 0

    /// The requested changes.
    private var rows = RequestRows()
    /// The causes of the first issues of invalid records, by index.
    private var badRows: [(row: Int, code: RowIssue.Code)] = []
    /// The preconditions of records, by index.
    private var expectations: [(row: Int, preconditions: Preconditions)] = []

    /// Each record's results of the selection's comparisons about columns; empty without such comparisons.
    private var results: [ColumnComparisons.Results] = []

    /// Reads the block's records; its tables hold the names of this block and some before, in order of appearance.
    var mapper: RequestMapper
    /// The names' numbers in the whole input's tables.
    private var numbers = NameNumbers()
    /// Whether the last block's names were added to the whole input's tables.
    ///
    /// A block that was read ahead at a place where no record starts has names that the input does not have.
    private var isJoined = false

    /// Makes a batch for an input's columns.
    init(columns: ColumnMap) {
        mapper = RequestMapper(columns: columns)
        mapper.wordsIssues = false
    }

    /// The number of records.
    package var count: Int { rows.count }

    /// The requested changes; an invalid record requests none.
    ///
    /// They are valid until the next batch is read.
    package var requests: UnsafeBufferPointer<RequestedChange> { rows.requests }

    /// The cause of a record's first issue; `nil` when it has none.
    ///
    /// - Parameter row: The record's index in the batch, from 0.
    /// - Returns: The cause, in the order of the record's values.
    package func issueCode(_ row: Int) -> RowIssue.Code? {
        Self.place(of: row, badRows.count) { badRows[$0].row }.map { badRows[$0].code }
    }

    /// Whether any record could not be read.
    var hasMalformed: Bool { badRows.contains { $0.code == .malformedRecord } }

    /// The preconditions of a record; `nil` when it has none.
    ///
    /// - Parameter row: The record's index in the batch, from 0.
    /// - Returns: The preconditions.
    package func preconditions(_ row: Int) -> Preconditions? {
        Self.place(of: row, expectations.count) { expectations[$0].row }
            .map { expectations[$0].preconditions }
    }

    /// A record's results of the comparisons about columns; `nil` when there are no such comparisons.
    func comparisonResults(_ row: Int) -> ColumnComparisons.Results? {
        results.isEmpty ? nil : results[row]
    }

    package func read(_ records: inout RecordReader) {
        results.removeAll(keepingCapacity: true)
        badRows.removeAll(keepingCapacity: true)
        expectations.removeAll(keepingCapacity: true)
        if !mapper.begin(keepingNames: isJoined) { numbers = NameNumbers() }
        isJoined = false
        rows.removeAll()
        // Passed as parameters, because every access to an object's property has an exclusivity check.
        readAll(&records, with: &mapper, into: &rows)
        mapper.survey.delimiterRows += records.delimiterRows
        mapper.survey.fieldCountsForgiven += records.fieldCountsForgiven
    }

    private func readAll(
        _ records: inout RecordReader, with mapper: inout RequestMapper,
        into rows: inout RequestRows
    ) {
        if mapper.selects { return readOneByOne(&records, with: &mapper, into: &rows) }
        records.readTogether(
            canRead: { _, plain in mapper.canReadColumns(of: plain) },
            readTogether: { records, plain in
                read(plain, of: &records, with: &mapper, into: &rows)
            },
            readOne: { records in
                rows.append(read(records.record, at: rows.count, with: &mapper))
                return true
            })
    }

    /// Reads records one by one, because a selection needs each of them.
    private func readOneByOne(
        _ records: inout RecordReader, with mapper: inout RequestMapper,
        into rows: inout RequestRows
    ) {
        while records.advanceInBlock() {
            results.append(mapper.results(of: records.record))
            rows.append(read(records.record, at: rows.count, with: &mapper))
        }
    }

    /// Reads rows of which only the positions of the fields are known.
    ///
    /// - Returns: How many of them were read one by one.
    private func read(
        _ plain: borrowing PlainRows, of records: inout RecordReader,
        with mapper: inout RequestMapper, into rows: inout RequestRows
    ) -> Int {
        let first = rows.count
        let changes = rows.append(plain.count)
        var others = mapper.readColumns(of: plain, into: changes)
        let count = others.nonzeroBitCount
        if count < plain.count { mapper.survey.hasObjectID = true }
        while others != 0 {
            let row = others.trailingZeroBitCount
            others &= others &- 1
            records.setRecord(to: row, of: plain)
            changes[row] = read(records.record, at: first + row, with: &mapper)
        }
        return count
    }

    /// Reads one record, and stores its issue and preconditions under its index.
    @inline(__always)
    private func read(
        _ record: borrowing Record, at row: Int, with mapper: inout RequestMapper
    ) -> RequestedChange {
        guard mapper.map(record) else {
            if let code = mapper.issueCode { badRows.append((row, code)) }
            return RequestedChange(ticket: TicketKey(interned: 0))
        }
        if mapper.request.hasPreconditions { expectations.append((row, mapper.preconditions)) }
        return mapper.request
    }

    /// Replaces the numbers of the batch's tables by those of the whole input's.
    ///
    /// - Parameter all: The whole input's tables, to which new names are added.
    func join(_ all: inout RequestMapper) {
        all.survey.add(mapper.survey)
        if all.otherHeaderLine == nil {
            all.otherHeaderLine = mapper.otherHeaderLine.map { firstLine + $0 }
        }
        if mapper.isMapped {
            all.usedMapLines.merge(mapper.usedMapLines) { $0.union($1) }
        }
        numbers.add(mapper, to: &all)
        isJoined = true
        rows.renumber(numbers)
        for index in expectations.indices { expectations[index].preconditions.renumber(numbers) }
    }

    /// The position of a row in a list sorted by rows.
    private static func place(of row: Int, _ count: Int, _ rowAt: (Int) -> Int) -> Int? {
        let place = (0..<count).partitionPoint { rowAt($0) < row }
        return place < count && rowAt(place) == row ? place : nil
    }
}
