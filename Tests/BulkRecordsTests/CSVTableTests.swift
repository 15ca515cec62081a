import BulkRecords
import Testing

/// One input and the records expected from it.
struct CSVCase: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var columns: [String] = ["a", "b"]
    var lines: [String]

    var testDescription: String { name }
}

@Suite("CSV, case by case")
struct CSVTableTests {
    @Test(
        "Every case gives its records, whole and at every chunk size",
        arguments: [
            CSVCase(name: "LF", text: "a,b\n1,2\n3,4\n", lines: ["1|2", "3|4"]),
            CSVCase(name: "CRLF", text: "a,b\r\n1,2\r\n3,4\r\n", lines: ["1|2", "3|4"]),
            CSVCase(name: "lone CR", text: "a,b\r1,2\r3,4\r", lines: ["1|2", "3|4"]),
            CSVCase(
                name: "mixed breaks", text: "a,b\r\n1,2\r3,4\n5,6", lines: ["1|2", "3|4", "5|6"]),
            CSVCase(name: "no break at the end", text: "a,b\n1,2", lines: ["1|2"]),
            CSVCase(name: "CR at the end", text: "a,b\r\n1,2\r", lines: ["1|2"]),
            CSVCase(name: "quoted", text: "a,b\n\"1\",\"2\"\n", lines: ["1|2"]),
            CSVCase(name: "quoted delimiter", text: "a,b\n\"1,x\",2\n", lines: ["1,x|2"]),
            CSVCase(
                name: "quoted breaks", text: "a,b\n\"1\nx\r\ny\rz\",2\n3,4\n",
                lines: ["1\nx\r\ny\rz|2", "3|4"]),
            CSVCase(
                name: "doubled quotes", text: "a,b\n\"\"\"1\"\"\",\"\"\"\"\n\"x\"\"y\",\"\"\n",
                lines: ["\"1\"|\"", "x\"y|"]),
            CSVCase(name: "quoted at the end", text: "a,b\n1,\"2\"", lines: ["1|2"]),
            CSVCase(
                name: "empty fields", text: "a,b,c\n,1,\n", columns: ["a", "b", "c"], lines: ["|1|"]
            ),
            CSVCase(
                name: "rows of delimiters only",
                text: ",\n\na,b\n,\n1,2\r\n,\r\n,\n3,4\n,\n,", lines: ["1|2", "3|4"]),
            CSVCase(
                name: "rows of delimiters before a wider header",
                text: ",\n\n,,\na,b,c,d,e\n1,2,3,4,5\n",
                columns: ["a", "b", "c", "d", "e"], lines: ["1|2|3|4|5"]),
            CSVCase(
                name: "rows of other delimiters before the header", text: ",,\na;b\n1;2\n",
                lines: ["1|2"]),
            CSVCase(
                name: "empty quotes are a row", text: "a,b\n\"\",\n , \n", lines: ["|", " | "]),
            CSVCase(
                name: "a delimiter more at the end of each row", text: "a,b\n,\n1,2,\n3,4,\n",
                lines: ["1|2", "3|4"]),
            CSVCase(
                name: "a delimiter more at the end of some rows", text: "a,b\n1,2,\n3,4\n",
                lines: ["!ragged_row@2", "3|4"]),
            CSVCase(
                name: "a delimiter more, and a value with one", text: "a,b\n1,2,\n3,4,5,\n",
                lines: ["1|2", "!ragged_row@3"]),
            CSVCase(
                name: "a header with a delimiter more", text: "a,b,\n1,2\n3,4\n",
                columns: ["a", "b", ""],
                lines: ["1|2|", "3|4|"]),
            CSVCase(
                name: "a header with a delimiter more, and some rows", text: "a,b,\n1,2\n3,4,\n",
                columns: ["a", "b", ""], lines: ["!ragged_row@2", "3|4|"]),
            CSVCase(
                name: "blanks before quotes in every row, under a header without quotes",
                text: "a,b\n1, \"2\"\n3, \"4, 5\"\n", lines: ["1|2", "3|4, 5"]),
            CSVCase(
                name: "two delimiters at the end of every row", text: "a,b\n1,2,,\n3,4,,\n",
                lines: ["1|2", "3|4"]),
            CSVCase(
                name: "empty quotes and blanks at the end of every row",
                text: "a,b\n1,2,\"\"\n3,4, \n", lines: ["1|2", "3|4"]),
            CSVCase(
                name: "two delimiters at the header's end", text: "a,b,,\n1,2\n3,4\n",
                columns: ["a", "b", "", ""],
                lines: ["1|2||", "3|4||"]),
            CSVCase(
                name: "blanks before quotes, as in the header",
                text: "\"a\", \"b\"\n\"1\", \"2,\n3\"\n4, 5\n",
                lines: ["1|2,\n3", "4| 5"]),
            CSVCase(
                name: "a separator line in quotes", text: "\"sep=;\"\r\na;b\r\n1;2\r\n",
                lines: ["1|2"]),
            CSVCase(
                name: "blank lines", text: "\n\na,b\n\n1,2\n\r\n\r3,4\n\n", lines: ["1|2", "3|4"]),
            CSVCase(name: "blanks are kept", text: "a,b\n 1 ,\t2\n", lines: [" 1 |\t2"]),
            CSVCase(name: "header only", text: "a,b\n", lines: []),
            CSVCase(name: "header only, no break", text: "a,b", lines: []),
            CSVCase(name: "empty", text: "", columns: [], lines: []),
            CSVCase(name: "only breaks", text: "\n\r\n\r", columns: [], lines: []),
            CSVCase(
                name: "one column", text: "a\n1\n\n\"\"\n2", columns: ["a"], lines: ["1", "", "2"]),
            CSVCase(name: "byte order mark", text: "\u{FEFF}a,b\n1,2\n", lines: ["1|2"]),
            CSVCase(
                name: "byte order mark before a quote", text: "\u{FEFF}\"a\",b\n1,2\n",
                lines: ["1|2"]),
            CSVCase(
                name: "a mark later is a character", text: "a,b\n\u{FEFF}1,2\n",
                lines: ["\u{FEFF}1|2"]),
            CSVCase(name: "quoted header", text: "\"a\",\"b\"\n1,2\n", lines: ["1|2"]),
            CSVCase(
                name: "header over two lines", text: "\"a\nx\",b\n1,2\n", columns: ["a\nx", "b"],
                lines: ["1|2"]),
            CSVCase(
                name: "foreign letters", text: "a,b\né,漢字\n😀,\u{2028}\n",
                lines: ["é|漢字", "😀|\u{2028}"]),
            CSVCase(
                name: "other control characters", text: "a,b\n\u{1}\u{b},\u{c}\u{1a}\n",
                lines: ["\u{1}\u{b}|\u{c}\u{1a}"]),
            CSVCase(name: "semicolons", text: "a;b\n1,5;2\n", lines: ["1,5|2"]),
            CSVCase(name: "tabs", text: "a\tb\n1\t2,3\n", lines: ["1|2,3"]),
            CSVCase(name: "bars", text: "a|b\n1|2\n", lines: ["1|2"]),
            CSVCase(
                name: "delimiters in quotes do not count", text: "\"a;;;\",b\n1,2\n",
                columns: ["a;;;", "b"], lines: ["1|2"]),
            CSVCase(name: "sep line", text: "sep=;\na;b\n1,2;3\n", lines: ["1,2|3"]),
            CSVCase(name: "sep line, CRLF", text: "SEP=|\r\na|b\r\n1|3\r\n", lines: ["1|3"]),
            CSVCase(
                name: "a column named sep", text: "sep=x,b\n1,2\n", columns: ["sep=x", "b"],
                lines: ["1|2"]),
        ])
    func records(_ input: CSVCase) throws {
        let (whole, isSame) = try readInEveryWay(Array(input.text.utf8), format: .csv)
        #expect(whole.columns == input.columns)
        #expect(whole.lines == input.lines)
        #expect(isSame)
    }

