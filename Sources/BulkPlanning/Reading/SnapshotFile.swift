import BulkRecords
import MavaAPI

/// A snapshot in a file, read block by block on the caller's thread and one more.
struct SnapshotFile {
    let path: String
    let readsUpdateTimes: Bool

    /// Reads the whole snapshot.
    ///
    /// - Parameters:
    ///   - state: The wanted tickets; what they hold is noted there.
    ///   - blockSize: How many bytes are worked on at a time.
    ///   - startThread: Starts the second thread; `nil` for none.
    /// - Returns: How many tickets the snapshot holds, wanted or not.
    /// - Throws: A ``PlanError`` for a line that is no ticket; a `ReadError` when it cannot be read.
    func read(
        into state: inout TicketState,
        blockSize: Int = BlockReader<SnapshotBlock>.defaultSize,
        startThread: BlockReader<SnapshotBlock>.ThreadStart? = BlockReader<SnapshotBlock>
            .secondThread
    ) throws -> Int {
        let input = try RecordReader(
            ByteSource(path: path), format: .jsonLines, limits: SnapshotReader.limits)
        let finder = state.tickets.finder
        let readsUpdateTimes = readsUpdateTimes
        var blocks = BlockReader(input, size: blockSize, startThread: startThread) {
            SnapshotBlock(finder: finder, readsUpdateTimes: readsUpdateTimes)
        }
        var tickets = 0
        while let block = try blocks.next() {
            tickets += block.tickets
            block.hand(to: &state)
            if let failure = block.failure {
                throw PlanError(
                    code: .snapshotUnusable, message: failure.message, path: path,
                    line: blocks.origin.line + failure.line)
            }
        }
        return tickets
    }
}
