import BulkRecords

/// The rows of one block of a plan.
final class PlanRowBlock: BlockWork {
    private var decoder: PlanRowDecoder
    private var entries: [PlanEntry?] = []
    private var taken = 0

    init(readingCells readsCells: Bool) {
        decoder = PlanRowDecoder(readsCells: readsCells)
    }

    func read(_ records: inout RecordReader) {
        entries.removeAll(keepingCapacity: true)
        taken = 0
        decoder.decodeAll(&records, into: &entries)
    }

    /// Hands over the block's next row, which is `nil` where it is none; `nil` behind the last one.
    func next() -> PlanEntry?? {
        guard taken < entries.count else { return .none }
        defer { taken += 1 }
        return .some(entries[taken].take())
    }
}

extension PlanRowDecoder {
    /// Reads the rows of a block, in one access to what holds them.
    fileprivate mutating func decodeAll(
        _ records: inout RecordReader, into entries: inout [PlanEntry?]
    ) {
        while records.advanceInBlock() { entries.append(entry(records.record)) }
    }
}
