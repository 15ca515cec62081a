import BulkRecords
import Testing

@Suite("Limits on fields and records")
struct LimitTests {
    private let small = RecordLimits(fieldBytes: 8, recordBytes: 20)

    @Test(
        "A field or row that is too long is reported, whole and at every chunk size",
        arguments: [
            ("12345678,2", "12345678|2"), ("123456789,2", "!field_too_long@2"),
            ("1,123456789", "!field_too_long@2"), ("\"123456\",2", "123456|2"),
            ("\"1234567\",2", "!field_too_long@2"), ("1,\"1234567\"", "!field_too_long@2"),
            ("\"123\n5\",2", "123\n5|2"), ("\"\"\"\"\"\"\"\",\"12345\"", "\"\"\"|12345"),
            ("12345678,12345678,12", "!ragged_row@2"),
            ("12345678,12345678,123", "!record_too_long@2"),
            ("1,2,3,4,5,6,7,8,9,10,11,12,\"x\"", "!record_too_long@2"),
            ("1,2,3,4,5,6,7,8,9,10,11,12,\"x\"y", "!record_too_long@2"),
            ("1234567890123456789012345678901234567890,2", "!record_too_long@2"),
        ])
    func csv(row: String, line: String) throws {
        for text in ["a,b\n\(row)\n3,4\n", "a,b\r\n\(row)\r\n3,4"] {
            let (whole, isSame) = try readInEveryWay(
                Array(text.utf8), format: .csv, limits: small)
            #expect(whole.lines == [line, "3|4"])
            #expect(isSame)
        }
    }

    @Test("A quote left open swallows no more than one field's limit")
    func unclosed() throws {
        let (whole, isSame) = try readInEveryWay(
            Array("a,b\n1,\"2\n3,4\n5,6\n7,8\n\"9\",0\n".utf8), format: .csv, limits: small)
        #expect(whole.lines == ["!field_too_long@2", "3|4", "5|6", "7|8", "9|0"])
        #expect(whole.records[0].raw == "1,\"2")
        #expect(isSame)
    }

    @Test("A quoted field without a line break that is too long ends with its line")
    func oneLongLine() throws {
        let (whole, isSame) = try readInEveryWay(
            Array("a,b\n1,\"23456789012345678901234567890\n3,4\n".utf8), format: .csv, limits: small
        )
        #expect(whole.lines == ["!field_too_long@2", "3|4"])
        #expect(isSame)
    }

    @Test("A row of delimiters only is skipped up to the limit, and too long beyond it")
    func delimitersOnly() throws {
        for (count, lines) in [(20, ["1|2"]), (21, ["!record_too_long@2", "1|2"])] {
            let text = "a,b\n\(String(repeating: ",", count: count))\n1,2\n"
            let (whole, isSame) = try readInEveryWay(
                Array(text.utf8), format: .csv, limits: small)
            #expect(whole.lines == lines)
            #expect(isSame)
        }
    }