    @Test(
        "Every malformed row is reported at its line, and the others are read",
        arguments: [
            CSVCase(
                name: "too few fields", text: "a,b\n1\n3,4\n", lines: ["!ragged_row@2", "3|4"]),
            CSVCase(
                name: "too many fields", text: "a,b\n1,2,3\n3,4\n", lines: ["!ragged_row@2", "3|4"]),
            CSVCase(
                name: "far too many", text: "a,b\n1,\"2\",\"3\",4,5,6,7\n3,4\n",
                lines: ["!ragged_row@2", "3|4"]),
            CSVCase(name: "a field too many", text: "a,b\n1,2,3\n", lines: ["!ragged_row@2"]),
            CSVCase(
                name: "two delimiters too many", text: "a,b\n1,2,,\n3,4,\n5,6\n",
                lines: ["!ragged_row@2", "!ragged_row@3", "5|6"]),
            CSVCase(
                name: "blanks are no blank line", text: "a,b\n  \n3,4\n",
                lines: ["!ragged_row@2", "3|4"]),
            CSVCase(
                name: "quote inside a field", text: "a,b\n1\"x,2\n3,4\n",
                lines: ["!stray_quote@2", "3|4"]),
            CSVCase(
                name: "a formula that keeps a text",
                text: "a,b\n=\"1\",=\"x y\"\n=\"\",4\n5,=\"6\"",
                lines: ["=\"1\"|=\"x y\"", "=\"\"|4", "5|=\"6\""]),
            CSVCase(
                name: "a formula with more behind it", text: "a,b\n=\"1\"&A2,2\n=\"1,2\",3\n4,=\"5",
                lines: ["!stray_quote@2", "!stray_quote@3", "!stray_quote@4"]),
            CSVCase(
                name: "blank before a quote", text: "a,b\n1, \"2\"\n3,4\n",
                lines: ["!stray_quote@2", "3|4"]),
            CSVCase(
                name: "text behind a quote", text: "a,b\n\"1\"x,2\n3,4\n",
                lines: ["!stray_quote@2", "3|4"]),
            CSVCase(
                name: "blank behind a quote", text: "a,b\n\"1\" ,2\n3,4\n",
                lines: ["!stray_quote@2", "3|4"]),
            CSVCase(
                name: "unclosed at the end", text: "a,b\n1,\"2\n3,4\n5,6",
                lines: ["!unclosed_quote@2", "3|4", "5|6"]),
            CSVCase(
                name: "unclosed on the last line", text: "a,b\n3,4\n1,\"2",
                lines: ["3|4", "!unclosed_quote@3"]),
            CSVCase(
                name: "unclosed, CRLF", text: "a,b\r\n1,\"2\r\n3,4\r\n",
                lines: ["!unclosed_quote@2", "3|4"]),
            CSVCase(
                name: "unclosed, lone CR", text: "a,b\r1,\"2\r3,4\r",
                lines: ["!unclosed_quote@2", "3|4"]),
            CSVCase(
                name: "unclosed on a later line of the row", text: "a,b\n\"1\nx\",\"2\n3,4\n",
                lines: ["!unclosed_quote@3", "3|4"]),
            CSVCase(
                name: "closed by the next row's quote", text: "a,b\n1,\"2\n3,\"4\"\n5,6\n",
                lines: ["!unclosed_quote@2", "3|4", "5|6"]),
            CSVCase(
                name: "two unclosed", text: "a,b\n1,\"2\n3,4\n5,\"6\n7,8\n",
                lines: ["!unclosed_quote@2", "3|4", "!unclosed_quote@4", "7|8"]),
            CSVCase(name: "NUL", text: "a,b\n1,\0\n3,4\n", lines: ["!nul_byte@2", "3|4"]),
            CSVCase(
                name: "NUL in quotes", text: "a,b\n1,\"x\n\0\"\n3,4\n",
                lines: ["!nul_byte@3", "3|4"]),
            CSVCase(name: "NUL alone", text: "a,b\n\0\n3,4\n", lines: ["!nul_byte@2", "3|4"]),
        ])
    func malformed(_ input: CSVCase) throws {
        let (whole, isSame) = try readInEveryWay(Array(input.text.utf8), format: .csv)
        #expect(whole.columns == input.columns)
        #expect(whole.lines == input.lines)
        #expect(isSame)
    }

