import BulkPlan
import BulkSystem
import Testing

/// 2026-11-27T12:00:00Z.
let conditionNow = 1_795_780_800

@Suite("Conditions: what holds")
struct RowConditionTests {
    private typealias Value = RowCondition.Value

    /// Whether a condition holds when every subject has this one value.
    private func holds(_ text: String, _ value: RowCondition.Value) throws -> Bool {
        try RowCondition(text, now: conditionNow).holds { _ in value }
    }

    @Test(
        "texts are equal without case and blanks around them",
        arguments: [
            ("a = open", "open", true), ("a = open", " OPEN\t", true),
            ("a = ' Open '", "open", true),
            ("a = open", "opened", false), ("a != open", "closed", true),
            ("a != open", "Open", false),
            ("a = ÉTÉ", "e\u{301}te\u{301}", true), ("a = 'ﬀ'", "ff", false),
            ("a = 'x\r\ny'", "x\ny", true),
            ("a = Ada@example.org", "ada@EXAMPLE.org", true), ("a = 'it''s'", "it's", true),
            ("a = \"say \"\"hi\"\"\"", "say \"hi\"", true), ("a = `b``c`", "b`c", true),
            ("a = '😀'", "😀", true), ("a = 'a\u{0}b'", "a\u{0}b", true),
            ("a = '\u{200F}x'", "x", false),
            ("a = '\u{301}x'", "\u{301}x", true), ("a = 'and'", "AND", true),
            ("a = 'null'", "null", true),
            ("a = 'now'", "now", true), ("a = '14d ago'", "14d ago", true),
            // Words of priorities are ranked without a number beside them, too, and only in a column of priorities.
            ("priority > low", "High", true), ("Priority <= 2", "high", false),
            ("new.priority < high", "medium", true), ("a > low", "high", false),
            ("a < '14d'", "12d", true),
            ("a = ago", "ago", true),
            ("a = -_.:@/+#", "-_.:@/+#", true), ("a = like", "like", true),
        ] as [(String, String, Bool)])
    func equality(condition: String, text: String, expected: Bool) throws {
        #expect(try holds(condition, .text([text])) == expected)
    }

    @Test(
        "numbers compare by value, to the last digit",
        arguments: [
            ("a = 3", "3.0", true), ("a = '3'", "03", true), ("a = 3.10", "3.1", true),
            ("a = -0", "0.00", true),
            ("a = .5", "0.5", true), ("a = 3", "3x", false), ("a = 3.", "3", false),
            ("a = +3", "3", false),
            ("a = 1e2", "100", false), ("a != 3", "3.00", false),
            ("a = 90071992547409931", "90071992547409932", false), ("a > 9", "10", true),
            ("a < 9", "10", false),
            ("a >= 10", "10.0", true), ("a <= 10", "10.01", false), ("a < 0", "-0.5", true),
            ("a > -10", "-9", true),
            ("a < -9", "-10", true), ("a < 0.10", "0.099", true), ("a < 0", "-0", false),
            ("a < 10", "9x", false),
            ("a > 90071992547409931", "90071992547409932", true), ("a in (1, 2.50)", "2.5", true),
        ] as [(String, String, Bool)])
    func numbers(condition: String, text: String, expected: Bool) throws {
        #expect(try holds(condition, .text([text])) == expected)
    }

    @Test(
        "texts that are no numbers have the order of their scalars in lower case",
        arguments: [
            ("a < b", "A", true), ("a < B", "a", true), ("a <= b", "B", true),
            ("a < b", "B", false),
            ("a > b", "c", true), ("a >= b", "ä", true), ("a < '\u{FFFD}'", "😀", false),
            ("a < ab", "a", true),
            ("a < 'é'", "e\u{301}", false), ("a <= 'é'", "e\u{301}", true), ("a > 5", "many", true),
        ] as [(String, String, Bool)])
    func order(condition: String, text: String, expected: Bool) throws {
        #expect(try holds(condition, .text([text])) == expected)
    }

