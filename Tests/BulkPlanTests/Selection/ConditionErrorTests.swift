import BulkPlan
import Foundation
import Testing

@Suite("Conditions: mistakes")
struct ConditionErrorTests {
    private func mistake(in text: String, now: Int = conditionNow) -> ConditionError? {
        do {
            _ = try RowCondition(text, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a mistake has a place and says what to write",
        arguments: [
            ("", 0, "the condition is empty"), (" \t\u{A0}\n", 0, "the condition is empty"),
            ("a == 1", 2, "write `=` instead of `==`"), ("a <> 1", 2, "write `!=` instead of `<>`"),
            ("a=1 && b=2", 4, "write `and`"), ("a=1 || b=2", 4, "write `or`"),
            ("!a=1", 0, "write `not`"),
            ("a=1 &&!b=2", 4, "write `and`"), ("a ~ b", 2, "write `contains`"),
            ("a like b", 2, "write `contains` instead of `like`"),
            ("a not like b", 6, "write `not contains`"), ("a IS b", 2, "write `=` instead of `is`"),
            ("a => 1", 2, "write `>=`"),
            ("a ≤ 1", 2, "write `<=`"), ("a ===== 1", 2, "write `=` instead of `===`"),
            ("a <<1", 2, "\"<<\" is not an operator"),
            ("a contain b", 2, "did you mean `contains`?"),
            ("a between 1", 2, "write `>=` and `<=`"),
            ("New Agent = Ada", 4, "a field of several words is written in quotes"),
            ("a = Ada Lovelace", 8, "a value of several words is written in quotes"),
            ("a = 2026-01-05 09:30", 15, "a T between them"), ("a in (x y)", 8, "a comma or `)`"),
            ("a = 'open", 4, "this quote is not closed"), ("'a = 1", 0, "this quote is not closed"),
            ("a = 'it\\'s'", 9, "`and` or `or` is expected"), ("a = ‘open’", 4, "write ' or \""),
            ("a = and", 4, "a value is expected before `and`"),
            ("a = IN", 4, "a value of this name is written in quotes"),
            ("not = 1", 4, "a field is expected before `=`"),
            ("and = 1", 0, "a field is expected before `and`"),
            ("a =", 3, "a value is expected at the end"), ("a", 1, "an operator is expected"),
            ("a not", 5, "`in` or `contains` is expected after `not`"),
            ("a not = b", 6, "write `!=`"),
            ("= 1", 0, "a field is expected"),
            ("a=1 and", 7, "a comparison is expected at the end"),
            ("not", 3, "a comparison is expected"),
            ("'' = 1", 0, "the name of a field is empty"),
            ("a=1 b=2", 4, "`and` or `or` is expected"),
            ("a < b < c", 6, "`and` or `or` is expected"), ("(a=1", 0, "this `(` is not closed"),
            ("a=1)", 3, "this `)` closes nothing"),
            ("(a=1,", 4, "`and` or `or` is expected"), ("()", 1, "a comparison is expected"),
            ("a in x", 5, "`(` is expected after `in`"),
            ("a in ()", 6, "a value is expected"), ("a in (x,)", 8, "a value is expected"),
            ("a in (x", 5, "this `(` is not closed"),
            ("a = (x)", 4, "for several values write `in (a, b)`"),
            ("a = 😀", 4, "can be written in quotes only"), ("a = 5%", 5, "in quotes only"),
            ("a\u{202E} = 1", 1, "a hidden character here, \\u{202E}"), ("a = x\u{0}", 5, "\\u{0}"),
            ("\u{FEFF}a = 1", 0, "\\u{FEFF}"),
            ("a < ''", 4, "a blank has no order"), ("a >= null", 5, "a blank has no order"),
            ("a contains ''", 11, "`contains` needs a text"),
            ("a contains null", 11, "`contains` needs a text"),
            ("a not contains 14d ago", 15, "`contains` takes a text"),
            ("a < 14q ago", 4, "\"14q\" is not an age"), ("a < -1d ago", 4, "is not an age"),
            ("a < 3mo ago", 4, "is not an age"),
            ("a < 99999999y ago", 4, "too long ago"), ("a < 9999999999y ago", 4, "is not an age"),
            ("a = 2026-02-30", 4, "is not a date"), ("a > 2026-1-5", 4, "is not a date"),
            ("a > 2026-01-05T25:00", 4, "is not a date"),
            ("a > 2026-01-05Z", 4, "is not a date"),
            ("old.createdAt > yesterday", 16, "old.createdAt is a time"),
            ("old.updatedAt < 14d", 16, "write `14d ago`"),
            ("updatedAt < yesterday", 12, "updatedAt is a time"),
            ("Due < 30d", 6, "write `30d ago` for an age, or the text in quotes"),
            ("updatedAt < 14d", 12, "updatedAt is a time: write `14d ago`"),
            ("old.updatedAt < '14d ago'", 16, "write an age without quotes"),
            ("old.createdAt in (now, 'x')", 23, "is a time"),
            ("old.stauts = open", 0, "did you mean old.status?"),
            ("x = 1 or new.asignee = Ada", 9, "did you mean new.assignee?"),
            ("new.createdAt > now", 0, "write old.createdAt"),
            ("old. = 1", 0, "after old. write status, priority"),
            (
                "NEW.banana = 1", 0,
                "\"NEW.banana\" is not known: after new. write status, priority, category or assignee"
            ),
        ] as [(String, Int, String)])
    func mistakes(text: String, offset: Int, message: String) throws {
        let error = try #require(mistake(in: text))
        #expect(error.offset == offset && error.text == text)
        #expect(error.message.contains(message), "\(error.message)")
        #expect(
            error.description.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
    }

    @Test("the page about conditions shows conditions that are read, and an error as it is")
    func page() throws {
        var package = URL(filePath: #filePath)
        for _ in 0..<4 { package.deleteLastPathComponent() }
        let page = try String(
            contentsOf: package.appending(path: "docs/conditions.md"), encoding: .utf8)
        // A shell removes the outer quotes.
        let examples = page.split(separator: "\n\n").filter { $0.hasPrefix("    ") }
            .map { $0.split(separator: "\n").map { $0.dropFirst(4) } }
        #expect(examples.count == 3)
        for example in examples[0] { #expect(mistake(in: String(example)) == nil, "\(example)") }
        #expect(mistake(in: String(examples[1][0].dropFirst().dropLast())) == nil)
        let error = try #require(mistake(in: String(examples[2][1])))
        #expect("\(error)" == examples[2].joined(separator: "\n"))
    }

    @Test("the first mistake is the one that is reported")
    func first() {
        #expect(mistake(in: "a == 1 and 'b")?.offset == 2)
        #expect(mistake(in: "a = 1 and old.x = 1 and (")?.offset == 10)
    }

    @Test(
        "the caret is under the place",
        arguments: [
            ("a == 1", "a == 1", "  ^"), ("a = 'x", "a = 'x", "    ^"),
            ("a = 1 and", "a = 1 and", "         ^"),
            ("名前 == 1", "名前 == 1", "     ^"),
            ("e\u{301}e\u{301} == 1", "e\u{301}e\u{301} == 1", "   ^"),
            ("'👨‍👩‍👧' == 1", "'👨‍👩‍👧' == 1", "     ^"),
            ("'\u{1B}[2J' == 1", "'\\u{1B}[2J' == 1", "            ^"),
            ("a\n== 1", "a\\u{A}== 1", "      ^"),
            ("a = 1\r\n&& x", "a = 1\\u{D}\\u{A}&& x", "               ^"),
        ])
    func caret(text: String, shown: String, caret: String) throws {
        let lines = try #require(mistake(in: text)).description.split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3)
        #expect(lines[1] == shown)
        #expect(lines[2] == caret)
    }

    @Test("of a long condition only the surroundings of the place are shown")
    func surroundings() throws {
        let text =
            "note = '" + String(repeating: "x", count: 500) + "' and a == 1 and b = '"
            + String(repeating: "y", count: 500) + "'"
        let lines = try #require(mistake(in: text)).description.split(separator: "\n")
        #expect(lines[1].hasPrefix("…x") && lines[1].hasSuffix("y…") && lines[1].count == 122)
        let place = lines[2].count - 1
        #expect(lines[1].dropFirst(place).hasPrefix("== 1"))
    }

    @Test("an error made elsewhere may have any place")
    func anyPlace() {
        #expect("\(ConditionError(text: "ab", offset: 9, message: "m\u{7}"))" == "m\\u{7}\nab\n  ^")
        #expect("\(ConditionError(text: "ab", offset: -1, message: "m"))" == "m\nab\n^")
    }

    @Test("a condition has at most 64 KiB")
    func length() throws {
        let longest = "a = '" + String(repeating: "x", count: 65_536 - 6) + "'"
        #expect(mistake(in: longest) == nil)
        let error = try #require(mistake(in: "é" + longest))
        #expect(error.offset == 65_535 && error.message.contains("65,536 bytes and has 65,538"))
    }

    @Test("a condition is nested at most 256 levels deep")
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "(not ", count: count / 2) + "a=1"
                + String(repeating: ")", count: count / 2)
        }
        #expect(mistake(in: nested(256)) == nil)
        let deep = try #require(mistake(in: nested(258)))
        #expect(deep.offset == 128 * 5 && deep.message.contains("256 levels"))
        let nots = try #require(mistake(in: String(repeating: "not ", count: 257) + "a=1"))
        #expect(nots.offset == 256 * 4)
        // Closed levels do not count.
        #expect(
            mistake(in: Array(repeating: nested(200), count: 60).joined(separator: " and ")) == nil)
    }

