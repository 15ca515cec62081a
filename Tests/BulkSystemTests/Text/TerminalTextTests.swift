import Foundation
import Testing

@testable import BulkSystem

@Suite("Text on its way to a terminal")
struct TerminalTextTests {
    @Test("Nothing that steers a terminal is left, and several lines stay several")
    func escaped() {
        for value in (0..<0x20).filter({ $0 != 0x0A }) + Array(0x7F...0x9F) + [
            0xAD, 0x202E, 0x2066, 0x2028,
        ] {
            let scalar = UnicodeScalar(UInt32(value))!
            let text = "a\(String(scalar))b\nc"
            let shown = TerminalText.escapedLines(text)
            #expect(!shown.unicodeScalars.contains(scalar))
            #expect(shown.hasSuffix("b\nc"))
            #expect(TerminalText.escapedLines(shown) == shown)
        }
        #expect(TerminalText.escaped("a\nb") == "a\\u{A}b")
        #expect(TerminalText.escapedLines("é 日本 👩‍👧") == "é 日本 👩‍👧")
    }

    @Test("The short cut for Latin letters agrees with Unicode's categories")
    func latin() {
        for value in UInt32(0xA0)..<0x0370 {
            let scalar = Unicode.Scalar(value)!
            let isFormat = scalar.properties.generalCategory == .format
            #expect(HiddenCharacter.contains(scalar) == isFormat)
            #expect(scalar.properties.generalCategory != .unassigned)
        }
    }

    @Test("JSON means what it did")
    func json() throws {
        let text = "{\"a\":\"x\u{9B}31m\u{7F}\u{202E}\u{E0041}é\"}\n"
        let shown = TerminalText.escapedJSON(text)
        #expect(shown.contains("x\\u009B31m\\u007F\\u202E\\uDB40\\uDC41é"))
        let before = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(try JSONDecoder().decode([String: String].self, from: Data(shown.utf8)) == before)
    }

    @Test(
        "A wide character takes two columns",
        arguments: [
            ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("⌚", 2), ("❤\u{FE0F}", 2), ("❤", 1),
            ("🇩🇪", 2), ("한글", 4), ("ｗ", 2), ("…", 1), ("⭐", 2),
        ])
    func width(text: String, columns: Int) {
        #expect(TerminalText.width(text) == columns)
    }

    @Test("A text is broken at blanks into lines that fit, or not at all")
    func wrapped() {
        let text = "  ! 2 tickets with 日本 as their tag will reopen"
        #expect(TerminalText.wrapped(text, to: 80, indent: 4) == [text])
        #expect(
            TerminalText.wrapped(text, to: 20, indent: 4)
                == ["  ! 2 tickets with", "    日本 as their", "    tag will reopen"])
        for limit in 1...60 {
            guard let lines = TerminalText.wrapped(text, to: limit, indent: 4) else {
                #expect(limit < 11)
                continue
            }
            #expect(lines.allSatisfy { TerminalText.width($0) <= limit })
            let words = lines.joined(separator: " ").split(separator: " ")
            #expect(words == text.split(separator: " "))
        }
    }

    @Test("A text is cut to columns, never in the middle of a wide character")
    func cut() {
        for limit in 1...12 {
            let shown = TerminalText.cut("日本語 text", to: limit)
            #expect(TerminalText.width(shown) <= limit)
            #expect(limit >= 11 || shown.hasSuffix("…"))
        }
    }
}
