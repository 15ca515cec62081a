import BulkRecords
import Testing

@Suite("JSON Lines, case by case")
struct JSONTableTests {
    @Test(
        "Every case gives its records, whole and at every chunk size",
        arguments: [
            CSVCase(name: "LF", text: "{\"a\":1}\n{\"a\":2}\n", columns: ["a"], lines: ["1", "2"]),
            CSVCase(
                name: "CRLF", text: "{\"a\":1}\r\n{\"a\":2}\r\n", columns: ["a"], lines: ["1", "2"]),
            CSVCase(
                name: "lone CR", text: "{\"a\":1}\r{\"a\":2}\r", columns: ["a"], lines: ["1", "2"]),
            CSVCase(name: "no break at the end", text: "{\"a\":1}", columns: ["a"], lines: ["1"]),
            CSVCase(
                name: "blank lines", text: "\n \t\r\n{\"a\":1}\n\n", columns: ["a"], lines: ["1"]),
            CSVCase(name: "empty", text: "", columns: [], lines: []),
            CSVCase(
                name: "byte order mark", text: "\u{FEFF}{\"a\":1}", columns: ["a"], lines: ["1"]),
            CSVCase(name: "no members", text: "{}\n{ }\n", columns: [], lines: ["", ""]),
            CSVCase(
                name: "blanks everywhere", text: " { \"a\"\t: 1 , \"b\" :\"x\" } \t\n",
                lines: ["1|x"]),
            CSVCase(
                name: "every kind",
                text:
                    "{\"a\":\"x\",\"b\":-0.5e+2,\"c\":true,\"d\":false,\"e\":null,\"f\":{\"g\":[]},\"h\":[1,{}]}",
                columns: ["a", "b", "c", "d", "e", "f", "h"],
                lines: ["x|-0.5e+2|true|false|null|{\"g\":[]}|[1,{}]"]),
            CSVCase(
                name: "keys in another order",
                text: "{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}\n{\"a\":5}\n",
                lines: ["1|2", "3|4", "5"]),
            CSVCase(name: "new keys later", text: "{\"a\":1}\n{\"b\":2}\n", lines: ["1", "2"]),
            CSVCase(
                name: "long keys", text: "{\"a key of more than sixteen\":1,\"0123456789abcde\":2}",
                columns: ["a key of more than sixteen", "0123456789abcde"], lines: ["1|2"]),
            CSVCase(name: "empty key", text: "{\"\":1}", columns: [""], lines: ["1"]),
            CSVCase(
                name: "escaped key is the same key", text: "{\"a\":1}\n{\"\\u0061\":2}\n",
                columns: ["a"], lines: ["1", "2"]),
            CSVCase(
                name: "escapes", text: #"{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u6f22"}"#,
                columns: ["a"],
                lines: ["\"\\/\u{8}\u{c}\n\r\tAé漢"]),
            CSVCase(
                name: "surrogate pair", text: #"{"a":"\ud83d\ude00\uD83D\uDE00"}"#, columns: ["a"],
                lines: ["😀😀"]),
            CSVCase(name: "escaped NUL", text: #"{"a":"\u0000"}"#, columns: ["a"], lines: ["\0"]),
            CSVCase(
                name: "line separators in strings", text: "{\"a\":\"\u{2028}\u{2029}\u{85}\"}",
                columns: ["a"], lines: ["\u{2028}\u{2029}\u{85}"]),
            CSVCase(
                name: "noncharacters", text: "{\"a\":\"\u{FFFF}\u{10FFFF}\u{7F}\"}", columns: ["a"],
                lines: ["\u{FFFF}\u{10FFFF}\u{7F}"]),
            CSVCase(
                name: "numbers are kept as written",
                text:
                    "{\"a\":1.0,\"b\":1e0,\"c\":9007199254740993,\"d\":-0,\"e\":1E400,\"f\":0.1e-99}",
                columns: ["a", "b", "c", "d", "e", "f"],
                lines: ["1.0|1e0|9007199254740993|-0|1E400|0.1e-99"]),
            CSVCase(
                name: "duplicates inside a value are its own affair",
                text: "{\"a\":{\"x\":1,\"x\":2}}",
                columns: ["a"], lines: ["{\"x\":1,\"x\":2}"]),
        ])
    func records(_ input: CSVCase) throws {
        let (whole, isSame) = try readInEveryWay(Array(input.text.utf8), format: .jsonLines)
        #expect(whole.columns == input.columns)
        #expect(whole.lines == input.lines)
        #expect(isSame)
    }

    @Test(
        "Every line that is no object is reported, and the others are read",
        arguments: [
            ("{\"a\":1,\"a\":2}", "duplicate_key"), (#"{"a":1,"\u0061":2}"#, "duplicate_key"),
            ("[1]", "not_an_object"), ("1", "not_an_object"), ("null", "not_an_object"),
            ("\"a\"", "not_an_object"), ("x", "not_an_object"), (",", "not_an_object"),
            ("{\"a\":1}{\"a\":2}", "trailing_garbage"), ("{\"a\":1},", "trailing_garbage"),
            ("{\"a\":1} // x", "trailing_garbage"), ("{\"a\":1}\u{c}", "trailing_garbage"),
            ("{", "unfinished_json"), ("{\"a", "unfinished_json"), ("{\"a\":", "unfinished_json"),
            ("{\"a\":1", "unfinished_json"), ("{\"a\":1,", "unfinished_json"),
            ("{\"a\":[1,", "unfinished_json"), ("{\"a\":tru", "unfinished_json"),
            ("{\"a\":\"x\\", "unfinished_json"), ("{\"a\":-", "unfinished_json"),
            ("{a:1}", "invalid_json"), ("{'a':1}", "invalid_json"), ("{\"a\" 1}", "invalid_json"),
            ("{\"a\":1,}", "invalid_json"), ("{,\"a\":1}", "invalid_json"),
            ("{\"a\":}", "invalid_json"),
            ("{\"a\":[1,]}", "invalid_json"), ("{\"a\":[,1]}", "invalid_json"),
            ("{\"a\":[1 2]}", "invalid_json"),
            ("{\"a\":{\"b\"}}", "invalid_json"), ("{\"a\":[}]}", "invalid_json"),
            ("{\"a\":{]}", "invalid_json"),
            ("{\"a\":[1}}", "invalid_json"), ("{\"a\":{\"b\":1,}}", "invalid_json"),
            ("{\"a\":01}", "invalid_json"), ("{\"a\":1.}", "invalid_json"),
            ("{\"a\":.5}", "invalid_json"),
            ("{\"a\":+1}", "invalid_json"), ("{\"a\":1e}", "invalid_json"),
            ("{\"a\":--1}", "invalid_json"),
            ("{\"a\":0x1}", "invalid_json"), ("{\"a\":NaN}", "invalid_json"),
            ("{\"a\":Infinity}", "invalid_json"),
            ("{\"a\":True}", "invalid_json"), ("{\"a\":nulL}", "invalid_json"),
            ("{\"a\":truex}", "invalid_json"),
            ("{\"a\":\"\t\"}", "invalid_json"), (#"{"a":"\x41"}"#, "invalid_json"),
            (#"{"a":"\u12g4"}"#, "invalid_json"), (#"{"a":"\U0041"}"#, "invalid_json"),
            (#"{"a":"\ud800"}"#, "lone_surrogate"), (#"{"a":"\udc00"}"#, "lone_surrogate"),
            (#"{"a":"\ud800\u0041"}"#, "lone_surrogate"),
            (#"{"a":"\ud800\ud800"}"#, "lone_surrogate"),
            (#"{"a":"\ud800x"}"#, "lone_surrogate"), (#"{"\ud800":1}"#, "lone_surrogate"),
            (#"{"a":["\ud800"]}"#, "lone_surrogate"),
            ("{\"a\":\u{0}}", "nul_byte"), ("{\"a\":\"\u{0}\"}", "nul_byte"),
            ("{\"a\":1\u{0}}", "nul_byte"),
            ("{\u{FEFF}\"a\":1}", "invalid_json"), ("{\u{A0}\"a\":1}", "invalid_json"),
        ])
    func malformed(line: String, code: String) throws {
        let bytes = Array("{\"b\":1}\n\(line)\n{\"b\":2}\n".utf8)
        let (whole, isSame) = try readInEveryWay(bytes, format: .jsonLines)
        #expect(whole.lines == ["1", "!\(code)@2", "2"])
        #expect(whole.records[1].raw == line)
        #expect(isSame)
        // The same line as the last one, without a line break after it.
        let last = try readInEveryWay(Array("{\"b\":1}\n\(line)".utf8), format: .jsonLines)
        #expect(last.whole.lines == ["1", "!\(code)@2"])
        #expect(last.isSameInChunks)
    }

    @Test("An object over several lines is said to be one")
    func pretty() throws {
        let seen = try SeenInput(Array("{\n  \"a\": 1\n}\n".utf8), format: .jsonLines)
        #expect(seen.lines == ["!unfinished_json@1", "!not_an_object@2", "!not_an_object@3"])
        #expect(seen.records[0].problem?.message.contains("jq") == true)
    }

    @Test("Nesting is followed to 512 levels and no further", arguments: [511, 512, 100_000])
    func nesting(levels: Int) throws {
        for (open, close) in [("[", "]"), ("{\"x\":", "}"), ("[{\"x\":", "}]")] {
            let count = open.count > 5 ? levels / 2 : levels
            let value =
                String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
            let seen = try SeenInput(Array("{\"a\":\(value)}\n{\"a\":2}".utf8), format: .jsonLines)
            let isFine = (open.count > 5 ? count * 2 : count) + 1 <= 512
            #expect(seen.lines == (isFine ? [value, "2"] : ["!nesting_too_deep@1", "2"]))
        }
        let open = String(repeating: "[", count: 100_000)
        let unclosed = try SeenInput(Array("{\"a\":\(open)\n".utf8), format: .jsonLines)
        #expect(unclosed.lines == ["!nesting_too_deep@1"])
        let array = try SeenInput(Array("\(open)\n".utf8), format: .jsonLines)
        #expect(array.lines == ["!not_an_object@1"])
    }

    @Test("More keys than allowed are a problem of the record that brings them")
    func manyKeys() throws {
        let limits = RecordLimits(columns: 2)
        let text = "{\"a\":1,\"b\":2}\n{\"c\":3}\n{\"b\":4}\n"
        let seen = try SeenInput(Array(text.utf8), format: .jsonLines, limits: limits)
        #expect(seen.lines == ["1|2", "!too_many_columns@2", "4"])
        #expect(seen.columns == ["a", "b"])
    }

    @Test("Hundreds of keys in any order find their columns")
    func wide() throws {
        let names = (0..<300).map { "key number \($0)" }
        func line(_ names: some Sequence<String>) -> String {
            "{" + names.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",") + "}\n"
        }
        let text = line(names) + line(names.reversed()) + line(names.shuffled())
        let seen = try SeenInput(Array(text.utf8), format: .jsonLines)
        #expect(seen.columns == names)
        for record in seen.records {
            #expect(record.values.count == 300)
            #expect(record.values.allSatisfy { $0.column == $0.text })
        }
    }

    @Test("Values say how they are written")
    func kinds() throws {
        let text = #"{"s":"\u0078","n":1,"t":true,"f":false,"z":null,"o":{},"a":[]}"#
        let seen = try SeenInput(Array(text.utf8), format: .jsonLines)
        let values = try #require(seen.records.first).values
        #expect(values.map(\.kind) == [.string, .number, .true, .false, .null, .object, .array])
        #expect(values[0].raw == "\"\\u0078\"")
        #expect(values[0].text == "x")
    }
}
