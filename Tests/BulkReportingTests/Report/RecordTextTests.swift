import BulkPlan
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkReporting

@Suite("Texts are written as their characters ask for")
struct RecordTextTests {
    @Test("The control characters of a record are those of Unicode's category Cc, and no others")
    func controls() {
        for value in UInt32(0)...0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(
                RecordText.isControl(scalar) == (scalar.properties.generalCategory == .control))
        }
    }

    @Test("A record is quoted with its control characters as escapes, and cut after as many as fit")
    func quoting() {
        func quoting(_ record: String) -> String {
            var text = "; the record as written: "
            for (count, scalar) in record.unicodeScalars.enumerated() {
                guard count < 128 << 10 else { return text + "…" }
                if scalar.properties.generalCategory == .control, scalar != "\t" {
                    text += HiddenCharacter.escape(scalar)
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
            return text
        }
        let signs = [
            "a", "word,", "\t", "\n", "\r\n", "\u{0}", "\u{7F}", "\u{85}", "\u{9F}", "\u{A0}", "é",
            "e\u{301}", "\u{200B}", "😀", "\u{FFFD}",
        ]
        var random = SeededGenerator(seed: 8)
        for _ in 0..<RandomInputs.count(2000) {
            let text = (0..<random.below(12)).map { _ in random.pick(signs) }.joined()
            #expect(RecordText.quoting(text).utf8.elementsEqual(quoting(text).utf8))
        }
        for length in [128 << 10 - 1, 128 << 10, 128 << 10 + 1] {
            for end in ["x", "\n", "é\n"] {
                let text = String(repeating: "y", count: length) + end
                #expect(RecordText.quoting(text).utf8.elementsEqual(quoting(text).utf8))
            }
        }
    }

    @Test(
        "A code span is the same, whether or not its text has characters that mean something in it")
    func spans() {
        func code(_ text: String) -> String {
            let escaped = TerminalText.escaped(text)
            let short =
                escaped.unicodeScalars.count > 120
                ? String(String.UnicodeScalarView(escaped.unicodeScalars.prefix(120))) + "…"
                : escaped
            let shown = short.replacing("|", with: "\\|")
            return RightToLeft.isolated(
                shown.contains("`")
                    ? "`` \(shown.replacing("``", with: "` `")) ``" : "`\(shown)`")
        }
        let signs = [
            "a", "|", "`", "``", "|\u{301}", "\u{1FEF}", "é", "\n", "א", "😀", "<", "\u{202E}",
            "word ",
            String(repeating: "long", count: 30), String(repeating: "é", count: 119),
        ]
        var random = SeededGenerator(seed: 9)
        for _ in 0..<RandomInputs.count(3000) {
            let text = (0..<random.below(6)).map { _ in random.pick(signs) }.joined()
            #expect(
                PlanSummary.code(text).utf8.elementsEqual(code(text).utf8),
                "\(text.debugDescription)")
        }
    }
}
