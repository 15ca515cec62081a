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
        repeat {
            while let line = records.nextLine() { entries.append(decoder.entry(line)) }
            // A record longer than the line limit is not a row.
            guard records.advanceInBlock() else { return }
            entries.append(nil)
        } while true
    }

    /// Returns the block's next row, `.some(nil)` for an unreadable one and `nil` after the last
    /// one.
    func next() -> PlanEntry?? {
        guard taken < entries.count else { return .none }
        defer { taken += 1 }
        // This makes a copy. The thread that allocated the memory then frees it, together with the
        // block's next rows. Otherwise the threads wait for each other in malloc.
        return .some(entries[taken])
    }
}
