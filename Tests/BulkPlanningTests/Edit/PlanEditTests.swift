import BulkPlan
import BulkPlanningTestSupport
import BulkTestSupport
import Testing

@testable import BulkPlanning

@Suite("Editing a plan")
struct PlanEditTests {
    /// Three tickets, two of which are in Open; a row for each, and one that is invalid.
    private static let rows = """
        ticketId,status,priority,Region
        \(PlanFixture.id(1)),Resolved,,EMEA
        \(PlanFixture.id(2)),,high,APAC
        \(PlanFixture.id(3)),Pending,,
        \(PlanFixture.id(4)),Opne,,EMEA
        \(PlanFixture.id(1)),,2,EMEA

        """

    private static func fixture() throws -> PlanFixture {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1), PlanFixture.ticket(2),
            PlanFixture.ticket(3, status: "Pending"))
        return fixture
    }

    @Test("Row numbers are read by their bytes as by their characters")
    func numbers() {
        func number(_ text: some StringProtocol) -> Int? {
            let start = text.drop { $0 == " " }
            let digits = String(start.reversed().drop { $0 == " " }.reversed())
            guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(digits),
                number > 0
            else { return nil }
            return number
        }
        func rows(_ text: String) -> [ClosedRange<Int>]? {
            var ranges: [ClosedRange<Int>] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(number)
                switch (ends.count, ends[0], ends[ends.count - 1]) {
                case (1...2, let first?, let last?) where first <= last:
                    ranges.append(first...last)
                default: return nil
                }
            }
            return ranges
        }
        let parts = [
            "1", "7", "0", "12", " ", "  ", ",", "-", "9-", "3 - 4", "a", "\u{301}", "\t", "\r\n",
            "٣", "１",
            "99999999999999999999", "+", "",
        ]
        var random = SeededGenerator(seed: 4)
        var found = 0
        for _ in 0..<RandomInputs.count(10_000) {
            let few = random.chance(70) ? 10 : parts.count
            let text = (0..<random.below(6)).map { _ in parts[random.below(few)] }.joined()
            #expect(PlanEdit.rows(text) == rows(text), "\(text.debugDescription)")
            #expect(PlanEdit.number(text) == number(text), "\(text.debugDescription)")
            if rows(text) != nil { found += 1 }
        }
        #expect(found > RandomInputs.count(500))
    }

    /// Edits the plan of some rows.
    private static func edited(
        _ text: String = rows, _ fixture: PlanFixture? = nil, _ edit: PlanEdit
    ) async throws -> (result: PlanEditResult, entries: [PlanEntry], parent: Plan) {
        let fixture = try fixture ?? Self.fixture()
        let plan = try await fixture.plan(text)
        let output = fixture.directory.file("new.jsonl")
        let result = try edit.apply(to: plan.path!, writing: output)
        return (result, try PlanFixture.entries(of: output), plan)
    }

    private static func drop(_ text: String) throws -> PlanEdit {
        var edit = PlanEdit()
        edit.rows = try #require(PlanEdit.rows(text))
        return edit
    }

    private static func drop(where text: String) throws -> PlanEdit {
        var edit = PlanEdit()
        edit.drops = [try RowCondition(text, now: 1_767_225_600)]
        return edit
    }

    private static func keep(where text: String) throws -> PlanEdit {
        var edit = PlanEdit()
        edit.keeps = [try RowCondition(text, now: 1_767_225_600)]
        return edit
    }

    @Test("the plan of a shard stays one, and rows of other shards differ from those left out")
    func shard() async throws {
        var fixture = try Self.fixture()
        fixture.options.selection.shard = RowShard(1, of: 3)
        // Of three shards, the tickets 1 and 3 are in the first one, and so is the row that is invalid.
        let (result, entries, parent) = try await Self.edited(Self.rows, fixture, Self.drop("3"))
        #expect(result.header.shard == parent.header.shard)
        #expect(result.header.shard?.name == "1/3")
        #expect(result.header.counts.otherShards == 1)
        #expect(result.header.counts.excluded == 2)
        #expect(entries.map(\.isOfOtherShard) == [false, true, false, false, false])
        #expect(entries[2].disposition == .excluded)
        #expect(result.dropped == 1)
    }

    @Test("waivers were given for the plan before, with its numbers, and are gone")
    func waivers() async throws {
        var fixture = try Self.fixture()
        fixture.options.guards.maxChanges = 0
        fixture.options.guards.waivers = [GuardWaiver(rule: "max-changes", number: 9)]
        let (result, _, parent) = try await Self.edited(Self.rows, fixture, Self.drop("2"))
        #expect(parent.header.waivers.count == 1)
        #expect(result.header.waivers.isEmpty)
    }

    @Test("rows are excluded whatever they were, and the header counts what is left")
    func dropsRows() async throws {
        let (result, entries, parent) = try await Self.edited(Self.drop("2,3-4"))
        #expect(result.dropped == 3)
        let expected: [Disposition] = [.update, .excluded, .excluded, .excluded, .update]
        #expect(entries.map(\.disposition) == expected)
        #expect(entries[1].changes.isEmpty && entries[3].issue == nil)
        #expect(entries[3].ticketID == PlanFixture.id(4))
        #expect(entries[3].cells?[3] == "EMEA", "a report has the columns of a row left out")
        let header = result.header
        #expect(header.parent == parent.header.id)
        #expect(header.id != parent.header.id)
        #expect(header.counts.addUp)
        #expect((header.counts.rows, header.counts.excluded) == (5, 3))
        #expect((header.requests, header.fieldChanges, header.price.writes) == (1, 2, 1))
        #expect(header.price.auditEntries == 2)
        #expect(header.createdAt == parent.header.createdAt)
    }

    @Test("the next row of a ticket takes over the request, with what the rest asks for")
    func handsOver() async throws {
        let (result, entries, _) = try await Self.edited(Self.drop("1"))
        #expect(entries[4].mergedInto == nil)
        #expect(entries[4].changeText == "priority 1>2")
        #expect((result.header.requests, result.header.fieldChanges) == (2, 2))
        let (_, first, _) = try await Self.edited(Self.drop("5"))
        #expect(first[0].changeText == "status Open>Resolved")
        #expect(first[0].mergedInto == nil)
    }

    @Test("a field that a remaining row asks for too stays, however that row writes it")
    func sharedField() async throws {
        let text = """
            ticketId,status,assignee
            \(PlanFixture.id(1)),resolved,Grace
            \(PlanFixture.id(1)),RESOLVED,
            \(PlanFixture.id(1)),,grace@acme.com

            """
        let (_, entries, _) = try await Self.edited(text, Self.drop("2-3"))
        #expect(
            entries[0].changeText
                == "status Open>Resolved, assignedTo \(PlanFixture.ada)>\(PlanFixture.grace)")
        let (_, others, _) = try await Self.edited(text, Self.drop("1"))
        #expect(others[1].changes.count == 2)
        #expect(others[2].mergedInto == 2)
        #expect(others[2].changes.map(\.field) == [.assignedTo])
    }

    @Test("the remaining rows keep their preconditions and lose those of others")
    func preconditions() async throws {
        let text = """
            ticketId,status,priority,expectStatus,expectAssignedTo
            \(PlanFixture.id(1)),Resolved,,open,
            \(PlanFixture.id(1)),,2,,Ada
            \(PlanFixture.id(1)),,2,Open,

            """
        let (_, whole, _) = try await Self.edited(text, Self.drop(where: "row = 99"))
        #expect(whole[0].expectation?.values.count == 2)
        let (_, first, _) = try await Self.edited(text, Self.drop("2"))
        #expect(first[0].expectation?.values == [.status: .text("Open")])
        #expect(first[0].changes.count == 2)
        let (_, second, _) = try await Self.edited(text, Self.drop("1,3"))
        #expect(second[1].expectation?.values == [.assignedTo: .text(PlanFixture.ada)])
        #expect(second[1].changeText == "priority 1>2")
    }

    @Test("an edit that the plan does not hold enough for is refused by the numbers of the rows")
    func unclearRequest() async throws {
        // JSON records may have both keys, and the cells do not show which one was read.
        let text = """
            {"ticketId":"\(PlanFixture.id(1))","priority":3,"state":"Resolved"}
            {"ticketId":"\(PlanFixture.id(1))","status":"Resolved"}

            """
        let fixture = try Self.fixture()
        let plan = try await fixture.plan(text, name: "rows.jsonl")
        let output = fixture.directory.file("new.jsonl")
        let error = #expect(throws: PlanError.self) {
            try Self.drop("2").apply(to: plan.path!, writing: output)
        }
        #expect(error?.code == .requestShared)
        #expect(error?.message.contains("row 2 and row 1 share a request") == true)
        #expect(try !fixture.directory.names().contains("new.jsonl"))
        #expect(try Self.drop("1-2").apply(to: plan.path!, writing: output).header.requests == 0)
        #expect(try Self.drop("1").apply(to: plan.path!, writing: output).header.fieldChanges == 1)
    }

    @Test("where the last row counts, the rows of a ticket are left out together")
    func lastRowCounts() async throws {
        var fixture = try Self.fixture()
        fixture.options.onDuplicate = .last
        let text = """
            ticketId,status
            \(PlanFixture.id(1)),Pending
            \(PlanFixture.id(1)),Open
            \(PlanFixture.id(2)),Resolved

            """
        let plan = try await fixture.plan(text)
        #expect(plan.header.lastRowCounts)
        let output = fixture.directory.file("new.jsonl")
        for rows in ["1", "2"] {
            let error = #expect(throws: PlanError.self) {
                try Self.drop(rows).apply(to: plan.path!, writing: output)
            }
            #expect(error?.code == .requestShared)
        }
        #expect(try Self.drop("1-2").apply(to: plan.path!, writing: output).header.requests == 1)
        #expect(try Self.drop("3").apply(to: plan.path!, writing: output).header.requests == 0)
    }

    @Test(
        "conditions ask about columns, values, the row and what becomes of it",
        arguments: [
            ("Region = emea", [1, 4, 5]), ("row > 3", [4, 5]), ("disposition = unchanged", [3]),
            ("new.status = Resolved", [1]), ("new.priority = high", [2]),
            ("new.priority != '' and old.priority = 1", [1, 2, 5]),
            ("ticketId = \(PlanFixture.id(2))", [2]), ("Region = ''", [3]),
            ("old.createdAt < 2026-01-01T00:02", [1, 5]), ("status = Opne", [4]),
            ("new.status = Resolved or Region = APAC", [1, 2]),
        ])
    func conditions(condition: String, dropped: [Int]) async throws {
        let (_, entries, _) = try await Self.edited(Self.drop(where: condition))
        #expect(entries.filter { $0.disposition == .excluded }.map(\.row) == dropped)
    }

    @Test("rows that do not satisfy a condition to keep are left out, and unclear ones stay")
    func keeps() async throws {
        let (_, entries, _) = try await Self.edited(Self.keep(where: "Region = EMEA"))
        #expect(entries.filter { $0.disposition == .excluded }.map(\.row) == [2, 3])
        // It is not known what the invalid row and the unchanged row write.
        let (_, others, _) = try await Self.edited(Self.keep(where: "new.status = Resolved"))
        #expect(others.filter { $0.disposition == .excluded }.map(\.row) == [2, 5])
    }

    @Test("a condition that a row to be sent does not decide is refused, with the row")
    func undecided() async throws {
        for edit in [
            try Self.drop(where: "old.status = Open"), try Self.keep(where: "old.status = Open"),
        ] {
            let error = await #expect(throws: PlanError.self) { try await Self.edited(edit) }
            #expect(error?.code == .rowUndecided)
            #expect(error?.message.contains("row 2") == true)
        }
    }

    @Test(
        "the advice for such a condition names the fields that were asked",
        arguments: [
            ("old.status = Open", "new.status != ''"), ("old.assignee = Ada", "new.assignee != ''"),
            ("old.category = Billing and old.assignee = Ada", nil),
        ] as [(String, String?)])
    func advice(condition: String, advice: String?) async throws {
        let error = await #expect(throws: PlanError.self) {
            try await Self.edited(Self.drop(where: condition))
        }
        let message = try #require(error?.message)
        let fields = advice ?? "new.category != '' and new.assignee != ''"
        #expect(message.contains("add `\(fields)`, or plan again"), "\(message)")
        _ = try await Self.edited(Self.drop(where: "\(fields) and (\(condition))"))
    }

    @Test("a word that is no disposition is refused")
    func dispositions() async throws {
        for (condition, said) in [
            ("disposition = updated", "did you mean update?"),
            ("disposition in (held, blocked)", "is none of update, unchanged"),
            ("disposition != sent", "is none of"),
        ] {
            let error = await #expect(throws: ConditionError.self) {
                try await Self.edited(Self.drop(where: condition))
            }
            #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        }
        _ = try await Self.edited(
            Self.drop(where: "disposition = UPDATE or disposition contains x"))
    }

    @Test(
        "a condition about what no plan holds is refused with its place",
        arguments: [
            ("old.tags contains vip", "a plan does not hold this"),
            ("Regoin = EMEA", "did you mean \"Region\"?"),
            ("new.assignee = Grcae", "did you mean \"Grace\"?"),
        ])
    func unknownSubjects(condition: String, said: String) async throws {
        let text = Self.rows + "\n"
        let fixture = try Self.fixture()
        let plan = try await fixture.plan(
            text.replacing("Region\n", with: "Region,assignee\n").replacing(
                "APAC", with: "APAC,Grace"
            )
            .replacing("EMEA\n", with: "EMEA,\n").replacing(",,\n", with: ",,,\n"))
        #expect(plan.header.counts.invalid == 1)
        let error = #expect(throws: ConditionError.self) {
            try Self.drop(where: condition).apply(
                to: plan.path!, writing: fixture.directory.file("new.jsonl"))
        }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }

    @Test("an edit that leaves out nothing writes the same plan")
    func nothing() async throws {
        let (result, _, parent) = try await Self.edited(Self.drop(where: "row = 99"))
        #expect(result.dropped == 0)
        #expect(result.header == parent.header)
    }

    @Test("an edited plan can be edited again, and its excluded rows stay so")
    func twice() async throws {
        let fixture = try Self.fixture()
        let plan = try await fixture.plan(Self.rows)
        let (first, second) = (fixture.directory.file("1.jsonl"), fixture.directory.file("2.jsonl"))
        let once = try Self.drop("1-2").apply(to: plan.path!, writing: first)
        let twice = try Self.drop("2-3").apply(to: first, writing: second)
        #expect(twice.dropped == 1)
        #expect(twice.header.parent == once.header.id)
        #expect(twice.header.counts.excluded == 3)
        let direct = try Self.drop("1-3").apply(to: plan.path!, writing: first)
        #expect(direct.header.id == twice.header.id, "the id is that of the rows")
    }

    @Test("the plan is never its own destination, and no other file is replaced unasked")
    func destinations() async throws {
        let fixture = try Self.fixture()
        let path = try #require(try await fixture.plan(Self.rows).path)
        func code(_ output: String, force: Bool = false) -> PlanError.Code? {
            #expect(throws: PlanError.self) {
                try Self.drop("1").apply(to: path, writing: output, replacesAnyFile: force)
            }?.code
        }
        #expect(code(path) == .outputIsInput)
        #expect(code(path, force: true) == .outputIsInput)
        #expect(code(fixture.directory.file("rows.csv")) == .outputOccupied)
        #expect(try fixture.directory.readText("rows.csv") == Self.rows)
    }

    @Test("a damaged plan is not edited")
    func damaged() async throws {
        let fixture = try Self.fixture()
        let path = try #require(try await fixture.plan(Self.rows).path)
        let text = try fixture.directory.readText("plan.jsonl")
        try fixture.directory.write(
            text.replacing("\"after\":{\"priority\":3}", with: "\"after\":{\"priority\":2}"),
            to: "plan.jsonl")
        let error = #expect(throws: PlanError.self) {
            try Self.drop("1").apply(to: path, writing: fixture.directory.file("new.jsonl"))
        }
        #expect(error?.code == .rowsChanged)
        #expect(try !fixture.directory.names().contains("new.jsonl"))
    }

    @Test("hand-offs are counted where that is certain, and else an upper bound is noted")
    func handOffs() async throws {
        var fixture = try PlanFixture()
        fixture.options.allowsHandOff = true
        let active = ",\"aiStatus\":\"Active\""
        try fixture.snapshot(
            PlanFixture.ticket(1, more: active), PlanFixture.ticket(2, more: active),
            PlanFixture.ticket(3), PlanFixture.ticket(4))
        let text = """
            ticketId,assignee,status
            \(PlanFixture.id(1)),Grace,
            \(PlanFixture.id(2)),Grace,
            \(PlanFixture.id(3)),Grace,
            \(PlanFixture.id(4)),,Resolved

            """
        let parent = try await fixture.plan(text)
        #expect(parent.header.handOffs == 2)
        for (rows, handOffs, isExact) in [
            ("4", 2, true), ("3", 2, false), ("1,3", 1, false), ("1-3", 0, true),
        ] {
            let output = fixture.directory.file("new.jsonl")
            let result = try Self.drop(rows).apply(to: parent.path!, writing: output)
            #expect(result.header.handOffs == handOffs, "\(rows)")
            #expect(result.handOffsAreExact == isExact, "\(rows)")
            #expect(result.header.notes.contains { $0.contains("upper bound") } == !isExact)
        }
    }

    private static func edited(
        _ edit: PlanEdit
    ) async throws -> (result: PlanEditResult, entries: [PlanEntry], parent: Plan) {
        try await edited(rows, nil, edit)
    }

    private static func edited(
        _ text: String, _ edit: PlanEdit
    ) async throws -> (result: PlanEditResult, entries: [PlanEntry], parent: Plan) {
        try await edited(text, nil, edit)
    }
}
