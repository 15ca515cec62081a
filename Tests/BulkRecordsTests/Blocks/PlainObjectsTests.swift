import BulkRecords
import BulkTestSupport
import Testing

@Suite("Plain lines of JSON")
struct PlainObjectsTests {
    private func read(
        _ bytes: [UInt8], limits: RecordLimits = RecordLimits(), size: Int
    ) throws -> (seen: SeenInput, plainCount: Int) {
        try PlainlyKeptRecords.read(bytes, .jsonLines, limits, size: size)
    }

    private func lines(_ random: inout SeededGenerator) -> [UInt8] {
        let keys = (0..<1 + random.below(6)).map { "k\($0)" }
        let lineBreak = random.pick(["\n", "\n", "\r\n"])
        let gap = random.pick(["", "", " "])
        var text = ""
        for row in 0..<random.below(200) {
            var names = keys
            if random.chance(5) { names.swapAt(0, random.below(names.count)) }
            if random.chance(5) { names.remove(at: random.below(names.count)) }
            if random.chance(1) { names.append("new\(row)") }
            if random.chance(1), let name = names.first { names.append(name) }
            let members = names.map { name in
                let odd = [
                    "null", "true", "[1, 2]", "{\"a\":{}}", "10", "-1", "1.5", "1e3", "\"\"",
                    "\"é, 日\"", "\"a\\nb\"", "\"\\u00e9\"", "0", "7", "nul", "\"a",
                ]
                let value =
                    random.chance(8)
                    ? random.pick(odd)
                    : random.chance(30)
                        ? "\(1 + random.below(9))"
                        : "\"\(String(repeating: "x", count: random.below(40)))\""
                return "\"\(name)\":\(gap)\(value)"
            }
            text += "{" + members.joined(separator: "," + gap) + "}"
            if random.chance(1) { text += random.pick([" ", ",", lineBreak, "\0"]) }
            text += lineBreak
        }
        if random.chance(50), !text.isEmpty { text.removeLast() }
        return Array(text.utf8)
    }

    @Test("Lines, plain or not, give the same records as one by one")
    func same() throws {
        var random = SeededGenerator(seed: RandomDocuments.seed)
        var plainCount = 0
        var count = 0
        for number in 0..<RandomDocuments.count / 40 {
            let bytes = lines(&random)
            let limits =
                random.chance(20)
                ? RecordLimits(
                    fieldBytes: 2 + random.below(150), recordBytes: 100 + random.below(100),
                    columns: 3 + random.below(9))
                : RecordLimits()
            let size = random.pick([1, 63, 64, 65, 300, 1000, 4096, 100_000])
            let whole = try SeenInput(bytes, format: .jsonLines, limits: limits)
            let plain = try read(bytes, limits: limits, size: size)
            if whole != plain.seen {
                Issue.record("document \(number), size \(size): \(whole), not \(plain.seen)")
                return
            }
            plainCount += plain.plainCount
            count += whole.records.count
        }
        // Most lines must use the fast path, or the test shows nothing.
        #expect(plainCount > count / 2 && plainCount < count)
    }

    @Test(
        "A line is plain if it has known keys and nothing can be wrong with it",
        arguments: [
            (#"{"a":"x","b":2}"#, 1), (#"{"b":2,"a":"x"}"#, 1), (#"{"a":"x"}"#, 1),
            (#"{"a": "x", "b": 2}"#, 1), (#"{"a":null,"b":[{"c":1}]}"#, 1),
            (#"{"a":"x","c":2}"#, 0), (#"{"a":"x","a":2}"#, 0), (#"{ "a":"x"}"#, 0),
            (#"{"a":"x"} "#, 0), (#"{"a":"x""#, 0), (#"{"a":x}"#, 0), ("", 0), ("{}", 0),
            (#"{"a":"é"}"#, 1), (#"{"a":"\u00e9"}"#, 1), ("{\"a\":\"\t\"}", 0),
        ])
    func plain(line: String, count: Int) throws {
        let bytes = Array("{\"a\":1,\"b\":1}\n\(line)\n".utf8)
        let plain = try read(bytes, size: 4096)
        #expect(plain.plainCount == count)
        #expect(try plain.seen == SeenInput(bytes, format: .jsonLines))
    }

    @Test("Lines are found together only while each has space for all keys")
    func manyKeys() throws {
        for (count, isPlain) in [(64, true), (65, false)] {
            let object = "{" + (0..<count).map { "\"k\($0)\":1" }.joined(separator: ",") + "}\n"
            let seen = try read(Array(String(repeating: object, count: 10).utf8), size: 1 << 20)
            #expect(seen.seen.records.count == 10)
            #expect(seen.plainCount == (isPlain ? 9 : 0))
        }
    }

    @Test("A line with more keys than any line before is read, and its record made")
    func moreKeys() throws {
        func object(_ keys: Range<Int>) -> String {
            "{" + keys.map { "\"k\($0)\":1" }.joined(separator: ",") + "}\n"
        }
        let bytes = Array((object(0..<30) + object(30..<60) + object(0..<60)).utf8)
        let plain = try read(bytes, size: 1 << 20)
        #expect(plain.plainCount == 1)
        #expect(try plain.seen == SeenInput(bytes, format: .jsonLines))
    }
}
