import Foundation
import Testing

@testable import MavaSandbox

/// The strict reader, compared with a Foundation parser.
@Suite struct JSONCursorTests {
    private func accepts(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            do throws(JSONFailure) {
                try cursor.skip()
                try cursor.end()
                return true
            } catch {
                #expect((0...bytes.count).contains(error.offset))
                return false
            }
        }
    }

    @Test(
        "JSON is accepted",
        arguments: [
            "{}", "[]", "null", "true", "false", "0", "-0", "1.5e+3", "-1E-2", "\"\"", "[1,2 , 3]",
            "{\"a\":{\"b\":[{}]}}", " \t\r\n{ } ", "\"\\u00e9\\ud83d\\ude00\\/\\b\"", "\"é😀\"",
            "\"\u{7F}\"", "{\"\":1,\"\":2}", "1e400",
        ])
    func good(_ text: String) {
        #expect(accepts(Array(text.utf8)))
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "{", "[", "]", "{]", "[1,]", "[,1]", "{,}", "{\"a\"}", "{\"a\":}", "{a:1}",
            "{'a':1}", "{\"a\":1,}", "{\"a\" 1}", "[1 2]", "nul", "nulll", "True", "NaN",
            "Infinity",
            "01", "1.", ".5", "+1", "-", "1e", "1e+", "0x1", "1_000", "\"", "\"\\\"", "\"\\x\"",
            "\"\\u12\"", "\"\\u123g\"", "\"\n\"", "\"\t\"", "[]]", "{}{}", "1 2", "//\n1",
            "\u{FEFF}1",
        ])
    func bad(_ text: String) {
        #expect(!accepts(Array(text.utf8)))
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC2], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func encoding(_ bytes: [UInt8]) {
        #expect(!accepts([0x22] + bytes + [0x22]))
        #expect(String(validating: bytes, as: UTF8.self) == nil)
    }

    @Test("nesting is bounded, and does not run out of stack")
    func depth() {
        let deepest = JSONCursor.deepest
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(accepts(nested(deepest)))
        #expect(!accepts(nested(deepest + 1)))
        #expect(!accepts(Array(String(repeating: "[{\"a\":", count: 200_000).utf8)))
    }

    @Test("changed texts are judged as Python's json judges them")
    func oracle() async throws {
        let base = Array(
            #"{"ticketId":"665f1c0a","priority":2.5e1,"x":[true,null,"\u00e9\n"],"é":{}}"#.utf8)
        let alphabet = Array(#"{}[]",:\utrfn0159.-+eE "#.utf8) + [0xC3, 0xA9, 0x00, 0x0A]
        var chance = Chance(seed: 11)
        let texts = (0..<10_000).map { _ in
            var text = base
            for _ in 0..<(1 + chance.below(3)) {
                let place = chance.below(text.count)
                switch chance.below(3) {
                case 0: text[place] = alphabet[chance.below(alphabet.count)]
                case 1: text.remove(at: place)
                default: text.insert(alphabet[chance.below(alphabet.count)], at: place)
                }
            }
            return text
        }
        let script = """
            import json, sys
            def refuse(name):
                raise ValueError(name)
            for line in sys.stdin:
                try:
                    json.loads(bytes.fromhex(line).decode(), parse_constant=refuse)
                    print("1", end="")
                except ValueError:
                    print("0", end="")
            """
        let lines = texts.map { text in
            text.map { byte in
                String(UnicodeScalar(Hexadecimal.digit(byte >> 4)))
                    + String(UnicodeScalar(Hexadecimal.digit(byte & 15)))
            }.joined()
        }
        let outcome = try await Program.run(
            "python3", ["-c", script], input: Data(lines.joined(separator: "\n").utf8))
        let expected = outcome.output.map { $0 == UInt8(ascii: "1") }
        #expect(expected.count == texts.count)
        for (text, expected) in zip(texts, expected) {
            let actual = accepts(text)
            #expect(actual == expected, "\(String(decoding: text, as: UTF8.self))")
        }
        #expect((1000...9000).contains(expected.count { $0 }))
    }

    @Test("strings are unescaped as Foundation does it")
    func unescaping() throws {
        let text = #""a\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00é😀""#
        let expected = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
                as? String)
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            let string = try cursor.string()
            #expect(cursor.swiftString(string) == expected)
        }
    }

    @Test("half of a surrogate pair stands for no character")
    func surrogates() throws {
        for (text, expected) in [
            (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
        ] {
            try Array(text.utf8).withUnsafeBufferPointer { bytes in
                var cursor = JSONCursor(bytes)
                let string = try cursor.string()
                #expect(cursor.swiftString(string) == expected)
            }
        }
    }

    @Test("what is written is read back as it was")
    func writing() throws {
        let texts = ["", "plain", "\"\\/\u{08}\n\r\t\u{01}\u{1F}", "é😀\u{7F}"]
        for text in texts {
            var output = JSONOutput()
            output.string(text)
            let back = try JSONSerialization.jsonObject(
                with: Data(output.bytes), options: .fragmentsAllowed)
            #expect(back as? String == text)
        }
        for number in [0, 9, 10, 99, -1, -10, 1_234_567_890, Int.max, Int.min] {
            var output = JSONOutput()
            output.number(number)
            #expect(String(decoding: output.bytes, as: UTF8.self) == String(number))
        }
    }
}
