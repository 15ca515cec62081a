import BulkPlan
import BulkTestSupport
import Testing

@testable import BulkPlanning

@Suite("Faults of ticket ids")
struct TicketIDFaultTests {
    /// Pieces of texts of which checks depend on each other.
    private static let pieces = [
        "6", "0", "12", "e", "E+23", "a", "f0", "66301234567890123456", "663012345678901234567890",
        "123456789012345670000000", "#", "#N/A", "REF!", "-", "/", ".", ",", "_", "'", " ", "\t",
        "\r\n", "\u{7F}", "n/a", "NULL", "none", "(blank)", "<null>", "\\n", "true", "x", "Ticket",
        ":", "://", "%", "%36", "=", "id=", "user", "0x1F", "2026-01-02", "1/2/", "@", "?", "*",
        "undefined", "unknowns",
    ]

    private static func issues(_ text: String) -> (byBytes: RowIssue?, byCharacters: RowIssue?) {
        (
            TicketIDText.issue(text, column: "id"),
            TicketIDFault(text).map { TicketIDText.issue($0, text, column: "id") }
        )
    }

    @Test("the bytes of a text of ASCII show the same fault as its characters")
    func ascii() {
        var random = SeededGenerator(seed: 31)
        var faulty = 0
        for _ in 0..<20_000 {
            let text = (0...random.below(5)).map { _ in random.pick(Self.pieces) }.joined()
            let (byBytes, byCharacters) = Self.issues(text)
            #expect(byBytes == byCharacters, "\(text.debugDescription)")
            if byBytes != nil { faulty += 1 }
        }
        #expect(faulty > 5000 && faulty < 20_000)
    }

    @Test(
        "texts of every length have the same fault",
        arguments: ["1", "0", "a", "g", "-", " ", "\n"])
    func lengths(letter: String) {
        for length in [0, 1, 2, 8, 9, 10] + Array(18...34) + [127, 128, 129, 300] {
            let text = String(repeating: letter, count: length)
            let (byBytes, byCharacters) = Self.issues(text)
            #expect(byBytes == byCharacters, "\(length)")
        }
    }
}