    @Test("A malformed row keeps its text and its place")
    func place() throws {
        let text = "a,b\r\n1,2\r\n3,\"x\ny\" z\r\n5,6\r\n"
        let seen = try SeenInput(Array(text.utf8), format: .csv)
        #expect(seen.lines == ["1|2", "!unclosed_quote@3", "!stray_quote@4", "5|6"])
        let broken = seen.records[1]
        #expect(broken.raw == "3,\"x")
        #expect(broken.position == RecordPosition(number: 2, line: 3, byteOffset: 10))
        #expect(broken.problem?.byteOffset == 12)
        #expect(broken.values.isEmpty)
        #expect(seen.records[3].position == RecordPosition(number: 4, line: 5, byteOffset: 21))
    }

    @Test("Values say how they are written")
    func kinds() throws {
        let seen = try SeenInput(Array("a,b\n1,\"2\"\"\"\n".utf8), format: .csv)
        #expect(
            seen.records[0].values == [
                .init(column: "a", kind: .text, text: "1", raw: "1"),
                .init(column: "b", kind: .quotedText, text: "2\"", raw: "\"2\"\"\""),
            ])
    }

    @Test("A delimiter that is told overrides the one that is found")
    func told() throws {
        let bytes = Array("a;b,c\n1;2,3\n".utf8)
        #expect(try SeenInput(bytes, format: .csv).columns == ["a;b", "c"])
        let told = try SeenInput(bytes, format: .csv, delimiter: UInt8(ascii: ";"))
        #expect(told.columns == ["a", "b,c"])
        #expect(told.lines == ["1|2,3"])
        let odd = try SeenInput(
            Array("a b\n1 2\n".utf8), format: .csv, delimiter: UInt8(ascii: " "))
        #expect(odd.lines == ["1|2"])
    }

    @Test("Ten thousand columns are read like two", arguments: [1000, 4096, 1 << 18])
    func wide(chunkSize: Int) throws {
        let names = (0..<10_000).map { "c\($0)" }
        let text = names.joined(separator: ",") + "\n" + names.joined(separator: ",") + "\n"
        let seen = try SeenInput(Array(text.utf8), format: .csv, chunkSize: chunkSize)
        #expect(seen.columns == names)
        #expect(seen.records.map { $0.values.map(\.text) } == [names])
    }

    @Test(
        "A header that cannot be read stops the input",
        arguments: ["a,b\"\n1,2\n", "\"a,b\n1,2\n", "a,\u{0}\n"])
    func header(text: String) {
        #expect {
            try SeenInput(Array(text.utf8), format: .csv)
        } throws: { error in
            (error as? ReadError)?.code == .headerMalformed && (error as? ReadError)?.line == 1
        }
    }

    @Test("A delimiter that cannot be one is refused", arguments: [0, 10, 13, 34, 200] as [UInt8])
    func delimiters(byte: UInt8) {
        #expect {
            try SeenInput([0x61], format: .csv, delimiter: byte)
        } throws: { ($0 as? ReadError)?.code == .delimiterInvalid }
    }
}
