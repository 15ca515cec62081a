import BulkRecords
import BulkTestSupport
import Testing

/// Lines of an input usually have the same keys.
///
/// What is known of them must not change what a line says.
@Suite("Lines with the keys of other lines")
struct LineFormTests {
    private static let keys = [
        "\"_id\"", "\"status\"", "\"sixteen bytes in\"",
        "\"thirty-two bytes and some more, in all\"",
        "\"é\"", "\"k\\\"q\"", "\"\"", "\"assignedTo\"",
        "\"a common beginning, one\"",
    ]

    private static func value(_ random: inout SeededGenerator) -> [UInt8] {
        let texts = [
            "\"\"", "\"short\"", "\"exactly sixteen!\"", "\"a text of more than thirty-two bytes\"",
            "\"Zoë\"", "\"a \\\" b\"", "\"\\u00e9\"", "1", "7", "0", "-1", "12", "1.5", "2e3",
            "null",
            "true", "false", "{}", "[]", "[\"vip\",1,null]", "{\"name\":\"Zoë\",\"a\":[{}]}",
        ]
        let wrong = [
            "nul", "\"open", "01", "1.", "{\"a\"}", "[1,]", "", "tru", "{\"a\":1", "\"\\ud800\"",
        ]
        if random.below(60) == 0 { return Array(random.pick(wrong).utf8) }
        if random.below(60) == 0 { return [0x22, 0x61, 0xE9, 0x22] }
        if random.below(60) == 0 { return [0x5B, 0x22, 0xC3, 0x22, 0x5D] }
        return Array(random.pick(texts).utf8)
    }

    private static func line(_ keys: [String], _ random: inout SeededGenerator) -> [UInt8] {
        var keys = keys
        switch random.below(20) {
        case 0: keys.shuffle(using: &random)
        case 1: keys.removeAll { _ in random.below(3) == 0 }
        case 2: keys.append(random.pick(keys))
        case 3: keys.append(random.pick(Self.keys))
        // Keys that differ only after sixteen bytes.
        case 4: keys = keys.map { $0.replacing(", one", with: ", two") }
        default: break
        }
        var line: [UInt8] = [0x7B]
        for (index, key) in keys.enumerated() {
            if index > 0 { line += random.below(30) == 0 ? Array(" ,".utf8) : [0x2C] }
            if random.below(40) == 0 { line.append(0x20) }
            line += Array(key.utf8)
            line += random.below(40) == 0 ? Array(" : ".utf8) : [0x3A]
            line += value(&random)
        }
        line.append(0x7D)
        if random.below(40) == 0 { line += Array("x".utf8) }
        if random.below(10) == 0 { line.append(0x0D) }
        return line
    }

    /// What is compared: the values and the cause, but not where the line is.
    private static func content(_ record: SeenRecord) -> String {
        if let problem = record.problem { return "!\(problem.code.rawValue)" }
        return record.values.map { "\($0.column)=\($0.kind) \($0.text) \($0.raw)" }
            .joined(separator: "|")
    }

    @Test("each line says what it says alone", arguments: [7, 4096])
    func sameAsAlone(chunkSize: Int) throws {
        var random = SeededGenerator(seed: 71)
        var seen = 0
        for round in 0..<RandomInputs.count(60) {
            var keys = Self.keys.shuffled(using: &random)
            keys.removeLast(random.below(keys.count))
            let lines = (0..<80).map { _ in Self.line(keys, &random) }
            let whole = try SeenInput(
                Array(lines.joined(separator: [0x0A])), format: .jsonLines, chunkSize: chunkSize)
            try #require(whole.records.count == lines.count)
            for (index, line) in lines.enumerated() {
                let alone = try SeenInput(line, format: .jsonLines)
                try #require(alone.records.count == 1)
                let expected = Self.content(alone.records[0])
                #expect(
                    Self.content(whole.records[index]) == expected,
                    "round \(round), line \(index): \(String(decoding: line, as: UTF8.self))")
                if alone.records[0].problem == nil { seen += 1 }
            }
        }
        // Most lines are valid, and some are not.
        #expect(seen > 40 * RandomInputs.count(60))
        #expect(seen < 80 * RandomInputs.count(60))
    }
}
