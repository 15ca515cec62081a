import BulkRecords
import Testing

@Suite("Finding the format")
struct FormatTests {
    @Test(
        "The name tells",
        arguments: [
            ("rows.csv", RecordFormat.csv), ("ROWS.CSV.GZ", .csv), ("a/b.tsv", .csv),
            ("rows.jsonl", .jsonLines), ("rows.ndjson.gz", .jsonLines),
            ("rows.jsonlines", .jsonLines),
            ("rows", nil), ("rows.gz", nil), ("rows.json", nil), ("-", nil), ("csv", nil),
        ])
    func name(_ name: String, format: RecordFormat?) {
        #expect(RecordFormat(fileName: name) == format)
    }

    @Test(
        "Without a name that tells, the first byte does",
        arguments: [
            ("{\"a\":1}", RecordFormat.jsonLines), (" \n\t{\"a\":1}", .jsonLines),
            ("\u{FEFF}{\"a\":1}", .jsonLines), ("a,b\n", .csv), ("", .csv), ("\n\n", .csv),
            ("\"{\",b\n", .csv),
        ])
    func firstByte(text: String, format: RecordFormat) throws {
        for chunkSize in [1, 4096] {
            let reader = try RecordReader(
                ByteSource(bytes: Array(text.utf8), name: "-", chunkSize: chunkSize))
            #expect(reader.format == format)
        }
    }

    @Test("The name counts more than the first byte, and what is told more than both")
    func precedence() throws {
        let bytes = Array("{a}\n".utf8)
        let named = try RecordReader(ByteSource(bytes: bytes, name: "x.csv"))
        #expect(named.format == .csv)
        let told = try RecordReader(ByteSource(bytes: bytes, name: "x.csv"), format: .jsonLines)
        #expect(told.format == .jsonLines)
        #expect(told.delimiter == nil)
    }

    @Test("A JSON array is refused with the way to fix it")
    func array() {
        #expect {
            try SeenInput(Array(" [{\"a\":1}]".utf8))
        } throws: { error in
            let error = error as? ReadError
            return error?.code == .formatUnsupported && error?.message.contains("jq") == true
        }
    }
}
