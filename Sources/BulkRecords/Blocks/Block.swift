/// What is made of the records of one block of an input.
///
/// A reader of blocks has several, and uses each for one block after the other, on whatever thread has
/// time; never on two at once.
package protocol BlockWork: AnyObject, SendableMetatype {
    /// Works through a block's records, after forgetting the block before.
    ///
    /// The outcome may depend on the block's records only, or the block must be read again when it is
    /// its turn: blocks are read ahead, before it is known what stands before them.
    ///
    /// - Parameter records: The block's records, to be read to their end with
    ///   ``RecordReader/advanceInBlock()``.
    func read(_ records: inout RecordReader)
}

/// One block of an input: its bytes, the reader that scans them, and what becomes of its records.
///
/// Unchecked, because a block belongs to one thread at a time: to the one that scans it, else to the one
/// that cuts and takes the blocks. A ``BlockQueue`` passes it to and fro under its lock, which guards
/// the status too.
final class Block<Work: BlockWork>: @unchecked Sendable {
    enum Status {
        /// It is the cutting thread's.
        case idle
        /// It can be scanned.
        case waiting
        /// A thread scans it.
        case scanning
        /// It was scanned.
        case scanned
    }

    let work: Work
    var reader: RecordReader
    var status = Status.idle
    /// Whether the block starts behind a line feed, and so most likely with a record.
    var startsLine = false
    /// Whether it starts in the middle of a line to be skipped.
    var startsSkipping = false
    /// How many of the JSON keys that the reader knows the whole input's reader knows too.
    var learnedColumns: Int

    init(of input: borrowing RecordReader, size: Int, work: Work) {
        reader = RecordReader(blocksOf: input, size: size)
        learnedColumns = input.keys.count
        self.work = work
    }

    /// Reads the block's records from its first byte.
    func scan() {
        reader.beginBlock(isSkippingLine: startsSkipping)
        work.read(&reader)
    }

    /// Becomes what another block leaves: the bytes from a position on.
    func takeRest(of other: Block, from position: Int) {
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
