// Reads an input in blocks, two at a time. Before you change it:
// - A block is scanned ahead on the assumption that it starts with a record. The assumption is
//   confirmed when the previous block was read to its last byte. It is wrong if a quoted field
//   crosses the border or a line has no end. The rest of the previous block and this one are then
//   scanned as one, in turn.
// - Every returned result therefore comes from a scan that started at a record. The records are
//   those of ``RecordReader/advance()``, for any block size and any number of threads.
// - The memory for a block of the input depends only on the block's number, never on thread timing.
//   What a block's reader remembers of earlier blocks (JSON keys) is therefore the same in every
//   run.

/// Reads the records of an input block by block, on the caller's thread and one more.
package struct BlockReader<Work: BlockWork>: ~Copyable {
    /// Starts a thread that runs a function; `nil` when no thread is available.
    ///
    /// The returned function waits for the thread's end.
    package typealias ThreadStart = (@escaping @Sendable () -> Void) -> (() -> Void)?

    /// The usual size of a block in bytes.
    package static var defaultSize: Int { 128 * 1024 }

    /// The reader that opened the input and read its header.
    ///
    /// It is the source of the bytes, and it knows the columns of all blocks returned so far.
    private var input: RecordReader
    private var cutter: BlockCutter
    private let size: Int
    private let makeWork: () -> Work
    private let startThread: ThreadStart?
    private var joinThread: (() -> Void)?
    private var hasStartedThread = false
    private let queue = BlockQueue<Work>()
    /// The blocks in memory, in a ring, and which of them were cut but not taken yet.
    private var ring: [Block<Work>] = []
    private let ringSize: Int
    private var firstCut = 0
    private var cutCount = 0
    /// Scans what must be scanned in turn.
    private var inTurn: Block<Work>?
    /// Whether everything is scanned in turn, because the input has the most columns allowed.
    private var isSerial = false
    /// The last block returned.
    private var current: Block<Work>?
    private var isCurrentInRing = false
    /// Whether the next block starts where a record starts.
    private var startsRecord = true

    /// The first line of the last block returned, and how many records precede it.
    package private(set) var origin: (line: Int, number: Int)

    /// Reads an open input.
    ///
    /// - Parameters:
    ///   - input: The reader that opened it, before it has read a record.
    ///   - size: How many bytes a block has; it grows by one line if a line is longer.
    ///   - ahead: How many blocks are held at a time.
    ///   - startThread: Starts the second thread when there is more than one block; `nil` for no
    ///     thread.
    ///   - makeWork: Makes the object that processes a block, one for each block held.
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

    /// The columns' names; for JSON Lines, all keys of the blocks returned so far, in input order.
    package var columns: [String] { input.columns }

    /// The start of the last block returned, as an offset in the input in bytes.
    package var startOffset: Int { current?.reader.blockOffset ?? 0 }

    /// The end of the last block returned, as an offset in the input in bytes.
    package var endOffset: Int {
        guard let current else { return 0 }
        return current.reader.window.baseOffset + current.reader.window.end
    }

    /// Reads the next block.
    ///
    /// - Returns: The result of its records, valid until the next call; `nil` at the end of the
    ///   input.
    /// - Throws: ``ReadError`` when reading fails, after everything read before was returned.
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
            let joined = blockInTurn()
            if startsRecord { joined.reader.window.clear(at: block.reader.window.baseOffset) }
            append(to: joined)
            joined.scan()
            use(joined, isInRing: false)
        }
        return current?.work
    }

    /// Moves the first cut blocks behind the rest of those before.
    ///
    /// A record that does not end in them is scanned again from its start with the next ones. So as long as no line
    /// ends, at least an eighth of the bytes before is added: the repeated scans of a long line then cost a constant
    /// factor, not the square of its length.
    private mutating func append(to joined: Block<Work>) {
        let before = joined.reader.window.end
        while cutCount > 0 {
            let block = ring[firstCut]
            queue.withdraw(block)
            joined.append(block)
            leaveRing()
            let window = joined.reader.window.end
            let endsLine = window > 0 && joined.reader.window.base[window - 1] == 0x0A
            if endsLine || window - before >= before / 8 { return }
            fill()
        }
    }

    /// Moves past the last block returned and keeps its unread rest.
    private mutating func pass() {
        guard let block = current else { return }
        origin.line += block.reader.line
        origin.number += block.reader.record.position.number
        startsRecord = block.reader.isAtBlockEnd
        if !startsRecord {
            let joined = blockInTurn()
            joined.append(restOf: block, from: block.reader.window.start)
            joined.startsSkipping = block.reader.isSkippingLine
        } else {
            inTurn?.startsSkipping = false
        }
        if isCurrentInRing { leaveRing() }
        current = nil
    }

    /// Cuts as many blocks as fit into the ring, and starts the second thread at the second block.
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

    /// Makes a block the current one and adds its new columns to the input's.
    private mutating func use(_ block: Block<Work>, isInRing: Bool) {
        current = block
        isCurrentInRing = isInRing
        if input.learnColumns(of: block.reader, from: block.learnedColumns) {
            block.learnedColumns = block.reader.keys.count
            return
        }
        // Only a reader that knows all columns can tell which record brings the first column too
        // many.
        isSerial = true
        let again = Block(of: input, size: size, work: makeWork())
        again.startsSkipping = block.startsSkipping
        again.append(restOf: block, from: 0)
        again.scan()
        if isInRing { leaveRing() }
        inTurn = again
        current = again
        isCurrentInRing = false
        _ = input.learnColumns(of: again.reader, from: again.learnedColumns)
        again.learnedColumns = again.reader.keys.count
    }
}
