import BulkSystem
import Testing

@Suite("JSON values, one at a time")
struct JSONCursorTests {
    private func read<R>(_ text: String, _ body: (inout JSONCursor) -> R) -> R {
        Array(text.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            return body(&cursor)
        }
    }

    @Test(
        "whole numbers are read to the last one that fits, and nothing else is",
        arguments: [
            ("0", 0), ("-0", 0), ("42}", 42), ("-7,", -7), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("92233720368547758070", nil), ("", nil), ("-", nil),
            ("x1", nil), ("\"1\"", nil), ("+1", nil), (" 1", nil),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) {
        #expect(read(text) { $0.integer() } == expected)
    }

    @Test(
        "strings are read with their escapes, and refused with any other escape",
        arguments: [
            (#""""#, ""), (#""a b","#, "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""x\u00e9\u2028y""#, "x\u{E9}\u{2028}y"), (#""\ud83d\ude00""#, "\u{1F600}"),
            (#""\ud83d""#, nil), (#""\ude00\ud83d""#, nil), (#""\ud83d\n""#, nil),
            (#""\u00g0""#, nil), (#""\u+0e9""#, nil), (#""\u00"#, nil), (#""\q""#, nil),
            (#""\"#, nil), (#""a"#, nil), (#""a\""#, nil), (#" "a""#, nil), ("a", nil), ("", nil),
        ] as [(String, String?)])
    func strings(text: String, expected: String?) {
        #expect(read(text) { $0.string() } == expected)
    }

    @Test("blanks are skipped between members and elements")
    func blanks() {
        var found: [String: [Int?]] = [:]
        let whole: Void? = read(" { \"a\" : [ 1 ,\t2 ] , \"b\"\n: [\r] } ") { cursor in
            cursor.object { key, value in
                found[key] = []
                return value.array { element in
                    found[key]?.append(element.integer())
                    return true
                } != nil
            }
        }
        #expect(whole != nil)
        #expect(found == ["a": [1, 2], "b": []])
    }

    @Test(
        "an object is read to its end, and a value that is skipped is skipped whole",
        arguments: [
            (#"{"a":{"b":[1,"]}",null]},"c":true}"#, true), ("{}", true), (#"{"a":1"#, false),
            (#"{"a":1,}"#, false), (#"{"a"}"#, false), (#"{"a":}"#, false), (#"{"a":[1}"#, false),
            ("[]", false), ("", false),
        ] as [(String, Bool)])
    func objects(text: String, isWhole: Bool) {
        let isRead = read(text) { cursor in
            cursor.object { _, value in value.skip() } != nil && cursor.isAtEnd
        }
        #expect(isRead == isWhole)
    }
}
