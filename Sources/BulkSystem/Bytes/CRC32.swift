import CChecksums

/// CRC-32, the checksum of gzip data, over bytes that arrive in pieces.
///
/// Source: RFC 1952, section 8 (polynomial 0x04C11DB7, reflected).
package struct CRC32: Sendable {
    private var state: UInt32 = .max

    /// Starts without any input.
    package init() {}

    /// The checksum of all bytes added.
    package var checksum: UInt32 { ~state }

    /// Whether the processor has instructions for it.
    private static let isInHardware = ccrc32_available() != 0

    /// Adds the next bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let blocks = bytes.count / 64
        guard Self.isInHardware, blocks > 0 else { return updatePortably(bytes) }
        state = ccrc32_blocks(
            state, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, blocks)
        updatePortably(UnsafeRawBufferPointer(rebasing: bytes[(blocks * 64)...]))
    }

    /// Eight tables of 256 entries, for eight bytes at a time ("slicing by 8").
    ///
    /// The n-th table gives a byte's effect on the checksum n bytes later.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { (index: UInt32) -> UInt32 in
            (0..<8).reduce(index) { (value: UInt32, _: Int) -> UInt32 in
                value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
            }
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xFF)] ^ (before >> 8))
        }
        return tables
    }()

    /// Adds the next bytes without those instructions.
    mutating func updatePortably(_ bytes: UnsafeRawBufferPointer) {
        var state = state
        Self.tables.withUnsafeBufferPointer { tables in
            var index = 0
            while bytes.count &- index >= 8 {
                let word = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(state)
                state = 0
                for position in 0..<8 {
                    let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 &* position) & 0xFF)
                    state ^= tables[(7 &- position) &* 256 &+ byte]
                }
                index &+= 8
            }
            while index < bytes.count {
                state = tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])] ^ (state >> 8)
                index &+= 1
            }
        }
        self.state = state
    }
}
