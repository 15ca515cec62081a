/// What a journal says about each row of a plan, in two to four bytes a row.
///
/// Most rows of a run look alike but for their times, so a row is kept as the number of a shape (all of a
/// record but its times), a duration and a time; what does not fit stands beside. Rows are written
/// nearly in their order, so only the segments written last are kept open, and the others packed.
struct RowRecordTable: Sendable {
    private typealias Word = PackedRows.Word

    private enum Segment: Sendable {
        case blank
        case open([Word])
        case packed(PackedRows)
    }

    private static let shift = 12
    private static let mask = (1 << shift) - 1
    /// The code of a row that stands beside.
    private static let odd: UInt8 = 255
    /// How many segments stay open: the rows that are under way at one time are in no more.
    private static let mostOpen = 4

    private var segments: [Segment] = []
    /// The numbers of the open segments; the one written last stands last.
    private var open: [Int] = []
    /// The shapes met so far, by their codes; 0 is that of a row of which nothing is known.
    private var shapes: [UInt64] = [RowRecord().shape]
    private var oddRows: [Int: RowRecord] = [:]

    /// What is known about a row; setting makes room for it.
    subscript(row: Int) -> RowRecord {
        get {
            let word = word(of: row)
            if word.code == Self.odd { return oddRows[row] ?? RowRecord() }
            return RowRecord(
                shape: shapes[Int(word.code)], duration: word.duration, offset: word.offset)
        }
        set {
            let word = word(for: newValue)
            let old = replaceWord(of: row, with: word ?? Word(code: Self.odd))
            if word == nil {
                oddRows[row] = newValue
            } else if old.code == Self.odd {
                oddRows[row] = nil
            }
        }
    }

    private func word(of row: Int) -> Word {
        let number = row >> Self.shift
        guard row >= 0, number < segments.count else { return Word() }
        switch segments[number] {
        case .blank: return Word()
        case .open(let words): return words[row & Self.mask]
        case .packed(let rows): return rows[row & Self.mask]
        }
    }

    /// Sets a row's word and returns what it was.
    private mutating func replaceWord(of row: Int, with word: Word) -> Word {
        let number = row >> Self.shift
        if open.last != number { openSegment(number) }
        guard case .open(var words) = segments[number] else { return Word() }
        // A second reference would make the change a copy of the segment.
        segments[number] = .blank
        let old = words[row & Self.mask]
        words[row & Self.mask] = word
        segments[number] = .open(words)
        return old
    }

    /// Makes a segment the one written last, and packs one that was not written for the longest time.
    private mutating func openSegment(_ number: Int) {
        while segments.count <= number { segments.append(.blank) }
        open.removeAll { $0 == number }
        open.append(number)
        switch segments[number] {
        case .open: break
        case .blank: segments[number] = .open(Array(repeating: Word(), count: 1 << Self.shift))
        case .packed(let rows): segments[number] = .open(rows.words)
        }
        guard open.count > Self.mostOpen else { return }
        let oldest = open.removeFirst()
        if case .open(let words) = segments[oldest] {
            segments[oldest] = .packed(PackedRows(words))
        }
    }

    /// The word of a record; `nil` for one that has to stand beside.
    private mutating func word(for record: RowRecord) -> Word? {
        guard let code = code(of: record.shape) else { return nil }
        return Word(code: code, duration: record.duration, offset: record.offset)
    }

    private mutating func code(of shape: UInt64) -> UInt8? {
        if let known = shapes.firstIndex(of: shape) { return UInt8(known) }
        guard shapes.count < Self.odd else { return nil }
        shapes.append(shape)
        return UInt8(shapes.count - 1)
    }
}
