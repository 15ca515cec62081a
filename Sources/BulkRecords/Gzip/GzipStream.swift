import BulkSystem

/// One piece of decompressed data, after the bytes from which copies in it are taken.
///
/// It is unchecked because a piece belongs to one thread at a time: the one that fills it or the one
/// that takes its bytes.
final class GzipPiece: @unchecked Sendable {
    /// How many bytes a piece has at most before ``Inflater/slack``.
    static let size = 256 * 1024

    /// The first byte of the data; as many as ``Inflater/window`` precede it.
    let start: UnsafeMutablePointer<UInt8>
    fileprivate(set) var end: UnsafeMutablePointer<UInt8>
    /// The first byte that was not taken.
    private var next: UnsafeMutablePointer<UInt8>
    /// Why there is no data after this piece.
    fileprivate(set) var failure: ReadError?

    init() {
        let capacity = Inflater.window + Self.size + Inflater.slack
        start = .allocate(capacity: capacity) + Inflater.window
        end = start
        next = start
    }

    deinit { (start - Inflater.window).deallocate() }

    /// Whether there is no data in it: the stream has ended.
    var isEmpty: Bool { end == start }

    fileprivate func begin() {
        end = start
        next = start
    }

    /// Copies the next bytes, and returns how many; 0 at the end.
    func read(into space: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(space.count, end - next)
        space.copyMemory(from: UnsafeRawBufferPointer(start: next, count: count))
        next += count
        return count
    }
}

/// Decompresses gzip data (RFC 1952) piece by piece.
struct GzipStream: ~Copyable {
    private enum State {
        /// Before a member: the first one must be there.
        case member(isFirst: Bool)
        case data
        case ended
    }

    private let name: String
    private let allowed: (ratio: Int, bytes: Int)
    private var input: BitInput
    private var inflater = Inflater()
    private var state = State.member(isFirst: true)
    private var checksum = CRC32()
    /// How many bytes this member has so far.
    private var memberBytes = 0
    private var produced = 0

    /// Reads compressed data.
    ///
    /// - Parameters:
    ///   - head: The compressed bytes that were already read.
    ///   - upstream: The source of the remaining compressed bytes.
    ///   - name: The input's name in messages.
    ///   - allowed: How much the data may expand.
    init(
        head: [UInt8], upstream: any ByteSupply, name: String, allowed: (ratio: Int, bytes: Int)
    ) {
        self.name = name
        self.allowed = allowed
        input = BitInput(upstream, head: head)
    }

    /// Decompresses the next piece.
    ///
    /// - Parameters:
    ///   - piece: Where it goes. It stays empty after the data's end.
    ///   - last: The piece before; `nil` for none. It may be the same one.
    mutating func fill(_ piece: GzipPiece, after last: GzipPiece?) {
        if let last {
            (piece.start - Inflater.window).update(
                from: last.end - Inflater.window, count: Inflater.window)
        }
        piece.begin()
        let limit = piece.start + GzipPiece.size
        while piece.end < limit {
            switch state {
            case .member(let isFirst):
                guard beginMember(isFirst: isFirst) else { return fail(piece) }
            case .data:
                guard inflate(piece, limit) else { return fail(piece) }
            case .ended: return
            }
        }
    }

    /// Decompresses data of one member.
    private mutating func inflate(
        _ piece: GzipPiece, _ limit: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        let start = piece.end
        var end = start
        let stop = inflater.inflate(
            &input, to: &end, end: limit,
            history: start - min(memberBytes, start - piece.start + Inflater.window))
        checksum.update(UnsafeRawBufferPointer(start: start, count: end - start))
        piece.end = end
        memberBytes += end - start
        produced += end - start
        guard produced <= allowed.bytes + allowed.ratio * input.fetched else {
            piece.failure = ReadError(
                code: .expansionTooLarge,
                message: "expands to more than \(allowed.ratio) times its size, which no "
                    + "table does: decompress it yourself if it is meant so",
                inputName: name)
            return false
        }
        switch stop {
        case .full: return true
        case .ended: return endMember()
        case .damaged: return false
        }
    }

    /// Reads the start of a member (RFC 1952, section 2.3), or what may follow the last one: nothing,
    /// or zeros.
    private mutating func beginMember(isFirst: Bool) -> Bool {
        var check = CRC32()
        func next() -> UInt8? {
            guard let byte = input.readByte() else { return nil }
            withUnsafeBytes(of: byte) { check.update($0) }
            return byte
        }
        guard let first = next() else {
            state = .ended
            return !isFirst && input.failure == nil
        }
        if first == 0, !isFirst {
            while let byte = input.readByte() { if byte != 0 { return false } }
            state = .ended
            return input.failure == nil
        }
        guard first == 0x1F, next() == 0x8B, next() == 8, let flags = next(), flags & 0xE0 == 0
        else { return false }
        // The time, and how and where it was compressed.
        for _ in 0..<6 { guard next() != nil else { return false } }
        if flags & 4 != 0 {
            guard let low = next(), let high = next() else { return false }
            for _ in 0..<Int(high) << 8 + Int(low) { guard next() != nil else { return false } }
        }
        // The name and the comment.
        for flag in [8, 16] as [UInt8] where flags & flag != 0 {
            while true {
                guard let byte = next() else { return false }
                if byte == 0 { break }
            }
        }
        if flags & 2 != 0 {
            guard input.readNumber(bytes: 2) == check.checksum & 0xFFFF else { return false }
        }
        inflater.restart()
        checksum = CRC32()
        memberBytes = 0
        state = .data
        return true
    }

    /// Compares the checksum and the length at the end of a member.
    private mutating func endMember() -> Bool {
        state = .member(isFirst: false)
        return input.readNumber(bytes: 4) == checksum.checksum
            && input.readNumber(bytes: 4) == UInt32(truncatingIfNeeded: memberBytes)
    }

    /// Ends with the bytes before the failure.
    private mutating func fail(_ piece: GzipPiece) {
        state = .ended
        if piece.failure != nil { return }
        piece.failure =
            input.failure
            ?? ReadError(
                code: .decompressionFailed,
                message: "the gzip data is damaged or cut off: compress the file again",
                inputName: name)
    }
}
