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
            buffer.append(halvingDoubled: 0x22, $0.baseAddress!, count: bytes.count)
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

    private func firstInvalid(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { firstInvalidUTF8($0.baseAddress!, count: $0.count) }
    }
}
