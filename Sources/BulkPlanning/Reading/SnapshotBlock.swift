import BulkRecords

/// The values of wanted tickets in the lines of one block of a snapshot.
///
/// A block is processed on any thread, so it numbers its values itself. These numbers are replaced when the
/// block is merged, in the snapshot's order. So that order decides which of two readings of one ticket
/// counts, as if one thread had read them all.
final class SnapshotBlock: BlockWork {
    /// The reason why the snapshot is unusable, and its line, counted from 0 in the block.
    private(set) var failure: (line: Int, message: String)?
    /// Whether any line so far names an ObjectId.
    var hasObjectID: Bool { reader.hasObjectID }
    /// The first id of another form in the block, and its line, counted from 0.
    var otherID: (text: String, line: Int)? { reader.otherID }
    private var reader: SnapshotReader
    private var numbers = ValueNumbers()

    init(finder: TicketFinder, readsUpdateTimes: Bool, marks: ProtectedMarks?) {
        reader = SnapshotReader(finder: finder, readsUpdateTimes: readsUpdateTimes, marks: marks)
    }

    /// The tickets that are not wanted, as often as they were read.
    var others: [TicketKey] { reader.others }
    /// Whether a line has a status for which there was no number left.
    var hasTooManyStatuses: Bool { reader.values.hasTooManyStatuses }
    /// Those of them whose ids are no ObjectIds.
    var otherTexts: [String] { reader.otherTexts }

    func read(_ records: inout RecordReader) {
        failure = readAll(&records, into: &reader)
    }

    /// Stores the values of the wanted tickets.
    func hand(to state: inout TicketState) {
        numbers.learn(reader.values, in: state.values)
        numbers.note(reader.readings, in: &state)
        state.values.agentNames.add(reader.values.agentNames)
        state.values.categoryNames.add(reader.values.categoryNames)
        reader.values.agentNames = SnapshotNames()
        reader.values.categoryNames = SnapshotNames()
        for (ticket, time) in reader.updateTimes { state.updateTimes[ticket] = time }
    }
}

/// Reads a block's lines.
///
/// This is a free function, so that exclusive access to the object is checked once per block and not for
/// every line.
private func readAll(
    _ records: inout RecordReader, into reader: inout SnapshotReader
) -> (line: Int, message: String)? {
    reader.removeAll()
    var unusable: String?
    var places: SnapshotPlaces?
    records.readTogether(
        canRead: { records, plain in
            places = reader.places(in: records)
            return places != nil && plain.columnCount == records.columns.count
        },
        readTogether: { records, plain in
            guard let places else { return nil }
            let others = reader.readColumns(places, of: plain)
            unusable = reader.add(plain, others: others, from: &records)
            return unusable == nil ? others.nonzeroBitCount : nil
        },
        readOne: { records in
            unusable = reader.problem(reading: records.record)
            return unusable == nil
        })
    reader.flush()
    return unusable.map { (records.record.position.line, $0) }
}

/// Maps a block's value numbers to the numbers of the whole snapshot.
private struct ValueNumbers {
    private var statuses: [UInt16] = [0]
    private var categories: [UInt32] = [0]
    private var assignees: [UInt32] = [0]

    /// Adds the values that are new in a block.
    mutating func learn(_ values: CurrentValues, in all: CurrentValues) {
        Self.extend(&statuses, values.statuses) { all.status($0) }
        Self.extend(&categories, values.categories) { all.categories.intern($0) }
        Self.extend(&assignees, values.assignees) { all.assignees.intern($0) }
    }

    func note(_ readings: [TicketValues], in state: inout TicketState) {
        for reading in readings {
            var reading = reading
            reading.status = statuses[Int(reading.status)]
            reading.category = categories[Int(reading.category)]
            reading.assignee = assignees[Int(reading.assignee)]
            state.note(reading)
        }
    }

    private static func extend<Number>(
        _ numbers: inout [Number], _ table: ValueTable,
        _ intern: (UnsafeRawBufferPointer) -> Number
    ) {
        for number in numbers.count..<table.count {
            numbers.append(table.withBytes(UInt32(number), intern))
        }
    }
}
