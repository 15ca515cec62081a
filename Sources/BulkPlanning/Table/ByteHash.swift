/// The hash of the tables: two multiplications a key, seeded anew in every process, so that no input
/// can be made whose keys all meet in one place.
struct ByteHash {
    private let first: UInt64
    private let second: UInt64

    init() {
        var generator = SystemRandomNumberGenerator()
        first = generator.next() | 1
        second = generator.next() | 1
    }

    /// The hash of a twelve-byte id, given as eight bytes and four.
    @inline(__always)
    func hash(_ high: UInt64, _ low: UInt32) -> UInt64 {
        Self.mix(high ^ first, UInt64(low) ^ second)
    }

    /// The hash of some bytes.
    @inline(__always)
    func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = second ^ UInt64(truncatingIfNeeded: bytes.count)
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = Self.mix(state ^ word, first)
            offset &+= 8
        }
        var tail: UInt64 = 0
        while offset < bytes.count {
            tail = tail &<< 8 | UInt64(bytes[offset])
            offset &+= 1
        }
        return Self.mix(state ^ tail, first ^ 0x9E37_79B9_7F4A_7C15)
    }

    /// Both halves of the 128-bit product, folded.
    @inline(__always)
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return high ^ low
    }
}

/// A running, seeded 64-bit fingerprint of a file: says whether the second reading of the input saw
/// what the first one saw.
///
/// The input's SHA-256 is taken once, for the plan's header; taking it again would cost as much as
/// everything else the second reading does.
struct Fingerprint: Equatable {
    private let seed: UInt64
    private var state: UInt64
    private(set) var count = 0
    private var tail: UInt64 = 0

    init(seed: UInt64) {
        self.seed = seed | 1
        state = seed
    }

    /// Takes the next bytes; how they are cut into pieces makes no difference.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset < bytes.count, count & 7 != 0 {
            take(bytes[offset])
            offset &+= 1
        }
        while offset &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = ByteHash.mix(state ^ word.littleEndian, seed) &+ 0x9E37_79B9_7F4A_7C15
            offset &+= 8
            count &+= 8
        }
        while offset < bytes.count {
            take(bytes[offset])
            offset &+= 1
        }
    }

    private mutating func take(_ byte: UInt8) {
        tail |= UInt64(byte) &<< UInt64(8 &* (count & 7))
        count &+= 1
        if count & 7 == 0 {
            state = ByteHash.mix(state ^ tail, seed) &+ 0x9E37_79B9_7F4A_7C15
            tail = 0
        }
    }
}
