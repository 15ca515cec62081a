import BulkSystem

/// Where the blocks of an input start, as its first reading saw it.
///
/// The second reading cuts the same blocks from the same bytes. So it can write the rows of a block before the blocks
/// before it were read.
struct BlockStarts {
    /// The first record of a block.
    struct Start: Hashable, BitwiseCopyable {
        /// Where the block starts, in bytes after decompression.
        var offset: Int
        /// The index of the first record.
        var row: Int
        /// The block's first line.
        var line: Int
    }

    private var starts: [Start] = []

    /// Adds the next block.
    mutating func append(_ start: Start) { starts.append(start) }

    /// The block that starts at an offset; `nil` when none does.
    func start(at offset: Int) -> Start? {
        let place = (0..<starts.count).partitionPoint { starts[$0].offset < offset }
        return place < starts.count && starts[place].offset == offset ? starts[place] : nil
    }
}
