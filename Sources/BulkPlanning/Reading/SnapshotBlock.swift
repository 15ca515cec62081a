import BulkRecords

/// What the lines of one block of a snapshot say about the wanted tickets.
///
/// A block is worked through on any thread, so it gives the values numbers of its own. They are replaced
/// when its turn comes, in the snapshot's order: so the order decides which of two readings of one ticket
/// counts, as if one thread had read them all.
final class SnapshotBlock: BlockWork {
    /// What makes the snapshot unusable, and on which line, counted from 0 in the block.
    private(set) var failure: (line: Int, message: String)?
    private var reader: SnapshotReader
    private var numbers = ValueNumbers()

    init(finder: TicketFinder, readsUpdateTimes: Bool) {
        reader = SnapshotReader(finder: finder, readsUpdateTimes: readsUpdateTimes)
    }

    /// How many tickets there are, wanted or not.
    var tickets: Int { reader.tickets }

    func read(_ records: inout RecordReader) {
        failure = readAll(&records, into: &reader)
    }

    /// Notes what the wanted tickets hold.
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

/// Reads a block's lines; outside the object, so that its access is checked once a block and not with
/// every line.
private func readAll(
    _ records: inout RecordReader, into reader: inout SnapshotReader
) -> (line: Int, message: String)? {
    reader.removeAll()
    var unusable: String?
    while unusable == nil, records.advanceInBlock() {
        unusable = reader.problem(taking: records.record)
    }
    reader.flush()
    return unusable.map { (records.record.position.line, $0) }
}

/// For each number that a block has given to a value the number that the value has among all tickets'.
private struct ValueNumbers {
    private var statuses: [UInt32] = [0]
    private var categories: [UInt32] = [0]
    private var assignees: [UInt32] = [0]

    /// Looks up the values that are new to a block.
    mutating func learn(_ values: CurrentValues, in all: CurrentValues) {
        Self.extend(&statuses, values.statuses, all.statuses)
        Self.extend(&categories, values.categories, all.categories)
        Self.extend(&assignees, values.assignees, all.assignees)
    }

    func note(_ readings: [TicketValues], in state: inout TicketState) {
        for reading in readings {
            var reading = reading
            reading.status = UInt16(truncatingIfNeeded: statuses[Int(reading.status)])
            reading.category = categories[Int(reading.category)]
            reading.assignee = assignees[Int(reading.assignee)]
            state.note(reading)
        }
    }

    private static func extend(_ numbers: inout [UInt32], _ from: ValueTable, _ to: ValueTable) {
        for number in numbers.count..<from.count {
            numbers.append(from.withBytes(UInt32(number)) { to.intern($0) })
        }
    }
}
