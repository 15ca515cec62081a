/// The words of some rows that hardly change any more, in two to four bytes each instead of eight.
///
/// Rows that follow one another mostly have one shape, ended within a few milliseconds of each other and
/// took about as long, so each is kept as what differs from the row before. Every 32nd row stands by
/// itself, so that finding one costs reading 31 others at most.
struct PackedRows: Hashable, Sendable {
    /// The parts of a word: the code of a row's shape, its duration and its time.
    struct Word: Hashable, Sendable {
        var code: UInt8 = 0
        var duration: UInt32 = 0
        var offset: UInt32 = 0
    }

    private enum Kind: UInt64 {
        /// A row of the same shape as the last.
        case sameShape
        /// A row whose shape follows.
        case newShape
        /// A row of which nothing is known, and nothing follows.
        case blank
    }

    private static let groupSize = 32

    private(set) var bytes: [UInt8] = []
    /// Where each group of rows begins among the bytes.
    private var starts: [UInt32] = []

    /// Packs words.
    init(_ words: [Word]) {
        bytes.reserveCapacity(4 * words.count)
        starts.reserveCapacity((words.count + Self.groupSize - 1) / Self.groupSize)
        var last = Word()
        for (index, word) in words.enumerated() {
            if index % Self.groupSize == 0 {
                starts.append(UInt32(bytes.count))
                last = Word()
            }
            append(word, after: &last)
        }
        // A copy has no room to spare.
        bytes = bytes.map(\.self)
    }

    /// The words of all rows.
    var words: [Word] {
        var words: [Word] = []
        words.reserveCapacity(starts.count * Self.groupSize)
        var position = 0
        var last = Word()
        while position < bytes.count {
            if words.count % Self.groupSize == 0 { last = Word() }
            words.append(next(at: &position, after: &last))
        }
        return words
    }

    /// The word of one row.
    subscript(row: Int) -> Word {
        var position = Int(starts[row / Self.groupSize])
        var last = Word()
        for _ in 0..<row % Self.groupSize { _ = next(at: &position, after: &last) }
        return next(at: &position, after: &last)
    }

    private mutating func append(_ word: Word, after last: inout Word) {
        guard word != Word() else { return append(Kind.blank.rawValue) }
        let difference = Int64(word.offset) - Int64(last.offset)
        // The sign goes to the lowest bit, so that a little earlier is as short as a little later.
        let zigzag = UInt64(bitPattern: difference << 1 ^ difference >> 63)
        let kind = word.code == last.code ? Kind.sameShape : .newShape
        append(zigzag << 2 | kind.rawValue)
        if kind == .newShape { bytes.append(word.code) }
        append(UInt64(word.duration))
        last = word
    }

    private func next(at position: inout Int, after last: inout Word) -> Word {
        let head = number(at: &position)
        let kind = Kind(rawValue: head & 3)
        if kind == .blank { return Word() }
        let zigzag = head >> 2
        let difference = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
        last.offset = UInt32(truncatingIfNeeded: Int64(last.offset) + difference)
        if kind == .newShape {
            last.code = bytes[position]
            position += 1
        }
        last.duration = UInt32(truncatingIfNeeded: number(at: &position))
        return last
    }

    /// Appends a number, seven bits a byte, the lowest first; all bytes but the last have the eighth set.
    private mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private func number(at position: inout Int) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }
}
