import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

/// Compares what a text's length decides with what all of its characters show.
@Suite("Long texts where short ones belong")
struct LongNameTests {
    private static let words = [
        "nobody", "No one", "UNASSIGNED", "no-agent assigned", "n/a", "(none)", "İ", "é",
        "e\u{301}",
        "\u{301}", "x", " ", "-", "–", "\r\n", "\u{212A}", "中", "9", "@", ".", "ⓐ",
        "noagentassigned",
    ]

    private static func text(_ random: inout SeededGenerator) -> String {
        let count = random.pick([1, 1, 1, 2, 3, 40])
        let picked = (0..<count).map { _ in random.pick(words) }
        return picked.joined(
            separator: random.pick(["", " ", "- ", String(repeating: ".", count: 300)]))
    }

    @Test("A text means nobody, however long, if its letters are such a word")
    func nobody() {
        let nobody: Set = [
            "nobody", "noone", "none", "na", "nil", "empty", "blank", "noagent", "noassignee",
            "noowner", "unassigned", "notassigned", "unowned", "noagentassigned", "nooneassigned",
            "notset",
        ]
        var random = SeededGenerator(seed: 5)
        var counts = [false: 0, true: 0]
        for _ in 0..<RandomInputs.count(4000) {
            let text = Self.text(&random)
            let word = text.lowercased().filter { $0.isLetter || $0.isNumber }
            let expected =
                word.isEmpty
                ? text.allSatisfy { "-–—‒―−?._*/() ".contains($0) } : nobody.contains(word)
            #expect(NamedThing.meansNobody(text) == expected, "\(text.debugDescription)")
            counts[expected, default: 0] += 1
        }
        #expect(counts.values.allSatisfy { $0 > RandomInputs.count(200) })
    }

    @Test("The letters of a text before its @ find the e-mail that has them there, too")
    func mails() {
        let mails = [
            "ada.lovelace@acme.com", "GRÄCE-hopper@acme.com", "e\u{301}mile@acme.com", "9@x.y",
        ]
        let directory = NameDirectory(
            agents: mails.enumerated().map { Agent(id: "a\($0)", email: $1) }, categories: nil)
        func letters(_ text: String) -> String {
            text.prefix { $0 != "@" }.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        let parts = [
            "Ada", " Lovelace", "gräce", "HOPPER", "\u{c9}MILE", "émile", "9", "@other.example",
            "-", "x",
            String(repeating: ". ", count: 200), "\u{301}", "@", "İ",
        ]
        var random = SeededGenerator(seed: 6)
        var found = 0
        for _ in 0..<RandomInputs.count(4000) {
            let text = (0..<random.below(3) + 1).map { _ in random.pick(parts) }.joined()
            let meant = mails.filter { letters($0) == letters(text) }
            found += meant.count
            #expect(
                directory.agent(text, suggests: false) == .unknown(closest: meant.first),
                "\(text.debugDescription)")
        }
        #expect(found > RandomInputs.count(100))
    }

    @Test("A text that no field takes has no meaning, and the message says why")
    func meanings() {
        let texts = [
            "", " ", "\u{A0}", "open", "Resolved ", "Opne", "1", "high", " 2.0", "9", "unassigned",
            "NULL",
            " Null\u{A0}", "nullx", "Unassigned\u{301}", "Ada",
            String(repeating: "long ", count: 500), "é",
        ]
        for field in TicketField.allCases {
            for text in texts {
                var message: String?
                var meaning: FieldText?
                do throws(FieldValueError) {
                    meaning = try FieldText(text, field)
                } catch {
                    message = error.message
                }
                #expect(FieldText(meaning: text, field) == meaning)
                #expect((meaning == nil) == (message?.isEmpty == false), "\(text)")
            }
        }
        #expect(FieldText(meaning: " 2.0", .priority) == .number(2))
        #expect(FieldText(meaning: "NULL", .assignedTo) == FieldText.none)
        #expect(FieldText(meaning: "NULL", .categoryID) == nil)
    }
}
