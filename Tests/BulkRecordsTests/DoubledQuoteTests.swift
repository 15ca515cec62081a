import BulkTestSupport
import Testing

@testable import BulkRecords

@Suite("Bytes copied sixteen at a time")
struct DoubledQuoteTests {
    @Test("A doubled quote is halved wherever it is among sixteen bytes")
    func everyPlace() {
        for length in 0...40 {
            for place in 0...length {
                var field = Array(repeating: UInt8(ascii: "x"), count: length)
                field.insert(contentsOf: [0x22, 0x22], at: place)
                for isTwice in [false, true] {
                    let doubled = isTwice ? [0x22, 0x22] + field : field
                    var expected = field
                    expected.remove(at: place)
                    if isTwice { expected.insert(0x22, at: 0) }
                    #expect(halved(doubled) == expected)
                }
            }
        }
    }

    private func halved(_ bytes: [UInt8]) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 16)
        // What follows a field is not part of it, even if it is a quote.
        let readable = bytes + Array(repeating: 0x22, count: 16)
        readable.withUnsafeBufferPointer {
            buffer.append(
                halvingDoubled: 0x22, UnsafeBufferPointer(rebasing: $0[..<bytes.count]))
        }
        return Array(UnsafeBufferPointer(start: buffer.base, count: buffer.count))
    }

    @Test("The first byte that is not UTF-8 is found at every place")
    func invalidBytes() {
        let pieces: [[UInt8]] = [Array("é".utf8), Array("日".utf8), Array("😀".utf8), [0x41]]
        for length in 0...24 {
            for piece in pieces {
                let start = Array(repeating: UInt8(ascii: "x"), count: length) + piece + piece
                let rest = Array("yyyyyyyyyé".utf8)
                #expect(firstInvalid(start + rest) == nil)
                for wrong: [UInt8] in [[0xFF], [0xC3, 0x28], [0xE2, 0x82], [0xED, 0xA0, 0x80]] {
                    #expect(firstInvalid(start + wrong + rest) == start.count)
                }
            }
        }
    }

    @Test("Random bytes are UTF-8 up to where every beginning is")
    func randomBytes() {
        var random = SeededGenerator(seed: 7)
        let pieces: [[UInt8]] = [
            Array("x".utf8), Array("yyyyyyyyyyyyyyyyyyy".utf8), Array("é".utf8), Array("日".utf8),
            Array("😀".utf8), Array("ह".utf8), Array("\u{D7FF}".utf8), [0xC1], [0x80], [0xE0, 0x80],
            [0xED, 0xA0, 0x80], [0xE3, 0x81], [0xF0, 0x9F], [0xF4, 0x90, 0x80, 0x80], [0xFF],
        ]
        for _ in 0..<2000 {
            let wrong = random.chance(60)
            let bytes = (0..<random.below(30)).flatMap { _ in
                pieces[random.below(wrong && random.chance(10) ? pieces.count : 7)]
            }
            let valid = (0...bytes.count).last {
                String(validating: bytes.prefix($0), as: UTF8.self) != nil
            }!
            #expect(firstInvalid(bytes) == (valid == bytes.count ? nil : valid), "\(bytes)")
        }
    }

    private func firstInvalid(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { firstInvalidUTF8($0.baseAddress!, count: $0.count) }
    }
}
