package import BulkPlan
package import BulkRecords
import BulkSystem

/// What the records of one block of an input ask for, in the input's order.
///
/// A batch is worked out on any thread, before it is known what stands before its block: so it names
/// things by numbers of its own tables at first. ``RequestReader`` lends it out with the numbers of the
/// whole input's.
package final class RequestBatch: BlockWork {
    /// The line at which the batch's block starts.
    package internal(set) var firstLine = 1
    /// How many records come before the batch.
    package internal(set) var firstRow = 0
    /// Where the batch ends in the input, in bytes after decompression.
    package internal(set) var endOffset = 0

    /// What the records ask for, and where they start.
    private var rows = RequestRows()
    /// What is wrong with records that cannot be understood, by their index.
    private var badRows: [(row: Int, issues: [RowIssue])] = []
    /// What records expect, by their index.
    private var expectations: [(row: Int, preconditions: Preconditions)] = []

    /// The results of a selection's comparisons about columns, one of each record; empty without such.
    private var results: [ColumnComparisons.Results] = []

    /// Reads the block's records; its tables hold the names of this block, as met in it.
    var mapper: RequestMapper

    /// How many records are read one by one after one that was not plain: where one is not, the next
    /// ones most likely are not either.
    private static let patience = 4

    /// Makes a batch for an input's columns.
    init(columns: ColumnMap) {
        mapper = RequestMapper(columns: columns)
    }

    /// How many records there are.
    package var count: Int { rows.count }

    /// What the records ask for; one that cannot be understood asks for no change.
    ///
    /// They lie there until the next batch is read.
    package var requests: UnsafeBufferPointer<RequestedChange> { rows.requests }

    /// The line at which a record starts; 1 is the input's first.
    ///
    /// - Parameter row: The record's place in the batch, from 0.
    /// - Returns: The line.
    package func line(_ row: Int) -> Int {
        firstLine + rows.line(row)
    }

    /// What is wrong with a record; empty when nothing is.
    ///
    /// - Parameter row: The record's place in the batch, from 0.
    /// - Returns: The issues, in the order of its values.
    package func issues(_ row: Int) -> [RowIssue] {
        Self.place(of: row, badRows.count) { badRows[$0].row }.map { badRows[$0].issues } ?? []
    }

    /// What a record expects of its ticket; `nil` when it expects nothing.
    ///
    /// - Parameter row: The record's place in the batch, from 0.
    /// - Returns: What it expects.
    package func preconditions(_ row: Int) -> Preconditions? {
        Self.place(of: row, expectations.count) { expectations[$0].row }
            .map { expectations[$0].preconditions }
    }

    /// The results of the comparisons that ask about a record's columns; `nil` when none does.
    func comparisonResults(_ row: Int) -> ColumnComparisons.Results? {
        results.isEmpty ? nil : results[row]
    }

    package func read(_ records: inout RecordReader) {
        results.removeAll(keepingCapacity: true)
        badRows.removeAll(keepingCapacity: true)
        expectations.removeAll(keepingCapacity: true)
        mapper.begin()
        rows.removeAll()
        // Taken out of the object for the loop: what is in it is checked with every access.
        readAll(&records, with: &mapper, into: &rows)
        mapper.survey.delimiterRows += records.delimiterRows
        mapper.survey.fieldCountsForgiven += records.fieldCountsForgiven
    }

    private func readAll(
        _ records: inout RecordReader, with mapper: inout RequestMapper,
        into rows: inout RequestRows
    ) {
        if mapper.selects { return readOneByOne(&records, with: &mapper, into: &rows) }
        var plain = PlainRows(of: records)
        while true {
            // Rows are read by their fields' places alone as long as that goes well.
            if mapper.canReadByPlace(plain) {
                repeat {
                    records.findPlainRows(&plain)
                    read(plain, of: &records, with: &mapper, into: &rows)
                    records.pass(plain)
                } while plain.isFull
            }
            for _ in 0..<Self.patience {
                guard records.advanceInBlock() else { return }
                let line = records.record.position.line
                let change = read(records.record, at: rows.count, with: &mapper)
                rows.append(change, line: line)
            }
        }
    }

    /// Reads records of which each is looked at for a selection.
    private func readOneByOne(
        _ records: inout RecordReader, with mapper: inout RequestMapper,
        into rows: inout RequestRows
    ) {
        while records.advanceInBlock() {
            let line = records.record.position.line
            results.append(mapper.results(of: records.record))
            rows.append(read(records.record, at: rows.count, with: &mapper), line: line)
        }
    }

    /// Reads rows of which only the fields' places are known.
    private func read(
        _ plain: borrowing PlainRows, of records: inout RecordReader,
        with mapper: inout RequestMapper, into rows: inout RequestRows
    ) {
        let first = rows.count
        let changes = rows.append(plain.count, firstLine: plain.firstLine)
        var others = mapper.readByPlace(plain, into: changes)
        if others.nonzeroBitCount < plain.count { mapper.survey.hasObjectID = true }
        while others != 0 {
            let row = others.trailingZeroBitCount
            others &= others &- 1
            records.take(row, of: plain)
            changes[row] = read(records.record, at: first + row, with: &mapper)
        }
    }

    /// Reads one record, and notes what is wrong with it and what it expects under its index.
    @inline(__always)
    private func read(
        _ record: borrowing Record, at row: Int, with mapper: inout RequestMapper
    ) -> RequestedChange {
        if record.problem == nil, let change = mapper.changeByPlace(record) { return change }
        guard mapper.map(record) else {
            badRows.append((row, mapper.issues))
            return RequestedChange(ticket: TicketKey(interned: 0))
        }
        if mapper.request.hasPreconditions { expectations.append((row, mapper.preconditions)) }
        return mapper.request
    }

    /// Replaces the numbers of the batch's tables by those of the whole input's.
    ///
    /// - Parameters:
    ///   - all: The whole input's tables, to which what is new is added.
    ///   - ticketColumn: Of JSON Lines, the first key of the records before that names a ticket.
    func join(_ all: inout RequestMapper, ticketColumn: String?) {
        all.survey.add(mapper.survey)
        if mapper.isMapped {
            all.usedMapLines.merge(mapper.usedMapLines) { $0.union($1) }
        }
        let numbers = NameNumbers(of: mapper, in: &all)
        rows.renumber(numbers)
        for index in expectations.indices { expectations[index].preconditions.renumber(numbers) }
        guard let ticketColumn else { return }
        for index in badRows.indices {
            for issue in badRows[index].issues.indices
            where badRows[index].issues[issue].code == .ticketIDMissing {
                badRows[index].issues[issue].column = ticketColumn
            }
        }
    }

    /// The place of a row in a list that is sorted by rows.
    private static func place(of row: Int, _ count: Int, _ rowAt: (Int) -> Int) -> Int? {
        let place = (0..<count).partitionPoint { rowAt($0) < row }
        return place < count && rowAt(place) == row ? place : nil
    }
}
