/// A running, seeded 64-bit fingerprint of a file: says whether the second reading of the input saw
/// what the first one saw.
///
/// The input's SHA-256 is taken once, for the plan's header; taking it again would cost as much as
/// everything else the second reading does.
struct Fingerprint: Equatable {
    private let seed: UInt64
    /// Four of them take turns with the words, because each has to wait for its own last result.
    private var states: (UInt64, UInt64, UInt64, UInt64)
    private(set) var count = 0
    private var tail: UInt64 = 0

    init(seed: UInt64) {
        self.seed = seed | 1
        states = (seed, seed &+ 1, seed &+ 2, seed &+ 3)
    }

    /// Adds the next bytes; how they are cut into pieces makes no difference.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset < bytes.count, count & 31 != 0 {
            mix(bytes[offset])
            offset &+= 1
        }
        while offset &+ 32 <= bytes.count {
            Self.mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), &states.0, seed)
            Self.mix(
                bytes.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self), &states.1, seed)
            Self.mix(
                bytes.loadUnaligned(fromByteOffset: offset &+ 16, as: UInt64.self), &states.2, seed)
            Self.mix(
                bytes.loadUnaligned(fromByteOffset: offset &+ 24, as: UInt64.self), &states.3, seed)
            offset &+= 32
            count &+= 32
        }
        while offset < bytes.count {
            mix(bytes[offset])
            offset &+= 1
        }
    }

    @inline(__always)
    private static func mix(_ word: UInt64, _ state: inout UInt64, _ seed: UInt64) {
        state = ByteHash.mix(state ^ word.littleEndian, seed) &+ 0x9E37_79B9_7F4A_7C15
    }

    private mutating func mix(_ byte: UInt8) {
        tail |= UInt64(byte) &<< UInt64(8 &* (count & 7))
        count &+= 1
        guard count & 7 == 0 else { return }
        let word = tail.littleEndian
        tail = 0
        switch count & 31 {
        case 8: Self.mix(word, &states.0, seed)
        case 16: Self.mix(word, &states.1, seed)
        case 24: Self.mix(word, &states.2, seed)
        default: Self.mix(word, &states.3, seed)
        }
    }

    static func == (left: Fingerprint, right: Fingerprint) -> Bool {
        left.seed == right.seed && left.states == right.states && left.count == right.count
            && left.tail == right.tail
    }
}
