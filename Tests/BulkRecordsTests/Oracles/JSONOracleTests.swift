import BulkRecords
import BulkTestSupport
import Foundation
import Testing

/// A JSON text as Foundation parses it.
private indirect enum Tree: Decodable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([Tree])
    case object([String: Tree])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([Tree].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: Tree].self))
        }
    }

    /// A value as the reader parses it; `nil` if it contains the same key twice.
    init?(_ kind: ValueKind, text: String, json: JSONValue) {
        switch kind {
        case .null: self = .null
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .number: self = .number(Double(text) ?? .nan)
        case .array:
            var list: [Tree] = []
            var elements = json.members
            while let element = elements.next() {
                guard let tree = Tree(element.value) else { return nil }
                list.append(tree)
            }
            self = .list(list)
        case .object:
            var object: [String: Tree] = [:]
            var members = json.members
            while let member = members.next() {
                guard object[member.key] == nil, let tree = Tree(member.value) else { return nil }
                object[member.key] = tree
            }
            self = .object(object)
        case .string, .text, .quotedText: self = .text(text)
        }
    }

    private init?(_ json: JSONValue) {
        let raw = String(decoding: json.raw, as: UTF8.self)
        self.init(json.kind, text: json.string ?? raw, json: json)
    }
}

@Suite("JSON Lines against Foundation")
struct JSONOracleTests {
    private static func value(_ random: inout SeededGenerator, depth: Int) -> String {
        switch random.below(depth > 2 ? 8 : 10) {
        case 0: return random.pick(["true", "false", "null"])
        case 1, 2:
            return random.pick([
                "0", "-0", "1", "42", "-7.25", "1e3", "1.5E-2", "9007199254740993", "0.1",
                "123456789012345678901234567890",
            ])
        case 3...7: return text(&random)
        case 8:
            let elements = (0..<random.below(4)).map { _ in value(&random, depth: depth + 1) }
            return "[" + elements.joined(separator: random.pick([",", " , "])) + "]"
        default: return object(&random, depth: depth + 1)
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let pieces = [
            "x", "yz", " ", "é", "漢", "😀", "\u{2028}", "\\n", "\\\"", "\\\\", "\\/", "\\u0041",
            "\\u00e9", "\\ud83d\\ude00", "\\ud800", "0123456789abcdef", "{", "]", ",", ":",
        ]
        let count = random.below(4)
        return "\"" + (0..<count).map { _ in random.pick(pieces) }.joined() + "\""
    }

    private static func object(_ random: inout SeededGenerator, depth: Int) -> String {
        let blank = random.pick(["", "", " ", "\t"])
        let members = (0..<random.below(4)).map { _ in
            let key = random.pick(["\"a\"", "\"b\"", "\"ticketId\"", "\"\\u0061\"", text(&random)])
            return key + blank + ":" + blank + value(&random, depth: depth)
        }
        return "{" + members.joined(separator: "," + blank) + blank + "}"
    }

    /// A line of JSON, sometimes with one or two changed bytes.
    static func document(_ random: inout SeededGenerator) -> [UInt8] {
        let line =
            random.chance(95) ? object(&random, depth: 0) : value(&random, depth: 0)
        var bytes = Array(line.utf8)
        guard random.chance(60) else { return bytes }
        for _ in 0...random.below(2) where !bytes.isEmpty {
            let at = random.below(bytes.count)
            let other = random.pick(Array("{}[]:,\"\\ue0-.1tfn x\u{1}".utf8) + [0xFF, 0xC3, 0x7F])
            switch random.below(3) {
            case 0: bytes.remove(at: at)
            case 1: bytes.insert(other, at: at)
            default: bytes[at] = other
            }
        }
        return bytes
    }

    @Test("Random lines are accepted and understood as Foundation does")
    func documents() throws {
        var random = SeededGenerator(seed: RandomDocuments.seed)
        let decoder = JSONDecoder()
        var problems: Set<RecordProblem.Code?> = []
        var compared = 0
        for number in 0..<RandomDocuments.count {
            let bytes = Self.document(&random)
            let chunkSize = random.pick([1, 2, 3, 5, 8, 13, 21, 34, 4096])
            // The reader uses another path for lines with known keys than for the first lines of an
            // input.
            let isFirst = random.chance(50)
            let before = isFirst ? "" : "{\"a\":1,\"b\":2,\"ticketId\":3}\n"
            let after = random.pick(["", "\n", "\r\n", "\r"])
            var reader = try RecordReader(
                ByteSource(
                    bytes: Array(before.utf8) + bytes + Array(after.utf8), chunkSize: chunkSize),
                format: .jsonLines)
            if !isFirst { _ = try reader.next { _ in } }
            var ours: [String: Tree]? = [:]
            var problem: RecordProblem.Code?
            let isThere = try reader.next { record in
                problem = record.problem?.code
                for index in 0..<record.count {
                    let tree = Tree(
                        record.kind(of: index), text: record.text(of: index),
                        json: record.json(of: index))
                    if tree == nil { ours = nil }
                    ours?[record.columns[record.column(of: index)]] = tree
                }
            }
            guard isThere else {
                #expect(bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 })
                continue
            }
            problems.insert(problem)
            // JSONSerialization checks everything. JSONDecoder never checks the value of a
            // duplicate key.
            let theirs = Result {
                _ = try JSONSerialization.jsonObject(
                    with: Data(bytes), options: .fragmentsAllowed)
                return try decoder.decode(Tree.self, from: Data(bytes))
            }
            let isSame: Bool
            switch (problem, theirs) {
            case (nil, .success(.object(let object))):
                // If a value contains the same key twice, Foundation keeps one of them.
                isSame = ours == nil || ours == object
                compared += 1
            case (.duplicateKey, _): isSame = true
            case (.notAnObject, .success(.object)): isSame = false
            case (.notAnObject, _): isSame = true
            case (nil, .failure(let error)):
                // Our reader accepts a number that does not fit into a Double and keeps its text.
                // JSONSerialization reports such a number. If it finds nothing wrong, JSONDecoder
                // reports the wrong type for it.
                isSame = error is DecodingError || "\(error)".contains("representable")
            case (_, .failure): isSame = true
            case (.invalidJSON, .success):
                // Foundation accepts a comma after the last member or element. RFC 8259 does not.
                isSame = String(decoding: bytes, as: UTF8.self).contains(/,[ \t]*[}\]]/)
            default: isSame = false
            }
            if !isSame {
                let line = String(decoding: bytes, as: UTF8.self)
                Issue.record("document \(number), \(line): \(problem as Any), not \(theirs)")
                return
            }
        }
        #expect(compared > RandomDocuments.count / 4)
        let met: Set<RecordProblem.Code?> = [
            nil, .invalidJSON, .unfinishedJSON, .trailingGarbage, .notAnObject, .duplicateKey,
            .loneSurrogate, .invalidUTF8,
        ]
        #expect(problems.isSuperset(of: met))
    }
}
