import Testing

@testable import BulkSystem

@Suite("Right-to-left text keeps its place in a line")
struct RightToLeftTests {
    private static let moshe = "\u{5DE}\u{5E9}\u{5D4}"
    private static let dana = "\u{5D3}\u{5E0}\u{5D4}"

    private static func isolated(_ text: String) -> String { "\u{2068}\(text)\u{2069}" }

    @Test("a value is isolated as a whole, and only where it is right-to-left")
    func values() {
        for text in ["", "Ada", "Zoë → 3", "日本", "Ω"] { #expect(TerminalText.value(text) == text) }
        for text in [
            Self.moshe, "\(Self.moshe) 12 (x)", "a \(Self.dana)", "\u{639}\u{645}\u{631}",
            "\u{10840}", "\u{FB1D}",
        ] {
            #expect(TerminalText.value(text) == Self.isolated(text))
        }
    }

    @Test("in a sentence each stretch is isolated by itself")
    func sentences() {
        #expect(TerminalText.sentence("row 3: no Ada") == "row 3: no Ada")
        #expect(
            TerminalText.sentence(
                "\(Self.moshe) → \(Self.dana) 5, \"\(Self.dana) 7 \(Self.moshe)\"")
                == "\(Self.isolated(Self.moshe)) → \(Self.isolated(Self.dana)) 5, "
                + "\"\(Self.isolated("\(Self.dana) 7 \(Self.moshe)"))\"")
        #expect(
            TerminalText.sentence("\(Self.moshe)  \(Self.dana)")
                == "\(Self.isolated(Self.moshe))  \(Self.isolated(Self.dana))")
        // A mark belongs to its letter.
        #expect(TerminalText.sentence("\u{5D0}\u{20E3}.") == Self.isolated("\u{5D0}\u{20E3}") + ".")
    }

    @Test("characters of a name that turn the direction stay visible")
    func hostile() {
        let name = "\(Self.moshe)\u{2069} → \u{2068}\(Self.dana)\u{202E}"
        let shown = "\(Self.moshe)\\u{2069} → \\u{2068}\(Self.dana)\\u{202E}"
        #expect(TerminalText.value(name) == Self.isolated(shown))
        #expect(TerminalText.escapedLines(TerminalText.value(name)) == Self.isolated(shown))
        #expect(TerminalText.escapedLines("\u{2068}abc\u{2069}") == "\\u{2068}abc\\u{2069}")
        #expect(TerminalText.escapedLines("\u{2067}\(Self.moshe)") == "\\u{2067}\(Self.moshe)")
        #expect(
            TerminalText.escapedLines("\u{2068}\(Self.moshe)\nx\u{2069}")
                == "\\u{2068}\(Self.moshe)\nx\\u{2069}")
    }

    @Test("a line that is cut or broken leaves no isolate open")
    func cut() {
        let line = "a \(Self.isolated("\(Self.moshe) \(Self.dana)")) → b"
        #expect(TerminalText.width(line) == 13)
        for limit in 1...13 {
            let cut = TerminalText.cut(line, to: limit)
            #expect(TerminalText.width(cut) <= limit)
            #expect(TerminalText.escapedLines(cut) == cut, "\(limit)")
        }
        #expect(TerminalText.cut(line, to: 5) == "a " + Self.isolated("\u{5DE}\u{5E9}…"))
        let lines = TerminalText.wrapped(line, to: 6, indent: 1)
        #expect(
            lines == [
                "a \(Self.isolated(Self.moshe))", " \(Self.isolated(Self.dana)) →", " b",
            ])
        let numbers = TerminalText.wrapped(
            "a \(Self.isolated("12 34 \(Self.dana)"))", to: 5, indent: 1)
        #expect(numbers == ["a 12", " 34", " \(Self.isolated(Self.dana))"])
    }
}
