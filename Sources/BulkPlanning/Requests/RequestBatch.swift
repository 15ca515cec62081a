package import BulkRecords

/// What the records of one block of an input ask for, in the input's order.
///
/// A batch is worked out on any thread, before it is known what stands before its block: so it names
/// things by numbers of its own tables at first. ``RequestReader`` lends it out with the numbers of the
/// whole input's.
package final class RequestBatch: BlockWork {
    /// How many records there are.
    package private(set) var count = 0
    /// The line at which the batch's block starts.
    package internal(set) var firstLine = 1
    /// How many records come before the batch.
    package internal(set) var firstRow = 0
    /// Where the batch ends in the input, in bytes after decompression.
    package internal(set) var endOffset = 0

    /// What the records ask for; nothing, where they cannot be understood.
    private var requests: UnsafeMutablePointer<RequestedChange>
    /// The lines at which they start, counted from the block's first.
    private var lines: UnsafeMutablePointer<UInt32>
    private var capacity = 1024
    /// What is wrong with records that cannot be understood, by their index.
    private var badRows: [(row: Int, issues: [RowIssue])] = []
    /// What records expect, by their index.
    private var expectations: [(row: Int, preconditions: Preconditions)] = []

    /// Reads the block's records; its tables hold the names of this block, as met in it.
    var mapper: RequestMapper
    /// Whether the input named an ObjectId before this block.
    var followsObjectID = false

    /// Makes a batch for an input's columns.
    init(columns: ColumnMap) {
        mapper = RequestMapper(columns: columns)
        requests = .allocate(capacity: capacity)
        lines = .allocate(capacity: capacity)
    }

    deinit {
        requests.deallocate()
        lines.deallocate()
    }

    /// What a record asks for; it asks for no change when it cannot be understood.
    ///
    /// - Parameter row: The record's place in the batch, from 0.
    /// - Returns: What it asks for.
    @inline(__always)
    package func request(_ row: Int) -> RequestedChange {
        precondition(row >= 0 && row < count, "a batch's records are numbered from 0")
        return requests[row]
    }

    /// The line at which a record starts; 1 is the input's first.
    ///
    /// - Parameter row: The record's place in the batch, from 0.
    /// - Returns: The line.
    package func line(_ row: Int) -> Int {
        precondition(row >= 0 && row < count, "a batch's records are numbered from 0")
        return firstLine + Int(lines[row])
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

    package func read(_ records: inout RecordReader) {
        count = 0
        badRows.removeAll(keepingCapacity: true)
        expectations.removeAll(keepingCapacity: true)
        mapper.begin(followsObjectID: followsObjectID)
        while records.advanceInBlock() {
            let isUnderstood = mapper.map(records.record)
            if count == capacity { grow() }
            lines[count] = UInt32(truncatingIfNeeded: records.record.position.line)
            if isUnderstood {
                requests[count] = mapper.request
                if mapper.request.hasPreconditions {
                    expectations.append((count, mapper.preconditions))
                }
            } else {
                requests[count] = RequestedChange(ticket: TicketKey(interned: 0))
                badRows.append((count, mapper.issues))
            }
            count += 1
        }
    }

    /// Replaces the numbers of the batch's tables by those of the whole input's.
    ///
    /// - Parameters:
    ///   - all: The whole input's tables, to which what is new is added.
    ///   - ticketColumn: Of JSON Lines, the first key of the records before that names a ticket.
    func join(_ all: inout RequestMapper, ticketColumn: String?) {
        let numbers = NameNumbers(of: mapper, in: &all)
        for row in 0..<count { requests[row].renumber(numbers) }
        for index in expectations.indices { expectations[index].preconditions.renumber(numbers) }
        guard let ticketColumn else { return }
        for index in badRows.indices {
            for issue in badRows[index].issues.indices
            where badRows[index].issues[issue].code == .ticketIDMissing {
                badRows[index].issues[issue].column = ticketColumn
            }
        }
    }

    private func grow() {
        let moreRequests = UnsafeMutablePointer<RequestedChange>.allocate(capacity: capacity * 2)
        moreRequests.moveInitialize(from: requests, count: count)
        requests.deallocate()
        requests = moreRequests
        let moreLines = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2)
        moreLines.moveInitialize(from: lines, count: count)
        lines.deallocate()
        lines = moreLines
        capacity *= 2
    }

    /// The place of a row in a list that is sorted by rows.
    private static func place(of row: Int, _ count: Int, _ rowAt: (Int) -> Int) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if rowAt(middle) < row { low = middle + 1 } else { high = middle }
        }
        return low < count && rowAt(low) == row ? low : nil
    }
}