    @Test(
        "contains finds a part of a text, without case",
        arguments: [
            ("a contains REF", "a refund", true), ("a contains refunds", "a refund", false),
            ("a not contains ref", "a refund", false), ("a contains ' r'", "a refund", true),
            ("a contains ' r'", "refund", false), ("a contains 'É'", "cafe\u{301}s", true),
            ("a contains 2026-02-3", "2026-02-31", true), ("a contains e", "cafe\u{301}", false),
            ("a contains aab", "aaaab", true),
            ("a contains 'ünd'", "GRÜNDE", true), ("a contains k", "\u{212A}elvin", true),
            ("a contains 'i'", "\u{130}x", false), ("a contains 'ÄB'", "äb", true),
            ("a contains 'äbc'", "äb", false), ("a contains 2026-01", "2026-01-05", true),
            ("a contains 2026-01-05", "on 2026-01-05", true), ("a contains 3.0", "3", false),
            ("a contains 'x\ny'", "wx\r\nyz", true), ("a CONTAINS b", "abc", true),
        ] as [(String, String, Bool)])
    func parts(condition: String, text: String, expected: Bool) throws {
        #expect(try holds(condition, .text([text])) == expected)
    }

    @Test(
        "in holds for any value of its list",
        arguments: [
            ("a in (x)", "X", true), ("a in (x, 'y z' , w)", "y Z", true),
            ("a in (x, y)", "z", false),
            ("a not in (x, y)", "z", true), ("a not in (x, y)", "y", false),
            ("a in('',x)", "y", false),
            ("a in (2026-01-05, x, 2026-01-05T23:00)", "2026-01-05T22:00Z", true),
            ("a in (2026-01-05, 2026-01-05T09:30)", "2026-01-05T22:00Z", true),
            ("a in (2026-01-05T09:30, 2026-01-05, 2026-01-05T10:30)", "2026-01-05T22:00Z", true),
            ("a in (2026-01-05, 2026-01-07)", "2026-01-06", false),
            ("a in (2026-01-07, 2026-01-05)", "2026-01-07T23:59:59.999999Z", true),
            ("a Not In (or1, 'or')", "OR", false),
        ] as [(String, String, Bool)])
    func lists(condition: String, text: String, expected: Bool) throws {
        #expect(try holds(condition, .text([text])) == expected)
    }

    @Test(
        "a time is compared as precisely as the condition writes it",
        arguments: [
            ("a = 2026-01-05", "2026-01-05T00:00:00Z", true),
            ("a = 2026-01-05", "2026-01-05T23:59:59.999Z", true),
            ("a = 2026-01-05", "2026-01-06T00:00:00Z", false),
            ("a = 2026-01-05", "2026-01-06T01:00:00+02:00", true),
            ("a > 14d ago", "2026-11-13T12:00:00Z", false),
            ("a > 14d ago", "2026/11/13 13:00:00+00", true),
            ("a <= 14d ago", "2026-11-13T12:00:00Z", true),
            ("a > 2026-01-05", "2026-01-05T23:59:59.999999Z", false),
            ("a > 2026-01-05", "2026-01-05T23:59:59Z", false),
            ("a > 2026-01-05", "2026-01-06", true),
            ("a <= 2026-01-05", "2026-01-05T23:59:59Z", true),
            ("a < 2026-01-05", "2026-01-05", false),
            ("a >= 2026-01-05", "2026-01-05", true),
            ("a < 2026-01-05", "2026-01-04T23:59:59Z", true),
            ("a = 2026-01-05T09:30", "2026-01-05 09:30:59", true),
            ("a = 2026-01-05T09:30Z", "2026-01-05T09:31Z", false),
            ("a = 2026-01-05T09:30:00+02:00", "2026-01-05T07:30:00.5Z", true),
            ("a = '2026-01-05 09:30:00.25'", "2026-01-05T09:30:00.250Z", true),
            ("a = '2026-01-05 09:30:00.250'", "2026-01-05T09:30:00.251Z", false),
            ("a = now", "2026-11-27T12:00:00Z", true), ("a = NOW", "2026-11-27T12:00:01Z", false),
            ("a < 14d ago", "2026-11-13T11:59:59Z", true),
            ("a < 14d ago", "2026-11-13T12:00:00Z", false),
            ("a >= 36h AGO", "2026-11-26T00:00:00Z", true),
            ("a > 90m ago", "2026-11-27T10:30:01Z", true),
            ("a = 2h30m ago", "2026-11-27T09:30:00Z", true),
            ("a = 1Y ago", "2025-11-27T12:00Z", true),
            ("a = 1.5h ago", "2026-11-27T10:30:00Z", true),
            ("a = 500ms ago", "2026-11-27T11:59:59.500Z", true),
            ("a = 2w ago", "2026-11-13T12:00Z", true), ("a = 0s ago", "2026-11-27T12:00Z", true),
        ] as [(String, String, Bool)])
    func times(condition: String, text: String, expected: Bool) throws {
        #expect(try holds(condition, .text([text])) == expected)
        let time = try #require(WrittenTime(text)).start
        #expect(try holds(condition, .time(time)) == expected)
    }