    @Test("The limits are 1 MiB a field and 4 MiB a record")
    func defaults() throws {
        let megabyte = String(repeating: "x", count: 1 << 20)
        var text = "a,b\n\(megabyte),2\n\(megabyte)x,2\n3,4\n"
        text += "\(megabyte),\(megabyte),\(megabyte),\(megabyte)\n5,6\n"
        for chunkSize in [50_000, ByteSource.defaultChunkSize] {
            let seen = try SeenInput(Array(text.utf8), format: .csv, chunkSize: chunkSize)
            #expect(
                seen.lines == [
                    "\(megabyte)|2", "!field_too_long@3", "3|4", "!record_too_long@5", "5|6",
                ])
            #expect(seen.records[3].isTruncated)
            #expect(seen.records[3].raw.utf8.count == 64 * 1024)
        }
    }

    @Test("The longest line break away is found without keeping what is skipped")
    func skipped() throws {
        let endless = String(repeating: "x,", count: 5 << 20)
        let seen = try SeenInput(Array("a,b\n\(endless)\n3,4\n".utf8), format: .csv)
        #expect(seen.lines == ["!record_too_long@2", "3|4"])
        #expect(seen.records[1].position.line == 3)
    }

    @Test(
        "A JSON value or line that is too long is reported",
        arguments: [
            ("{\"a\":\"123456\"}", "123456"), ("{\"a\":\"1234567\"}", "!field_too_long@1"),
            ("{\"a\":[1,2,3,4]}", "!field_too_long@1"), ("{\"123456789\":1}", "!field_too_long@1"),
            ("{\"a\":1,\"b\":2,\"c\":34}", "1|2|34"),
            ("{\"a\":1,\"b\":2,\"c\":345}", "!record_too_long@1"),
            ("{\"a\":1,\"b\":2,\"c\":345678901234567890}", "!record_too_long@1"),
        ])
    func json(line: String, expected: String) throws {
        for text in ["\(line)\n{\"a\":3}\n", "\(line)\r\n{\"a\":3}"] {
            let (whole, isSame) = try readInEveryWay(
                Array(text.utf8), format: .jsonLines, limits: small)
            #expect(whole.lines == [expected, "3"])
            #expect(isSame)
        }
    }

    @Test(
        "Line breaks before a header are no part of it, however many they are",
        arguments: ["\n", "\r", "\r\n"], ["a;b;c,d", "sep=;\na;b;c,d", "sep=;\n\n\n\na;b;c,d"])
    func blankLinesBeforeHeader(lineBreak: String, header: String) throws {
        let blank = String(repeating: lineBreak, count: 50)
        let (whole, isSame) = try readInEveryWay(
            Array("\(blank)\(header)\(blank)1;2;3".utf8), format: .csv, limits: small)
        #expect(whole.columns == ["a", "b", "c,d"])
        #expect(whole.lines == ["1|2|3"])
        #expect(whole.records[0].position.line == 101 + header.count { $0 == "\n" })
        #expect(isSame)
    }

    @Test(
        "A header that is too long is refused, whole and at every chunk size",
        arguments: [1, 7, 4096])
    func longHeader(chunkSize: Int) throws {
        #expect(try SeenInput(Array("a,b,c,d,e,f,g,h,i,jk\n".utf8), limits: small).records.isEmpty)
        for header in ["a,b,c,d,e,f,g,h,i,jkl", "a,b,c,d,e,f,g,h,\"ijk\n\n\n", "\"a\nb\nc\nd\ne,f"]
        {
            #expect(throws: ReadError.self) {
                try SeenInput(
                    Array("\(header)\n1,2\n".utf8), format: .csv, limits: small,
                    chunkSize: chunkSize)
            }
        }
    }

    @Test(
        "A JSON line of blanks alone is skipped up to the limit, and too long beyond it",
        arguments: ["\n", "\r", "\r\n"])
    func blankLines(lineBreak: String) throws {
        let longest = String(repeating: "\t", count: 20)
        for (blanks, lines) in [
            (longest, ["1", "2"]), (longest + " ", ["1", "!record_too_long@2", "2"]),
            (longest + longest, ["1", "!record_too_long@2", "2"]),
        ] {
            let text = "{\"a\":1}\(lineBreak)\(blanks)\(lineBreak)\(lineBreak){\"a\":2}"
            for text in [text, text + lineBreak + longest] {
                let (whole, isSame) = try readInEveryWay(
                    Array(text.utf8), format: .jsonLines, limits: small)
                #expect(whole.lines == lines)
                #expect(whole.records.last?.position.line == 4)
                #expect(isSame)
            }
        }
    }

    @Test(
        "a JSON value that is too long is not taken for an open quote, and a CSV value may be one")
    func advice() throws {
        let limits = RecordLimits(fieldBytes: 8, recordBytes: 400)
        let long = String(repeating: "x", count: 20)
        for (text, format, asks) in [
            ("{\"a\":\"\(long)\"}\n", RecordFormat.jsonLines, false),
            ("a,b\n\"\(long)\",1\n", .csv, true),
        ] {
            var reader = try RecordReader(
                ByteSource(bytes: Array(text.utf8)), format: format, limits: limits)
            let isThere = try reader.advance()
            #expect(isThere)
            let message = reader.record.problem?.message ?? ""
            #expect(message.contains("longer than 8 bytes"))
            #expect(message.contains("quote") == asks, "\(message)")
        }
    }
}
