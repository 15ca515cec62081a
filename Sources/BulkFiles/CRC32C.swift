/// CRC-32C (Castagnoli), the checksum a line of a journal or the header of a plan carries.
///
/// Source: RFC 3720, appendix B.4 (polynomial 0x1EDC6F41, reflected).
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0x82F6_3B78 ^ (value >> 1) : value >> 1
        }
    }

    /// The checksum of some bytes.
    package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let table = table
        var state: UInt32 = .max
        for byte in bytes {
            state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8)
        }
        return ~state
    }

    /// A checksum as eight hex digits.
    package static func hex(_ checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