    @Test(
        "a value that is no time is unequal to every time, and neither before nor after it",
        arguments: [
            ("a = 2026-01-05", false), ("a != 2026-01-05", true), ("a < now", false),
            ("a <= now", false),
            ("a > now", false), ("a >= 14d ago", false), ("a in (2026-01-05)", false),
            ("a not in (2026-01-05)", true), ("not a < now", true),
        ] as [(String, Bool)])
    func noTimes(condition: String, expected: Bool) throws {
        for text in ["hello", "2026-02-30", "3", "now"] {
            #expect(try holds(condition, .text([text])) == expected)
        }
    }

    @Test(
        "a time is no text: it equals none, has no place among them, and contains parts of its ISO 8601 form"
    )
    func timesAsTexts() throws {
        let time = RowCondition.Value.time(1_767_605_400_250_000)
        for condition in ["a = x", "a < x", "a > x", "a >= 3", "a = ''"] {
            #expect(try !holds(condition, time), "\(condition)")
        }
        #expect(try holds("a != x and a contains 2026-01-05t09:30:00.25", time))
    }

    @Test(
        "a missing value equals a blank, and nothing else",
        arguments: [
            ("a = ''", true), ("a = null", true), ("a = NULL", true), ("a = ' '", true),
            ("a != ''", false),
            ("a = x", false), ("a != x", true), ("a < x", false), ("a >= x", false),
            ("a < 3", false),
            ("a > 2026-01-01", false), ("a contains x", false), ("a not contains x", true),
            ("a in (x, '')", true),
            ("a in (x)", false), ("a not in (x)", true), ("a not in (x, null)", false),
            ("a contains ' '", false),
            ("a = 'null'", false), ("a = unassigned", false), ("new.agent = unassigned", false),
            ("old.agent = unassigned", true), ("old.assignedTo != Unassigned", false),
            ("new.status = unassigned", false),
        ] as [(String, Bool)])
    func missing(condition: String, expected: Bool) throws {
        for value in [
            .missing, .text([]), .text([""]), .text([" \t", "\u{A0}"]), .list([]),
            .list([[], [""]]),
        ] as [Value] {
            #expect(try holds(condition, value) == expected, "\(value)")
        }
    }

    @Test("a value that is not missing is unequal to a blank")
    func present() throws {
        for value in [
            .text(["x"]), .text(["", "x"]), .time(0), .list([["x"]]), .list([[""], ["x"]]),
        ] as [Value] {
            #expect(try holds("a != '' and a != null and not a = ''", value), "\(value)")
        }
    }

    @Test(
        "a value with several writings equals each of them, and has one place in an order",
        arguments: [
            ("a = 3", true), ("a = HIGH", true), ("a = low", false), ("a != high", false),
            ("a > 2", true),
            ("a > 5", false), ("a < 5", true), ("a < hugh", true), ("a > hugh", false),
            ("a contains ig", true),
            ("a in (low, high)", true), ("a not in (1, 2)", true),
        ] as [(String, Bool)])
    func writings(condition: String, expected: Bool) throws {
        #expect(try holds(condition, .text(["3", "high"])) == expected)
        #expect(try holds(condition, .text(["high", "", "3"])) == expected)
        #expect(try holds(condition, .list([["3", "high"]])) == expected)
    }

    @Test(
        "a list satisfies a comparison when one of its elements does",
        arguments: [
            ("a = vip", true), ("a = VI", false), ("a contains VI", true), ("a contains 3.0", true),
            ("a = 3", true),
            ("a != vip", false), ("a != x", true), ("a not contains bug", false),
            ("a not contains x", true),
            ("a in (x, bug-1)", true), ("a < 4", true), ("a > x", false), ("a = 2026-01-05", true),
            ("a < now", true),
        ] as [(String, Bool)])
    func elements(condition: String, expected: Bool) throws {
        let tags = RowCondition.Value.list([
            ["vip"], ["bug-1", "Bug one"], ["3"], [""], ["2026-01-05T10:00Z"],
        ])
        #expect(try holds(condition, tags) == expected)
    }

