import BulkSystem
import BulkTestSupport
import Testing

@Suite("Searching bytes for a text")
struct ByteSearchTests {
    /// The plain way: compares at every place.
    private func isThere(_ text: [UInt8], in bytes: [UInt8]) -> Bool {
        guard bytes.count >= text.count else { return false }
        return (0...(bytes.count - text.count)).contains {
            bytes[$0..<($0 + text.count)].elementsEqual(text)
        }
    }

    @Test("finds what a plain search finds, in random bytes of few different values")
    func oracle() {
        var random = SeededGenerator(seed: 1)
        var found = 0
        for _ in 0..<5000 {
            let text = (0...random.below(5)).map { _ in UInt8(random.below(3)) }
            let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(3)) }
            let isFound = bytes.withUnsafeBytes { ByteSearch(text).isFound(in: $0) }
            #expect(isFound == isThere(text, in: bytes), "\(text) in \(bytes)")
            if isFound { found += 1 }
        }
        #expect(found > 500 && found < 4500)
    }

    @Test("finds a text that begins in one piece of a file and ends in the next")
    func pieces() throws {
        let directory = try TemporaryDirectory()
        let text = Array("\"6630a1f4c2b9e4a1d8f00c31\"".utf8)
        for start in [0, (256 << 10) - 25, (256 << 10) - 1, 256 << 10, (512 << 10) - 13] {
            var bytes = Array(repeating: UInt8(ascii: "0"), count: start)
            bytes += text + [0x0A]
            let path = try directory.write(bytes, to: "file")
            #expect(try ByteSearch(text).isFound(inFile: path), "\(start)")
            bytes[start + 7] ^= 1
            try directory.write(bytes, to: "file")
            #expect(try !ByteSearch(text).isFound(inFile: path), "\(start)")
        }
        try directory.write("", to: "empty")
        #expect(try !ByteSearch(text).isFound(inFile: directory.file("empty")))
    }
}
