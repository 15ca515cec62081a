import Testing

@testable import BulkSystem

@Suite("Digests agree with published values")
struct DigestTests {
    /// FIPS 180-4 examples, and one of every length around a block's end checked piecewise.
    @Test(
        "SHA-256",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(text: String, digest: String) {
        #expect(SHA256.hexDigest(of: text.utf8) == digest)
    }

    @Test("SHA-256 of a million a", .timeLimit(.minutes(20)))
    func sha256Million() {
        var hash = SHA256()
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<1000 { piece.withUnsafeBytes { hash.update($0) } }
        #expect(
            hash.hexDigest() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("SHA-256 does not depend on the pieces", arguments: [1, 3, 63, 64, 65, 127])
    func sha256Pieces(size: Int) {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 300] {
            var hash = SHA256()
            var start = 0
            while start < length {
                let end = min(start + size, length)
                bytes[start..<end].withUnsafeBytes { hash.update($0) }
                start = end
            }
            #expect(hash.hexDigest() == SHA256.hexDigest(of: bytes[..<length]))
        }
    }

    @Test("SHA-256 goes on from its state after whole blocks, and has none in between")
    func sha256Resumed() throws {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for split in 0...300 {
            var first = SHA256()
            bytes[..<split].withUnsafeBytes { first.update($0) }
            guard split % 64 == 0 else {
                #expect(first.wholeState == nil)
                continue
            }
            var rest = SHA256(resuming: try #require(first.wholeState), after: split)
            bytes[split...].withUnsafeBytes { rest.update($0) }
            #expect(rest.hexDigest() == SHA256.hexDigest(of: bytes))
        }
    }

    @Test("the processor's SHA-256 and the portable one agree", arguments: [64, 128, 6400])
    func sha256InHardware(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ 3) }
        var portable = SIMD8<UInt32>(repeating: 0x0123_4567)
        var either = portable
        bytes.withUnsafeBytes { blocks in
            SHA256.compressPortably(&portable, blocks)
            SHA256.compress(&either, blocks)
        }
        #expect(portable == either)
    }

    @Test("CRC-32C of the RFC 3720 examples")
    func crc32c() {
        func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes(CRC32C.checksum) }
        #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(checksum([]) == 0)
        #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.hex(0x0A) == "0000000a")
    }

    @Test("CRC-32C, bit by bit, of every length and alignment, in hardware and not; and its digits")
    func crc32cLengths() {
        func plain(_ bytes: some Sequence<UInt8>) -> UInt32 {
            Self.checksum(of: bytes, 0x82F6_3B78)
        }
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        for start in 0..<9 {
            for end in start...bytes.count {
                let expected = plain(bytes[start..<end])
                let (checksum, portable) = bytes.withUnsafeBytes { bytes in
                    let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                    return (CRC32C.checksum(piece), CRC32C.portableChecksum(piece))
                }
                #expect(checksum == expected)
                #expect(portable == expected)
                let digits = Array(CRC32C.hex(checksum).utf8)
                #expect(digits.withUnsafeBytes { CRC32C.isHex($0, of: checksum) })
                #expect(!digits.withUnsafeBytes { CRC32C.isHex($0, of: checksum ^ 1 << 17) })
            }
        }
    }

    @Test(
        "CRC-32, bit by bit, of every length and alignment, in hardware and not, and in two parts")
    func crc32() {
        func plain(_ bytes: some Sequence<UInt8>) -> UInt32 {
            Self.checksum(of: bytes, 0xEDB8_8320)
        }
        #expect(plain("123456789".utf8) == 0xCBF4_3926)
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        for start in 0..<9 {
            for end in start...bytes.count {
                let expected = plain(bytes[start..<end])
                var (checksum, portable, parts) = (CRC32(), CRC32(), CRC32())
                bytes.withUnsafeBytes { bytes in
                    let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                    checksum.update(piece)
                    portable.updatePortably(piece)
                    parts.update(UnsafeRawBufferPointer(rebasing: piece.prefix(70)))
                    parts.update(UnsafeRawBufferPointer(rebasing: piece.dropFirst(70)))
                }
                #expect(checksum.checksum == expected)
                #expect(portable.checksum == expected)
                #expect(parts.checksum == expected)
            }
        }
    }

    /// A cyclic redundancy check bit by bit, with the polynomial's bits reversed.
    private static func checksum(of bytes: some Sequence<UInt8>, _ polynomial: UInt32) -> UInt32 {
        var state = UInt32.max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 1 ? polynomial : 0) }
        }
        return ~state
    }
}
