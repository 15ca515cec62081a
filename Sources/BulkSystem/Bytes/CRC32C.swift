import CChecksums

/// CRC-32C (Castagnoli), the checksum of a journal line or a plan header.
///
/// Source: RFC 3720, appendix B.4 (polynomial 0x1EDC6F41, reflected).
package enum CRC32C {
    /// Eight tables of 256 entries, for eight bytes at a time ("slicing by 8").
    ///
    /// The n-th table gives a byte's effect on the checksum n bytes later.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { (index: UInt32) -> UInt32 in
            (0..<8).reduce(index) { (value: UInt32, _: Int) -> UInt32 in
                value & 1 == 1 ? 0x82F6_3B78 ^ (value >> 1) : value >> 1
            }
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xFF)] ^ (before >> 8))
        }
        return tables
    }()

    /// Whether the processor has CRC-32C instructions.
    private static let isInHardware = ccrc32c_available() != 0

    /// The checksum of some bytes.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard isInHardware else { return portableChecksum(bytes) }
        return ~ccrc32c_update(
            .max, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count)
    }

    /// Computes the checksum without those instructions.
    static func portableChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var state: UInt32 = .max
            var index = 0
            while bytes.count &- index >= 8 {
                let word = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(state)
                var next: UInt32 = 0
                for position in 0..<8 {
                    let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 &* position) & 0xFF)
                    next ^= tables[(7 &- position) &* 256 &+ byte]
                }
                state = next
                index &+= 8
            }
            while index < bytes.count {
                state = tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])] ^ (state >> 8)
                index &+= 1
            }
            return ~state
        }
    }

    /// A checksum as eight hex digits.
    package static func hex(_ checksum: UInt32) -> String {
        String(unsafeUninitializedCapacity: 8) { digits in
            for position in 0..<8 { digits[position] = digit(checksum, position) }
            return 8
        }
    }

    /// Whether eight bytes are a checksum as ``hex(_:)`` writes it.
    package static func isHex(_ bytes: UnsafeRawBufferPointer, of checksum: UInt32) -> Bool {
        guard bytes.count == 8 else { return false }
        for position in 0..<8 where bytes[position] != digit(checksum, position) { return false }
        return true
    }

    private static func digit(_ checksum: UInt32, _ position: Int) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: checksum >> UInt32(28 &- 4 &* position)) & 15
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
