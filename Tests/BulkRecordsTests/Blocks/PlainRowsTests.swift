import BulkRecords
import BulkTestSupport
import Testing

@Suite("Plain rows")
struct PlainRowsTests {
    private func read(
        _ bytes: [UInt8], limits: RecordLimits = RecordLimits(), size: Int
    ) throws -> (seen: SeenInput, plainCount: Int) {
        try PlainlyKeptRecords.read(bytes, .csv, limits, size: size)
    }

    /// Mostly plain rows, whose lengths lie around the size of the scan's steps.
    private func rows(_ random: inout SeededGenerator, columns: Int) -> [UInt8] {
        let lineBreak = random.pick(["\n", "\n", "\r\n"])
        var text = (0..<columns).map { "c\($0)" }.joined(separator: ",") + lineBreak
        let isQuoted = random.chance(50)
        for _ in 0..<random.below(200) {
            var fields = (0..<columns).map { _ in
                String(repeating: "x", count: random.below(random.chance(5) ? 200 : 40))
            }
            if random.chance(4) {
                let odd = ["é", "\"", "\"\"", "\"a,b\"", "\0", "\r", "\n", "\t", ",", "\u{7F}"]
                fields[random.below(columns)] += random.pick(odd)
            }
            if isQuoted, random.chance(70) {
                let inside = ["é", "\"\"", ",", "日本", "\"\"\"\"", "x, y", "\t", "😀"]
                let column = random.below(columns)
                let text = (0..<random.below(5)).map { _ in random.pick(inside) }.joined()
                fields[column] = "\"" + text + fields[column] + "\""
            }
            text += fields.joined(separator: ",") + lineBreak
        }
        if random.chance(50) { text.removeLast() }
        return Array(text.utf8)
    }

    @Test("Rows of any length, plain or not, give the same records as one by one")
    func same() throws {
        var random = SeededGenerator(seed: RandomDocuments.seed)
        var plainCount = 0
        var count = 0
        for number in 0..<RandomDocuments.count / 40 {
            let bytes = rows(&random, columns: 1 + random.below(6))
            let limits =
                random.chance(20)
                ? RecordLimits(
                    fieldBytes: 2 + random.below(150), recordBytes: 100 + random.below(100))
                : RecordLimits()
            let size = random.pick([1, 63, 64, 65, 300, 1000, 4096, 100_000])
            let whole = try SeenInput(bytes, format: .csv, limits: limits)
            let plain = try read(bytes, limits: limits, size: size)
            if whole != plain.seen {
                Issue.record("document \(number), size \(size): \(whole), not \(plain.seen)")
                return
            }
            plainCount += plain.plainCount
            count += whole.records.count
        }
        // Most rows must use the fast path, or the test shows nothing.
        #expect(plainCount > count / 2 && plainCount < count)
    }

    @Test("Random bytes give the same records as one by one")
    func noise() throws {
        var random = SeededGenerator(seed: RandomDocuments.seed)
        let small = RecordLimits(fieldBytes: 8, recordBytes: 24)
        for number in 0..<RandomDocuments.count / 4 {
            let bytes = CSVOracleTests.mixture(&random)
            let limits = random.chance(30) ? small : RecordLimits()
            let size = random.pick([1, 2, 3, 5, 8, 13, 21, 34, 55, 4096])
            let whole = try SeenInput(bytes, format: .csv, limits: limits)
            let plain = try read(bytes, limits: limits, size: size)
            if whole != plain.seen {
                Issue.record(
                    "document \(number), size \(size): \(bytes): \(whole), not \(plain.seen)")
                return
            }
        }
    }

    @Test(
        "A row is plain if nothing can be wrong with it",
        arguments: [
            ("a,b\n", 1), ("a,b\r\n", 1), (",\n", 0), (",b\n", 1), ("a,b", 0), ("a,b\r", 0),
            ("a,b\rc,d\n", 1),
            ("a\n", 0), ("a,b,c\n", 0), ("\n", 0), ("\na,b\n", 0), ("\"a\",b\n", 1),
            ("a\"b,c\n", 0), ("\"a\"b,c\n", 0), ("a,\"b,c\"\r\n", 1), ("a,\"\"\n", 1),
            (",\"\"\n", 1),
            ("a,\"b\"\"c\"\n", 1), ("\"\"\"a\",\"\"\"\"\n", 1), ("\"\" \"\",b\n", 0),
            ("a, \"b\"\n", 0),
            ("\"a\nb\",c\n", 0), ("\"a,b\n", 0), ("=\"a\",b\n", 0), ("\"a\"\"\",b\r\"c\",d\n", 1),
            ("é,b\n", 1), ("\"é, 日\",b\n", 1), ("a\0,b\n", 0), ("a\tb,c\n", 1), ("a\u{7F}b,c\n", 1),
            ("a,b\nc,d\ne\nf,g\n", 3),
        ])
    func plain(text: String, count: Int) throws {
        let seen = try read(Array("one,two\n\(text)".utf8), size: 4096)
        #expect(seen.plainCount == count)
        #expect(try seen.seen == SeenInput(Array("one,two\n\(text)".utf8), format: .csv))
    }
}
