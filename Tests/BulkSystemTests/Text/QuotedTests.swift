import BulkTestSupport
import Testing

@testable import BulkSystem

@Suite("Quoted texts")
struct QuotedTests {
    private static let pieces = [
        "a", "Z", " ", "\"", "\\", "\t", "\r\n", "\u{7F}", "é", "e\u{301}", "中", "😀", "\u{202E}",
        "\u{200B}", "\u{2028}", "…", String(repeating: "long ", count: 8),
        String(repeating: "x", count: 20),
    ]

    /// The same, a character at a time.
    private static func slowlyQuoted(_ text: String, _ limit: Int) -> String {
        let scalars = text.unicodeScalars
        let shown = scalars.prefix(limit).map { scalar in
            HiddenCharacter.contains(scalar) ? HiddenCharacter.escape(scalar) : "\(scalar)"
        }
        return "\"" + shown.joined() + (scalars.count > limit ? "…" : "") + "\""
    }

    @Test("a text is shortened and escaped as a whole or by its first bytes")
    func quotedTexts() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let text = (0..<random.below(14)).map { _ in random.pick(Self.pieces) }.joined()
            for limit in [0, 1, 7, 60, 200] {
                #expect(
                    Array(quoted(text, limit: limit).utf8)
                        == Array(Self.slowlyQuoted(text, limit).utf8),
                    "\(text.debugDescription) \(limit)")
            }
            var parts = OutputBuffer()
            parts.append("\"")
            parts.append(quotedInsideJSONString: text)
            parts.append(insideJSONString: text)
            parts.append("\"")
            var whole = OutputBuffer()
            whole.append(jsonString: quoted(text) + text)
            let same = parts.withUnsafeBytes { parts in
                whole.withUnsafeBytes { parts.elementsEqual($0) }
            }
            #expect(same, "\(text.debugDescription)")
        }
    }

    @Test("few spellings are compared with bytes as with texts")
    func knownSpellings() {
        let spellings = KnownSpellings(
            ["open", "pending", "waiting", "resolved", "spam"].map { ($0, $0) })
        var random = SeededGenerator(seed: 8)
        let pieces = [
            "o", "pen", "pending", "res", "olved", "\r", "\r\n", " ", "x", "waiting", "12",
        ]
        var found = 0
        for _ in 0..<4000 {
            var text = (0..<random.below(7)).map { _ in random.pick(pieces) }.joined()
            let closest = spellings.closest(to: text)
            if closest != nil { found += 1 }
            #expect(
                text.withUTF8(spellings.closest(toASCII:)) == closest, "\(text.debugDescription)")
        }
        #expect(found > 100)
        // CR and LF together are one letter.
        var long = "resolvedab\r\nc"
        #expect(long.withUTF8(spellings.closest(toASCII:)) == "resolved")
    }
}
