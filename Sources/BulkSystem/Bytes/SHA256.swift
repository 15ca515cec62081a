import CChecksums

/// SHA-256 over bytes that arrive in pieces.
///
/// Source: FIPS 180-4.
package struct SHA256: Sendable {
    private var state: SIMD8<UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    /// Starts without any input.
    package init() { pending.reserveCapacity(64) }

    /// Goes on where another hash was.
    ///
    /// - Parameters:
    ///   - state: The other's ``wholeState``.
    ///   - length: How many bytes it had.
    package init(resuming state: SIMD8<UInt32>, after length: Int) {
        self.init()
        self.state = state
        self.length = UInt64(length)
    }

    /// The state, from which another hash can go on; `nil` unless the bytes so far fill blocks of 64.
    package var wholeState: SIMD8<UInt32>? { pending.isEmpty ? state : nil }

    /// Adds the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let taken = rest.prefix(64 - pending.count)
            pending.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
            guard pending.count == 64 else { return }
            pending.withUnsafeBytes { Self.compress(&state, $0) }
            pending.removeAll(keepingCapacity: true)
        }
        let whole = rest.count & ~63
        if whole > 0 {
            Self.compress(&state, UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
            rest = rest.dropFirst(whole)
        }
        pending.append(contentsOf: rest)
    }

    /// The digest of all bytes added, as 64 hex digits.
    package func hexDigest() -> String {
        let words = digest()
        return (0..<8).map { CRC32C.hex(words[$0]) }.joined()
    }

    /// The digest of all bytes added, as eight big-endian words.
    package func digest() -> SIMD8<UInt32> {
        var copy = self
        let bits = copy.length &* 8
        var tail: [UInt8] = [0x80]
        while (copy.pending.count + tail.count) % 64 != 56 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        tail.withUnsafeBytes { copy.update($0) }
        return copy.state
    }

    /// The digest of some bytes, as 64 hex digits.
    package static func hexDigest(of bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        Array(bytes).withUnsafeBytes { hash.update($0) }
        return hash.hexDigest()
    }

    /// Whether the processor has SHA-256 instructions.
    private static let isInHardware = csha256_available() != 0

    /// Adds whole blocks of 64 bytes to the state.
    static func compress(_ state: inout SIMD8<UInt32>, _ blocks: UnsafeRawBufferPointer) {
        if isInHardware {
            withUnsafeMutableBytes(of: &state) { words in
                csha256_blocks(
                    words.assumingMemoryBound(to: UInt32.self).baseAddress,
                    blocks.assumingMemoryBound(to: UInt8.self).baseAddress, blocks.count / 64)
            }
        } else {
            compressPortably(&state, blocks)
        }
    }

    /// Adds whole blocks without those instructions.
    static func compressPortably(
        _ state: inout SIMD8<UInt32>, _ blocks: UnsafeRawBufferPointer
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            roundConstants.withUnsafeBufferPointer { constants in
                var offset = 0
                while offset < blocks.count {
                    compress(&state, blocks, at: offset, schedule, constants)
                    offset &+= 64
                }
            }
        }
    }

    @inline(__always)
    private static func compress(
        _ state: inout SIMD8<UInt32>, _ blocks: UnsafeRawBufferPointer, at offset: Int,
        _ w: UnsafeMutableBufferPointer<UInt32>, _ k: UnsafeBufferPointer<UInt32>
    ) {
        for index in 0..<16 {
            w[index] = UInt32(
                bigEndian: blocks.loadUnaligned(
                    fromByteOffset: offset &+ index &* 4, as: UInt32.self))
        }
        for index in 16..<64 {
            let early = w[index &- 15]
            let late = w[index &- 2]
            let s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early &>> 3)
            let s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late &>> 10)
            w[index] = w[index &- 16] &+ s0 &+ w[index &- 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let first = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ k[index] &+ w[index]
            let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let second = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ second)
        }
        state = state &+ [a, b, c, d, e, f, g, h]
    }

    @inline(__always)
    private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 {
        (value &>> count) | (value &<< (32 &- count))
    }

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
        0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
        0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
        0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
        0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
        0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
        0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]
}
