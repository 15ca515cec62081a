/// Cuts the unread part of an input into blocks that end with a line.
///
/// The caller's thread reads the bytes in order, so the source's observer sees them there.
struct BlockCutter {
    private let size: Int
    /// Where the next block starts in the input.
    private var offset: Int
    /// Whether it starts where a record can.
    private var startsLine: Bool
    /// Whether the last block was cut.
    private(set) var isAtEnd = false
    /// Why the input could not be read to its end.
    private(set) var failure: ReadError?

    init(_ input: borrowing RecordReader, size: Int) {
        self.size = size
        offset = input.window.baseOffset + input.window.start
        startsLine = true
    }

    /// Fills a block; the last one of an input may be empty.
    ///
    /// A block without a line feed is left as it is. The next one then starts within a line.
    mutating func cut<Work>(_ block: Block<Work>, from input: inout RecordReader) {
        block.startsLine = startsLine
        block.startsSkipping = false
        block.reader.window.clear(at: offset)
        do throws(ReadError) {
            while block.reader.window.end < size {
                let count = try block.reader.window.append(
                    from: &input.window, atMost: size - block.reader.window.end)
                if count == 0 {
                    isAtEnd = true
                    block.reader.window.setFinal()
                    break
                }
            }
        } catch {
            failure = error
            isAtEnd = true
        }
        if !isAtEnd {
            let end = block.reader.window.lastLineEnd
            startsLine = end != nil
            if let end { block.reader.window.giveBack(from: end, to: &input.window) }
        }
        offset += block.reader.window.end
    }
}

extension ByteWindow {
    /// One past the last line feed; `nil` when there is none.
    fileprivate var lastLineEnd: Int? {
        var at = end
        while at > 0 {
            if base[at - 1] == 0x0A { return at }
            at -= 1
        }
        return nil
    }
}
