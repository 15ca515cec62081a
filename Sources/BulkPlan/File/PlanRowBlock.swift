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
            // What is longer than a line may be is no row.
            guard records.advanceInBlock() else { return }
            entries.append(nil)
        } while true
    }

    /// Hands over the block's next row, which is `nil` where it is none; `nil` behind the last one.
    func next() -> PlanEntry?? {
        guard taken < entries.count else { return .none }
        defer { taken += 1 }
        // A copy, so that its memory is given back by the thread that took it, with the block's next rows:
        // malloc makes the threads wait for each other otherwise.
        return .some(entries[taken])
    }
}
