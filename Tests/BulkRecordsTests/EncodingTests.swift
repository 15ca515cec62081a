import Testing

@testable import BulkRecords

@Suite("Encodings")
struct EncodingTests {
    private static let sequences: [(name: String, bytes: [UInt8])] = [
        ("lone continuation", [0x80]), ("cut off", [0xC3]), ("cut off, three", [0xE2, 0x82]),
        ("overlong slash", [0xC0, 0xAF]), ("overlong, three", [0xE0, 0x9F, 0xBF]),
        ("overlong, four", [0xF0, 0x8F, 0xBF, 0xBF]), ("surrogate", [0xED, 0xA0, 0x80]),
        ("over U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
        ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
        ("Latin-1 e", [0xE9, 0x74, 0xE9]), ("never a byte", [0xFF]),
    ]

    @Test("Bytes that are not UTF-8 are reported at their offset", arguments: sequences.map(\.name))
    func invalid(name: String) throws {
        let bytes = try #require(Self.sequences.first { $0.name == name }).bytes
        // The text before the sequence moves it across the borders of the scanned blocks.
        for padding in [0, 1, 13, 14, 15, 16, 30, 61, 62, 63, 64] {
            let before = Array("1,".utf8) + [UInt8](repeating: 0x78, count: padding)
            let csv = Array("a,b\né,2\n".utf8) + before + bytes + Array("\n3,4\n".utf8)
            let (rows, isSame) = try readInEveryWay(csv, format: .csv)
            #expect(rows.lines == ["é|2", "!invalid_utf8@3", "3|4"])
            #expect(rows.records[1].problem?.byteOffset == 9 + before.count)
            #expect(isSame)

            let start = Array("{\"a\":\"".utf8) + [UInt8](repeating: 0x78, count: padding)
            let json = start + bytes + Array("\"}\n{\"a\":\"é\"}\n".utf8)
            let (objects, isSameJSON) = try readInEveryWay(json, format: .jsonLines)
            #expect(objects.lines == ["!invalid_utf8@1", "é"])
            #expect(objects.records[0].problem?.byteOffset == start.count)
            #expect(isSameJSON)
        }
    }

    @Test("A byte that is not UTF-8 inside a quoted field is on its own line")
    func invalidInQuotes() throws {
        let bytes = Array("a,b\n1,\"x\r\ny\n".utf8) + [0xFF] + Array("\"\n3,4\n".utf8)
        let (whole, isSame) = try readInEveryWay(bytes, format: .csv)
        #expect(whole.lines == ["!invalid_utf8@4", "3|4"])
        #expect(isSame)
    }

    @Test("columns whose names differ in their composition only are two columns")
    func composition() throws {
        var reader = try RecordReader(
            ByteSource(bytes: Array("e\u{301},\u{E9}\n1,2\n".utf8)), format: .csv)
        let isThere = try reader.advance()
        #expect(isThere)
        let found = (reader.record["e\u{301}"], reader.record["\u{E9}"])
        #expect(found.0 == "1" && found.1 == "2")
    }

    @Test("Characters of every length are what UTF-8 makes of them, and half a pair is none")
    func everyLength() throws {
        let values: [UInt32] =
            [0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x1_0000, 0x10_FFFF]
            + stride(from: 0x20, to: 0x11_0000, by: 97)
        var units: [UInt16] = []
        var expected: [UInt8] = []
        for value in values {
            if let scalar = Unicode.Scalar(value) {
                units += Array(String(scalar).utf16)
                expected += Array(String(scalar).utf8)
            } else {
                units.append(UInt16(value))
                // A low half after a high one would be a pair.
                units.append(0x2C)
                expected += [0xFF, 0x2C]
            }
        }
        let bytes = units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let supply = TranscodingSupply(
            head: [], upstream: MemorySupply(bytes), encoding: .utf16LittleEndian, observer: nil)
        var output: [UInt8] = []
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 9000, alignment: 1)
        defer { space.deallocate() }
        while case let count = try supply.read(into: space), count > 0 { output += space[..<count] }
        #expect(output == expected)
    }

    @Test("UTF-16 with a mark is read, however it is cut; half a pair makes its row malformed")
    func utf16() throws {
        let text = Array("a,b\n1,é\u{1F600}\n2,".utf16) + [0xD83D, 0x0A]
        for isLittle in [true, false] {
            let bytes = ([0xFEFF] + text).flatMap { unit -> [UInt8] in
                let pair = [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
                return isLittle ? pair : pair.reversed()
            }
            for chunkSize in [1, 2, 3, 7, 4096] {
                let seen = try SeenInput(bytes, format: .csv, chunkSize: chunkSize)
                #expect(seen.columns == ["a", "b"])
                #expect(seen.lines == ["1|é\u{1F600}", "!invalid_utf8@3"])
            }
        }
    }

    @Test(
        "every encoding is decoded, and what it does not know makes its row malformed",
        arguments: [
            (TextEncoding.windows1252, [0xE9, 0x80], "é€"), (.windows1252, [0x81], nil),
            (.windows1252, [0x8D], nil), (.windows1252, [0x8F], nil), (.windows1252, [0x90], nil),
            (.windows1252, [0x9D], nil), (.latin1, [0x81], "\u{81}"),
            (.latin1, [0xE9, 0x85], "é\u{85}"), (.utf8, [0xC3, 0xA9], "é"),
        ] as [(TextEncoding, [UInt8], String?)])
    func encodings(encoding: TextEncoding, bytes: [UInt8], text: String?) throws {
        var source = ByteSource(bytes: Array("a,b\n1,".utf8) + bytes)
        source.encoding = encoding
        var reader = try RecordReader(source, format: .csv)
        let isThere = try reader.advance()
        #expect(isThere)
        if let text {
            let found = reader.record.text(of: 1)
            #expect(found == text)
        } else {
            let problem = reader.record.problem
            #expect(problem?.code == .invalidUTF8)
            #expect(problem?.message.hasSuffix("a character is none in windows-1252") == true)
        }
    }

    @Test(
        "UTF-16 without a mark and UTF-32 are refused by name",
        arguments: [
            ("UTF-16 (little-endian)", [0x61, 0x00, 0x2C, 0x00]),
            ("UTF-16 (big-endian)", [0x00, 0x61, 0x00, 0x2C]),
            ("UTF-32 (little-endian)", [0xFF, 0xFE, 0x00, 0x00]),
            ("UTF-32 (big-endian)", [0x00, 0x00, 0xFE, 0xFF]),
            ("UTF-32 (little-endian)", [0x61, 0x00, 0x00, 0x00]),
            ("UTF-32 (big-endian)", [0x00, 0x00, 0x00, 0x61]),
        ] as [(String, [UInt8])])
    func foreign(name: String, bytes: [UInt8]) {
        for format in RecordFormat.allCases {
            for chunkSize in [1, 4096] {
                #expect {
                    try SeenInput(bytes, format: format, chunkSize: chunkSize)
                } throws: { error in
                    let error = error as? ReadError
                    return error?.code == .encodingUnsupported
                        && error?.message.contains(name) == true
                }
            }
        }
    }
}
