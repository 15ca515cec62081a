import BulkSystem

/// The result of processing one block of an input.
///
/// A block reader has several and reuses each for one block after another. It runs on any free
/// thread, but never on two at once.
package protocol BlockWork: AnyObject, SendableMetatype {
    /// Processes a block's records, after discarding the previous block.
    ///
    /// The result may depend only on the block's records. Otherwise the block must be read again in
    /// its turn, because blocks are read ahead, before their preceding content is known.
    ///
    /// - Parameter records: The block's records, to be read to their end with
    ///   ``RecordReader/advanceInBlock()``.
    func read(_ records: inout RecordReader)
}

/// One block of an input: its bytes, the reader that scans them, and the result of its records.
///
/// It is unchecked because a block belongs to one thread at a time. This is either the thread that
/// scans it or the one that cuts and takes the blocks. A ``BlockQueue`` passes it between them
/// under its lock, which also guards the status.
final class Block<Work: BlockWork>: @unchecked Sendable {
    enum Status {
        /// The cutting thread owns it.
        case idle
        /// It can be scanned.
        case waiting
        /// A thread is scanning it.
        case scanning
        /// It was scanned.
        case scanned
    }

    /// The bytes whose scanning counts as a step.
    private static var bytesInStep: Int { 1024 }

    let work: Work
    var reader: RecordReader
    var status = Status.idle
    /// Whether the block starts after a line feed, and so most likely with a record.
    var startsLine = false
    /// Whether it starts in the middle of a line to be skipped.
    var startsSkipping = false
    /// How many of the JSON keys known to this reader the whole input's reader also knows.
    var learnedColumns: Int

    init(of input: borrowing RecordReader, size: Int, work: Work) {
        reader = RecordReader(blocksOf: input, size: size)
        learnedColumns = input.keys.count
        self.work = work
    }

    /// Reads the block's records from its first byte.
    func scan() {
        StepCount.add(reader.window.end / Self.bytesInStep)
        reader.beginBlock(isSkippingLine: startsSkipping)
        work.read(&reader)
    }

    /// Appends the rest of another block: the bytes from a position on.
    func append(restOf other: Block, from position: Int) {
        if self === other {
            reader.window.drop(to: position)
        } else {
            reader.window.clear(at: other.reader.window.baseOffset + position)
            append(other, from: position)
        }
    }

    /// Appends another block's bytes.
    func append(_ other: Block, from position: Int = 0) {
        reader.window.append(
            UnsafePointer(other.reader.window.base + position),
            count: other.reader.window.end - position)
        if other.reader.window.isFinal { reader.window.setFinal() }
    }
}
