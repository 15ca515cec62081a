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

    /// A nested value with `%` in the place of each text and `#` in that of each number.
    private static func template(_ random: inout SeededGenerator, level: Int = 0) -> String {
        func list(_ open: String, _ close: String, _ item: () -> String) -> String {
            let blank = random.below(8) == 0 ? " " : ""
            let items = (0..<random.below(4)).map { _ in item() }
            return open + blank + items.joined(separator: "," + blank) + blank + close
        }
        switch level == 0 ? 6 + random.below(4) : random.below(level > 3 ? 6 : 10) {
        case 0...3: return "%"
        case 4, 5: return "#"
        case 6, 7: return list("[", "]") { template(&random, level: level + 1) }
        default:
            return list("{", "}") {
                random.pick([
                    "\"a\"", "\"attributes of it\"", "\"é\"", "\"\"", "\"k\\\"q\"",
                    "\"a key of more than thirty-two bytes, and still more of them\"",
                ]) + random.pick([":", ":", ":", " :\t"]) + template(&random, level: level + 1)
            }
        }
    }

    /// A value as the template says, or nearly.
    private static func nested(_ template: String, _ random: inout SeededGenerator) -> [UInt8] {
        let texts = [
            "\"\"", "\"short\"", "\"exactly sixteen!\"", "\"a text of more than thirty-two bytes\"",
            "\"Zoë\"", "\"a \\\" b\"", "\"\\u00e9\\/\"", "\"\\ud83d\\ude00\"",
        ]
        let others = ["1", "0", "-12.5e3", "true", "false", "null"]
        var bytes: [UInt8] = []
        for character in template.unicodeScalars {
            let isOther = character == "#"
            guard isOther || character == "%" else {
                bytes += Array(String(character).utf8)
                continue
            }
            switch random.below(40) {
            case 0: bytes += Array("[\"one more\",{}]".utf8)
            case 1: bytes += Array((random.pick(texts) + "," + random.pick(texts)).utf8)
            case 2: bytes += Array(random.pick(isOther ? texts : others).utf8)
            default: bytes += Array(random.pick(isOther ? others : texts).utf8)
            }
        }
        if random.below(12) == 0 {
            let place = random.below(bytes.count)
            switch random.below(3) {
            case 0: bytes[place] = random.pick(Array(#"{}[]",:\ u09.eE-tn"#.utf8) + [0, 1, 0xE9])
            case 1: bytes.remove(at: place)
            default: bytes.insert(random.pick(Array(#"{}[]",:\ 0"#.utf8)), at: place)
            }
        }
        return bytes
    }

    /// Expects that lines say together what each says alone, and returns how many are valid.
    private static func compareWithEachAlone(
        _ lines: [[UInt8]], _ round: Int, chunkSize: Int
    ) throws -> Int {
        let whole = try SeenInput(
            Array(lines.joined(separator: [0x0A])), format: .jsonLines, chunkSize: chunkSize)
        try #require(whole.records.count == lines.count)
        var valid = 0
        for (index, line) in lines.enumerated() {
            let alone = try SeenInput(line, format: .jsonLines)
            try #require(alone.records.count == 1)
            #expect(
                content(whole.records[index]) == content(alone.records[0]),
                "round \(round), line \(index): \(String(decoding: line, as: UTF8.self))")
            if alone.records[0].problem == nil { valid += 1 }
        }
        return valid
    }

    @Test("each nested value says what it says alone", arguments: [7, 4096])
    func nestedSameAsAlone(chunkSize: Int) throws {
        var random = SeededGenerator(seed: 73)
        var counts = (valid: 0, invalid: 0)
        for round in 0..<RandomInputs.count(150) {
            let template = Self.template(&random)
            let lines = (0..<40).map { _ in
                let first = random.below(15) == 0 ? Self.value(&random) : Array("\"Zoë\"".utf8)
                return Array("{\"_id\":".utf8) + first + Array(",\"nested\":".utf8)
                    + Self.nested(template, &random) + Array(",\"tags\":".utf8)
                    + Self.nested("[%,%]", &random) + Array(",\"status\":\"Open\"}".utf8)
            }
            let valid = try Self.compareWithEachAlone(lines, round, chunkSize: chunkSize)
            counts.valid += valid
            counts.invalid += lines.count - valid
        }
        // Most lines are valid, and many are not.
        #expect(counts.valid > 3 * counts.invalid)
        #expect(counts.invalid > 2 * RandomInputs.count(150))
    }

    @Test("each line says what it says alone", arguments: [7, 4096])
    func sameAsAlone(chunkSize: Int) throws {
        var random = SeededGenerator(seed: 71)
        var seen = 0
        for round in 0..<RandomInputs.count(60) {
            var keys = Self.keys.shuffled(using: &random)
            keys.removeLast(random.below(keys.count))
            let lines = (0..<80).map { _ in Self.line(keys, &random) }
            seen += try Self.compareWithEachAlone(lines, round, chunkSize: chunkSize)
        }
        // Most lines are valid, and some are not.
        #expect(seen > 40 * RandomInputs.count(60))
        #expect(seen < 80 * RandomInputs.count(60))
    }
}
