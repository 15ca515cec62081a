/// A gzip stream (RFC 1952) of 257 KiB that expands to 258 MiB of zeros.
///
/// Its one deflate block (RFC 1951) has a code of two bits for "258 bytes as before". The block is
/// a literal zero, followed by `00` a million times.
enum GzipBomb {
    /// The length of the expanded stream in bytes.
    static let unfoldedCount = 1 + 258 * repetitions

    /// The stream.
    static let bytes: [UInt8] = {
        var bits = BitWriter()
        bits.bytes = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        bits.append(0b1, count: 1)  // the last block
        bits.append(0b10, count: 2)  // with its own codes
        bits.append(29, count: 5)  // 286 literal and length codes
        bits.append(0, count: 5)  // 1 distance code
        bits.append(14, count: 4)  // 18 lengths of the code that the code lengths are written in:
        // in the order 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1
        for length: UInt32 in [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2] {
            bits.append(length, count: 3)
        }
        // That code is 18 = 0, 1 = 10, 2 = 11, written from its first bit on.
        bits.append(0b11, count: 2)  // literal 0 has 2 bits
        bits.zeros(138)
        bits.zeros(117)
        bits.append(0b11, count: 2)  // the block's end, 256, has 2 bits
        bits.zeros(28)
        bits.append(0b01, count: 2)  // length 258, code 285, has 1 bit
        bits.append(0b01, count: 2)  // distance 1 has 1 bit
        bits.append(0b01, count: 2)  // the literal 0
        for _ in 0..<repetitions { bits.append(0b00, count: 2) }
        bits.append(0b11, count: 2)  // the end
        bits.flush()
        for word in [checksum, UInt32(unfoldedCount)] {
            for shift: UInt32 in [0, 8, 16, 24] {
                bits.bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return bits.bytes
    }()

    private static let repetitions = 1 << 20
    /// The CRC-32 of this many zeros.
    private static let checksum: UInt32 = 0x8E88_A2BA
}

/// Writes bits into bytes, lowest bit first.
private struct BitWriter {
    var bytes: [UInt8] = []
    private var pending: UInt32 = 0
    private var count: UInt32 = 0

    mutating func append(_ bits: UInt32, count added: UInt32) {
        pending |= bits << count
        count += added
        while count >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            count -= 8
        }
    }

    /// Marks the next 11 to 138 codes as unused: the code 18 and 7 bits.
    mutating func zeros(_ run: UInt32) {
        append(0, count: 1)
        append(run - 11, count: 7)
    }

    mutating func flush() {
        if count > 0 { append(0, count: 8 - count) }
    }
}
