import BulkRecords
import BulkTestSupport
import Testing

@testable import BulkSystem

@Suite("CSV is written so that any reader, and a spreadsheet, takes it as it was meant")
struct CSVWriterTests {
    private func line(_ cells: [String?]) -> String {
        var csv = CSVWriter()
        for cell in cells { csv.cell(cell) }
        csv.endRow()
        return csv.buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "Cells are quoted where they have to be, and only there",
        arguments: [
            ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""), (" edge", "\" edge\""), ("edge ", "\"edge \""),
            ("\"", "\"\"\"\""), ("é👍", "é👍"), ("a=b", "a=b"), ("！x", "！x"),
            ("\u{FEFF}x", "\u{FEFF}x"), ("'quoted'", "'quoted'"),
        ])
    func quoting(cell: String, written: String) {
        #expect(line([cell, "x"]) == written + ",x\n")
    }

    @Test(
        "What a spreadsheet would run gets an apostrophe",
        arguments: [
            "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "=", "＝1+1", "＋1", "－1", "＠x",
        ])
    func formulas(cell: String) {
        #expect(line([cell]) == "\"'\(cell)\"\n")
    }

    @Test("Numbers of ours stay numbers")
    func numbers() {
        var csv = CSVWriter()
        csv.cell(-5)
        csv.cell(Int?.none)
        csv.cell(12)
        csv.endRow()
        csv.cell("next")
        csv.endRow()
        #expect(
            csv.buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } == "-5,,12\nnext\n")
    }

    @Test("Numbers are in quotes where a digit is the delimiter")
    func quotedNumbers() {
        var csv = CSVWriter()
        csv.begin(delimiter: UInt8(ascii: "1"), hasMark: false, rowEnd: "\n")
        csv.separatorRow()
        csv.cell(-12)
        csv.cell(Int?.none)
        csv.endRow()
        #expect(text(csv) == "sep=1\n\"-12\"1\n")
    }

    @Test(
        "Cells of an input are written so that they are read as the input's",
        arguments: [
            ("=\"Grace\"", "\"=\"\"Grace\"\"\"", "\"=\"\"Grace\"\"\""),
            ("=\"@x\"", "\"'@x\"", "\"'=\"\"@x\"\"\""),
            ("=\" '=x\"", "\"''=x\"", "\"'=\"\" '=x\"\"\""),
            ("=\"a\"\"b\"", "\"'=\"\"a\"\"\"\"b\"\"\"", "\"'=\"\"a\"\"\"\"b\"\"\""),
            ("\t\u{A0}Grace\n", "Grace", "\"'\t\u{A0}Grace\n\""),
            ("\n=\"Grace\"\t", "\"=\"\"Grace\"\"\"", "\"\n=\"\"Grace\"\"\t\""),
            ("'=x", "'=x", "'=x"), ("=x", "\"'=x\"", "\"'=x\""), ("", "", ""),
        ])
    func inputCells(cell: String, written: String, otherwise: String) {
        var csv = CSVWriter()
        csv.cell(ofInput: cell, isBlankIgnored: true)
        csv.cell(ofInput: cell, isBlankIgnored: false)
        #expect(text(csv) == "\(written),\(otherwise)")
    }

    @Test("A column's name is in quotes if it contains what could be the delimiter")
    func names() {
        var csv = CSVWriter()
        for name in ["a;b", "a|b", "a\tb", "a,b", "a b", "=a"] { csv.name(name) }
        #expect(text(csv) == "\"a;b\",\"a|b\",\"a\tb\",\"a,b\",a b,\"'=a\"")
    }

    private func text(_ csv: borrowing CSVWriter) -> String {
        csv.buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Seeded cells of everything that CSV gives a meaning to, through our own reader and back.
    @Test("Our reader reads what is written", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let alphabet: [Character] = ["a", "b", ",", "\"", "\n", " ", ";", "é", "'", "|"]
        let cells = (0..<5).map { _ in
            "x"
                + String(
                    (0..<Int.random(in: 0..<8, using: &generator)).map { _ in
                        alphabet.randomElement(using: &generator) ?? "a"
                    })
        }
        let directory = try TemporaryDirectory()
        let path = try directory.write("h1,h2,h3,h4,h5\n" + line(cells), to: "cells.csv")
        var reader = try RecordReader(ByteSource(path: path))
        var read: [String] = []
        try reader.forEach { record in
            #expect(record.problem == nil)
            read = (0..<record.count).map { record.text(of: $0) }
        }
        #expect(read == cells)
    }
}
