/// What a journal says about each row of a plan, in 8 bytes a row.
///
/// Most rows of a run look alike but for their times, so a row is kept as the number of a shape (all of a
/// record but its times), 24 bits of duration and 32 bits of time. What does not fit stands beside.
struct RowRecordTable: Sendable {
    private static let shift = 14
    private static let mask = (1 << shift) - 1
    /// The code of a row that stands beside.
    private static let odd: UInt64 = 255
    private static let longestDuration: UInt64 = (1 << 24) - 1

    /// One word a row, in pieces that never move: a growing array would need its memory twice.
    private var segments: [[UInt64]] = []
    /// The shapes met so far, by their codes; 0 is that of a row of which nothing is known.
    private var shapes: [UInt64] = [RowRecord().shape]
    private var oddRows: [Int: RowRecord] = [:]

    /// What is known about a row; setting makes room for it.
    subscript(row: Int) -> RowRecord {
        get {
            let segment = row >> Self.shift
            guard row >= 0, segment < segments.count else { return RowRecord() }
            let word = segments[segment][row & Self.mask]
            let code = word & 0xFF
            if code == Self.odd { return oddRows[row] ?? RowRecord() }
            return RowRecord(
                shape: shapes[Int(code)],
                duration: UInt32(truncatingIfNeeded: word >> 8 & Self.longestDuration),
                offset: UInt32(truncatingIfNeeded: word >> 32))
        }
        set {
            let segment = row >> Self.shift
            while segments.count <= segment {
                segments.append([UInt64](repeating: 0, count: 1 << Self.shift))
            }
            let word = pack(newValue)
            if segments[segment][row & Self.mask] & 0xFF == Self.odd { oddRows[row] = nil }
            segments[segment][row & Self.mask] = word ?? Self.odd
            if word == nil { oddRows[row] = newValue }
        }
    }

    private mutating func pack(_ record: RowRecord) -> UInt64? {
        guard record.duration <= Self.longestDuration, let code = code(of: record.shape) else {
            return nil
        }
        return code | UInt64(record.duration) << 8 | UInt64(record.offset) << 32
    }

    private mutating func code(of shape: UInt64) -> UInt64? {
        if let known = shapes.firstIndex(of: shape) { return UInt64(known) }
        guard shapes.count < Self.odd else { return nil }
        shapes.append(shape)
        return UInt64(shapes.count - 1)
    }
}
