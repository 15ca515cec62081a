// Reads an input by blocks, two at a time. For maintainers:
// - A block is scanned ahead in the belief that it starts with a record. That is seen to be so when the
//   block before it was read to its last byte. If not (a quoted field goes on over the border, or a line
//   has no end), what is left of that block and this one are scanned as one, in their turn.
// - So every result that is handed out comes of a scan that started where a record does, and the
//   records are those of ``RecordReader/advance()``, whatever the block size and however many threads.
// - Which block of memory a block of the input gets depends on its number only, never on which thread had
//   time. What a block's reader remembers of former blocks (JSON keys) is therefore the same in every run.

/// Reads the records of an input block by block, on the caller's thread and one more.
package struct BlockReader<Work: BlockWork>: ~Copyable {
    /// Starts a thread that runs a function; the result waits for its end, and is `nil` when there is no
    /// thread to be had.
    package typealias ThreadStart = (@escaping @Sendable () -> Void) -> (() -> Void)?

    /// How many bytes a block has, mostly.
    package static var defaultSize: Int { 256 * 1024 }

    /// What opened the input and read its header: the source of the bytes, and the columns of all that was
    /// handed out.
    private var input: RecordReader
    private var cutter: BlockCutter
    private let size: Int
    private let makeWork: () -> Work
    private let startThread: ThreadStart?
    private var joinThread: (() -> Void)?
    private var hasStartedThread = false
    private let queue = BlockQueue<Work>()
    /// The blocks in memory, in a ring, and which of them were cut and not taken yet.
    private var ring: [Block<Work>] = []
    private let ringSize: Int
    private var firstCut = 0
    private var cutCount = 0
    /// Scans what must be scanned in its turn.
    private var inTurn: Block<Work>?
    /// Whether all is scanned in its turn, because the input has as many columns as it may have.
    private var isSerial = false
    /// The block handed out last.
    private var current: Block<Work>?
    private var isCurrentInRing = false
    /// Whether the next block starts where a record starts.
    private var startsRecord = true

    /// The line at which the block handed out last starts, and how many records come before it.
    package private(set) var origin: (line: Int, number: Int)

    /// Takes an input that was opened.
    ///
    /// - Parameters:
    ///   - input: The reader that opened it, before it has read a record.
    ///   - size: How many bytes a block has; one more line, if a line is longer.
    ///   - ahead: How many blocks are held at a time.
    ///   - startThread: Starts the second thread, once there is more than one block; `nil` for none.
    ///   - makeWork: Makes what works on blocks, one for each block held.
    package init(
        _ input: consuming RecordReader, size: Int = Self.defaultSize, ahead: Int = 6,
        startThread: ThreadStart?, makeWork: @escaping () -> Work
    ) {
        cutter = BlockCutter(input, size: max(1, size))
        self.size = max(1, size)
        ringSize = startThread == nil ? 1 : max(1, ahead)
        self.startThread = startThread
        self.makeWork = makeWork
        origin = (input.line, 0)
        self.input = input
    }

    deinit {
        queue.stop()
        joinThread?()
    }

    /// How the input is written.
    package var format: RecordFormat { input.format }

    /// The columns' names: of JSON Lines all keys of the blocks handed out so far, as met in the input.
    package var columns: [String] { input.columns }

    /// Where the block handed out last ends in the input, in bytes.
    package var endOffset: Int {
        guard let current else { return 0 }
        return current.reader.window.baseOffset + current.reader.window.end
    }

    /// Reads the next block.
    ///
    /// - Returns: What became of its records, lent until the next call; `nil` at the end of the input.
    /// - Throws: ``ReadError`` when reading fails, after all that was read was handed out.
    package mutating func next() throws(ReadError) -> Work? {
        pass()
        fill()
        guard cutCount > 0 else {
            if let failure = cutter.failure { throw failure }
            return nil
        }
        let block = ring[firstCut]
        if startsRecord, block.startsLine, !isSerial {
            queue.finish(block)
            use(block, isInRing: true)
        } else {
            queue.withdraw(block)
            let joined = blockInTurn()
            if startsRecord { joined.reader.window.clear(at: block.reader.window.baseOffset) }
            joined.append(block)
            leaveRing()
            joined.scan()
            use(joined, isInRing: false)
        }
        return current?.work
    }

    /// Goes behind the block handed out last, and keeps what it leaves.
    private mutating func pass() {
        guard let block = current else { return }
        origin.line += block.reader.line
        origin.number += block.reader.record.position.number
        startsRecord = block.reader.isAtBlockEnd
        if !startsRecord {
            let joined = blockInTurn()
            joined.takeRest(of: block, from: block.reader.window.start)
            joined.startsSkipping = block.reader.isSkippingLine
        } else {
            inTurn?.startsSkipping = false
        }
        if isCurrentInRing { leaveRing() }
        current = nil
    }

    /// Cuts as many blocks as fit into the ring, and starts the second thread for the second.
    private mutating func fill() {
        while cutCount < ringSize, !cutter.isAtEnd {
            let place = (firstCut + cutCount) % ringSize
            if place == ring.count { ring.append(Block(of: input, size: size, work: makeWork())) }
            cutter.cut(ring[place], from: &input)
            cutCount += 1
            if ring[place].startsLine, !isSerial { queue.add(ring[place]) }
            if cutCount > 1, !hasStartedThread, let startThread {
                hasStartedThread = true
                joinThread = startThread { [queue] in queue.scanAhead() }
            }
        }
    }

    private mutating func leaveRing() {
        firstCut = (firstCut + 1) % ringSize
        cutCount -= 1
    }

    private mutating func blockInTurn() -> Block<Work> {
        if let inTurn { return inTurn }
        let block = Block(of: input, size: size, work: makeWork())
        inTurn = block
        return block
    }

    /// Makes a block the one handed out, and its new columns the input's.
    private mutating func use(_ block: Block<Work>, isInRing: Bool) {
        current = block
        isCurrentInRing = isInRing
        if input.learnColumns(of: block.reader, from: block.learnedColumns) {
            block.learnedColumns = block.reader.keys.count
            return
        }
        // Which record brings the one column too many can only be told by a reader that knows all columns
        // there are.
        isSerial = true
        let again = Block(of: input, size: size, work: makeWork())
        again.startsSkipping = block.startsSkipping
        again.takeRest(of: block, from: 0)
        again.scan()
        if isInRing { leaveRing() }
        inTurn = again
        current = again
        isCurrentInRing = false
        _ = input.learnColumns(of: again.reader, from: again.learnedColumns)
        again.learnedColumns = again.reader.keys.count
    }
}
