import BulkRecords
import Testing

@Suite("Reading a small input")
struct FirstReadTests {
    @Test("A CSV row gives its fields by column", arguments: [1, 2, 7, 4096])
    func csv(chunkSize: Int) throws {
        let text = "ticketId,note\r\na1,\"x \"\"y\"\"\nz\"\r\n\r\nb2,\n"
        var reader = try RecordReader(ByteSource(bytes: Array(text.utf8), chunkSize: chunkSize))
        #expect(reader.columns == ["ticketId", "note"])
        var seen: [[String?]] = []
        try reader.forEach { record in
            seen.append(["\(record.position.line)", record["ticketId"], record["note"]])
        }
        #expect(seen == [["2", "a1", "x \"y\"\nz"], ["5", "b2", ""]])
    }

    @Test("A JSON line gives its values by key", arguments: [1, 2, 7, 4096])
    func jsonLines(chunkSize: Int) throws {
        let text = "{\"id\":\"a1\",\"n\":1e0}\n\n{\"n\":null,\"id\":\"\\u00e9\"}"
        var reader = try RecordReader(ByteSource(bytes: Array(text.utf8), chunkSize: chunkSize))
        var seen: [[String?]] = []
        try reader.forEach { record in
            seen.append(["\(record.position.line)", record["id"], record["n"]])
        }
        #expect(seen == [["1", "a1", "1e0"], ["3", "é", "null"]])
        #expect(reader.columns == ["id", "n"])
    }
}