    @Test(
        "not binds more than and, and and more than or",
        arguments: [
            ("t=1 or t=1 and f=1", true), ("(t=1 or t=1) and f=1", false),
            ("not f=1 and f=1", false),
            ("not (f=1 and f=1)", true), ("not not t=1", true), ("NOT f=1 Or f=1", true),
            ("f=1 or f=1 or t=1", true),
            ("t=1 AND t=1 aNd f=1", false), ("((t=1))", true), ("not(t=1)", false),
            ("not f=1 or t=1 and not t=1", true),
            ("\n t\u{A0}=\t1\r\n", true), ("t>=1 and t<=1 and f<1", true),
        ] as [(String, Bool)])
    func precedence(condition: String, expected: Bool) throws {
        let condition = try RowCondition(condition, now: conditionNow)
        #expect(condition.holds { $0 == .column("t") ? .text(["1"]) : .text(["0"]) } == expected)
    }

    @Test(
        "fields are columns, and wanted and present values",
        arguments: [
            ("status", .column("status")), ("'New Agent'", .column("New Agent")),
            ("\"a\"\"b\"", .column("a\"b")),
            ("`old.status`", .column("old.status")), ("'new.x'", .column("new.x")),
            ("client.name", .column("client.name")),
            ("new", .column("new")), ("is", .column("is")), ("'not'", .column("not")),
            ("Größe", .column("Größe")),
            ("new.status", .new("status")), ("NEW.Priority", .new("priority")),
            ("new.categoryId", .new("category")),
            ("old.category", .old("category")), ("old.assignedTo", .old("assignee")),
            ("new.owner", .new("assignee")),
            ("old.Agent", .old("assignee")), ("old.createdat", .old("createdAt")),
            ("old.updated_at", .old("updatedAt")),
            ("old.aiStatus", .old("aiStatus")), ("old.origin", .old("origin")),
            ("old.tags", .old("tags")),
            ("old.subject", .old("subject")), ("OLD.CUSTOMER", .old("customer")),
        ] as [(String, RowCondition.Subject)])
    func fields(field: String, subject: RowCondition.Subject) throws {
        #expect(try RowCondition("\(field) = ''", now: conditionNow).subjects == [subject])
    }

    @Test(
        "a condition shows its text, subjects and literals in their order, and asks once for each comparison"
    )
    func contents() throws {
        let text =
            "b = 1 or new.owner in (Ada, '', null) and not (old.assignedTo < 'x y' or b = 14d ago or new.agent != now)"
        let condition = try RowCondition(text, now: conditionNow)
        #expect(condition.text == text && condition.description == text)
        #expect(condition.subjects == [.column("b"), .new("assignee"), .old("assignee")])
        #expect(condition.comparisons.map(\.relation) == [.equal, .isIn, .less, .equal, .notEqual])
        #expect(
            condition.comparisons.map(\.literals) == [
                ["1"], ["Ada", "", ""], ["x y"], ["14d ago"], ["now"],
            ])
        var asked: [RowCondition.Subject] = []
        _ = condition.holds {
            asked.append($0)
            return .text(["1"])
        }
        #expect(asked == condition.comparisons.map(\.subject))
        let unknownColumn = condition.error("no such column", atSubjectOf: 3)
        #expect(unknownColumn == ConditionError(text: text, offset: 73, message: "no such column"))
        #expect(condition.error("no such agent", atLiteral: 2, of: 1).offset == 32)
    }

    @Test(
        "The explicit text names what tickets hold in full, and reads back as the same condition",
        arguments: [
            ("status = Open", "old.status = Open"),
            (
                "not(Priority>=2 or 'ticket status' = `a`)",
                "not(old.priority>=2 or old.status = `a`)"
            ),
            ("old.status = Open", "old.status = Open"), ("new.status = Open", "new.status = Open"),
            ("é = 1 and \"Assigned To\" in ('é', x)", "é = 1 and old.assignee in ('é', x)"),
            ("'it''s' = 1 and created_at < 1d ago", "'it''s' = 1 and old.createdAt < 1d ago"),
            ("Region = EMEA", "Region = EMEA"),
        ])
    func explicitText(text: String, expected: String) throws {
        let condition = try RowCondition(text, now: 0).asking { subject in
            guard case .column(let name) = subject else { return subject }
            return subject.held ?? .column(name)
        }
        #expect(condition.explicitText == expected)
        let read = try RowCondition(expected, now: 0)
        #expect(read.subjects == condition.subjects)
        #expect(read.explicitText == expected)
    }
}