    @Test("a condition has at most 64 comparisons")
    func comparisons() throws {
        func many(_ count: Int) -> String {
            (0..<count).map { "a=\($0)" }.joined(separator: " or ")
        }
        let condition = try RowCondition(many(64), now: 0)
        #expect(condition.holds { _ in .text(["63"]) } && !condition.holds { _ in .text(["64"]) })
        let error = try #require(mistake(in: many(65)))
        #expect(
            error.offset == many(64).count + 4 && error.message.contains("more than 64 comparisons")
        )
    }

    @Test("a list has at most 10,000 values")
    func values() throws {
        func list(_ count: Int) -> String {
            "a in (" + (0..<count).map(String.init).joined(separator: ",") + ")"
        }
        let condition = try RowCondition(list(10_000), now: 0)
        #expect(
            condition.holds { _ in .text(["9999.0"]) } && !condition.holds { _ in .text(["10000"]) }
        )
        let error = try #require(mistake(in: list(10_001)))
        #expect(
            error.offset == list(10_000).count && error.message.contains("more than 10,000 values"))
    }

    @Test("a time beyond what can be counted is refused")
    func extremeTimes() {
        for now in [Int.max, .min] {
            #expect(mistake(in: "a < now", now: now)?.offset == 4)
            #expect(mistake(in: "a < 1d ago", now: now)?.offset == 4)
            #expect(mistake(in: "a = 1", now: now) == nil)
        }
    }
}
