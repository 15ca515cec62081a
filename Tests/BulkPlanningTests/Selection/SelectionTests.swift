import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("A selection excludes rows, and the sums still add up")
struct SelectionTests {
    private static let now = 1_767_225_600

    /// Five rows for five tickets, each with a status, a priority and a note.
    private static let rows = """
        ticketId,status,priority,assignee,Team Note
        \(PlanFixture.id(1)),Resolved,3,,urgent: call
        \(PlanFixture.id(2)),Resolved,low,Ada,
        \(PlanFixture.id(3)),Open,high,Grace,'=quiet
        \(PlanFixture.id(4)),Nonsense,2,,x
        \(PlanFixture.id(5)),,1,unassigned,x
        """

    private func fixture() throws -> PlanFixture {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, more: #","updatedAt":"2025-12-01T00:00:00Z""#),
            PlanFixture.ticket(
                2, status: "Waiting", more: #","updatedAt":"2025-12-31T00:00:00Z""#),
            PlanFixture.ticket(3, priority: "3", assignedTo: "null"),
            PlanFixture.ticket(4), PlanFixture.ticket(5, priority: "4"))
        return fixture
    }

    private func kept(_ conditions: [String], rows: String = rows) async throws -> [Int] {
        var fixture = try fixture()
        fixture.options.selection.conditions = try conditions.map {
            try RowCondition($0, now: Self.now)
        }
        let plan = try await fixture.plan(rows)
        #expect(plan.header.counts.addUp)
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.count == plan.header.counts.rows)
        let excluded = entries.filter { $0.disposition == .excluded }
        #expect(excluded.count == plan.header.counts.excluded)
        #expect(excluded.allSatisfy { $0.ticketID != nil && $0.issue == nil && $0.changes.isEmpty })
        return entries.filter { $0.disposition != .excluded }.map(\.row)
    }

    @Test(
        "Conditions ask about columns, wanted values, present values and ages",
        arguments: [
            ("priority = 3", [1, 3]), ("priority = HIGH", [1, 3]),
            ("priority > low", [1, 3, 4]), ("Priority < 'High'", [2, 4, 5]),
            ("Priority < 2", [2, 5]),
            ("'Team Note' contains CALL", [1]), ("team_note = ''", [2]),
            ("'Team Note' = '=quiet'", [3]), ("ticketId = '\(PlanFixture.id(2))'", [2]),
            // The invalid row is excluded only when its columns decide.
            ("new.status = Resolved", [1, 2, 4]), ("new.assignee = grace@acme.com", [3, 4]),
            ("new.assignee in (Ada, Grace)", [2, 3, 4]), ("new.assignee = ''", [1, 4]),
            ("new.assignee = unassigned", [4, 5]),
            ("new.priority >= 2", [1, 3, 4]),
            ("old.status = waiting", [2, 4]), ("old.assignee = Ada", [1, 2, 4, 5]),
            ("old.assignee = unassigned", [3, 4]), ("old.priority = 4", [4, 5]),
            ("old.category = Billing and priority = 3", [1, 3]),
            ("old.updatedAt < 14d ago", [1, 4]), ("old.updatedAt >= 14d ago", [2, 4]),
            ("old.createdAt >= 2026-01-01T00:03Z", [3, 4, 5]),
            ("priority = 3 or old.status = Waiting", [1, 2, 3, 4]),
            ("priority = 3 and not old.assignee = Ada", [3]),
        ])
    func conditions(text: String, rows: [Int]) async throws {
        #expect(try await kept([text]) == rows)
        // In JSON Lines, columns are added as they appear.
        let lines = Self.rows.split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let keys = ["ticketId", "status", "priority", "assignee", "Team Note"]
            let members = zip(keys, cells).filter { !$1.isEmpty }.map { key, cell in
                "\"\(key)\":\"\(cell.hasPrefix("'=") ? cell.dropFirst() : cell)\""
            }
            return "{" + members.joined(separator: ",") + "}"
        }
        var fixture = try fixture()
        fixture.options.selection.conditions = [try RowCondition(text, now: Self.now)]
        let entries = try await fixture.entries(lines.joined(separator: "\n"), name: "rows.jsonl")
        #expect(entries.filter { $0.disposition != .excluded }.map(\.row) == rows)
    }

    @Test(
        "A column is compared without what a spreadsheet puts around a value, as requests are read",
        arguments: [
            ("Region = EMEA", [1]), ("Region != EMEA", [2, 3, 4]), ("status = Open", [1, 2]),
            ("status != Open", [3, 4]), ("priority = 3", [1, 2]), ("ticketId = 'ID1'", [1]),
            ("ticketId = 'ID2'", [2]), ("ticketId = 'ID3'", [3]), ("ticketId = 'ID4'", [4]),
            ("ticketId contains 'dashboard'", [3]), ("when < 2026-02-01", [1, 2]),
            ("assignee = ada", [1]), ("assignee = \"'Ada\"", [2]), ("tags = vip", [1]),
        ])
    func wrappedCells(condition: String, rows: [Int]) async throws {
        let ids = (1...4).map(PlanFixture.id)
        var text = condition
        for (index, id) in ids.enumerated() { text.replace("ID\(index + 1)", with: id) }
        let input = """
            ticketId,status,priority,assignee,Region,when,tags
            ="\(ids[0])",="Open",="3",="Ada",="EMEA",="2026-01-05",="vip; late"
            '\(ids[1]),'Open,'high,'Ada,'EMEA,2026-01-06,
            https://dashboard.mava.app/dashboard/ticket?id=\(ids[2]),Pending,1,,APAC,,
            "'=""\(ids[3])""\",Pending,2,,,,

            """
        var fixture = try PlanFixture()
        fixture.options.selection.conditions = [try RowCondition(text, now: Self.now)]
        let plan = try await fixture.plan(input)
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.filter { $0.disposition != .excluded }.map(\.row) == rows)
        // An edit of a plan compares the same.
        fixture.options.selection.conditions = []
        let saved = try await fixture.plan(input)
        var edit = PlanEdit()
        edit.keeps = [try RowCondition(text, now: Self.now)]
        let edited = fixture.directory.file("edited.jsonl")
        _ = try edit.apply(to: saved.path!, writing: edited)
        let kept = try PlanFixture.entries(of: edited).filter { $0.disposition != .excluded }
        #expect(kept.map(\.row) == rows)
    }

    @Test("64 comparisons are the most of all conditions together, and more are refused at once")
    func mostComparisons() async throws {
        func notes(_ numbers: ClosedRange<Int>, _ last: String) -> String {
            numbers.map { "'Team Note' = n\($0)" }.joined(separator: " or ") + " or \(last)"
        }
        // The last comparison alone holds, of a column and of what the tickets hold.
        for last in ["'Team Note' = x", "old.status = Waiting"] {
            let rows = last.contains("old") ? [2, 4] : [4, 5]
            #expect(try await kept([notes(1...63, last)]) == rows)
        }
        #expect(
            try await kept([
                notes(1...31, "'Team Note' = x"), notes(1...31, "'Team Note' = x"),
            ]) == [4, 5])
        var fixture = try fixture()
        fixture.options.selection.conditions = try [notes(1...63, "status = Open"), "priority = 3"]
            .map { try RowCondition($0, now: Self.now) }
        let planner = Planner(options: fixture.options, listing: nil)
        // Not even the file is looked for.
        let error = await #expect(throws: ConditionError.self) {
            _ = try await planner.plan(PlanInput(path: "no such file.csv"), now: 0)
        }
        #expect(error?.message.contains("more than 64 comparisons") == true)
        #expect(error?.text == "priority = 3")
    }

    @Test("A name that no column has means what tickets hold, and tags are a list")
    func heldNames() async throws {
        let ids = (1...3).map(PlanFixture.id)
        let rows = "ticketId,note,tags\n\(ids[0]),x,vip; late\n\(ids[1]),x,late\n\(ids[2]),x,\n"
        func kept(_ condition: String, _ rows: String, _ name: String = "rows.csv") async throws
            -> [Int]
        {
            var fixture = try fixture()
            fixture.options.fills = [try FieldFill(.status, "Pending")]
            fixture.options.selection.conditions = [try RowCondition(condition, now: Self.now)]
            return try await fixture.entries(rows, name: name)
                .filter { $0.disposition != .excluded }.map(\.row)
        }
        #expect(try await kept("priority = 3", rows) == [3])
        #expect(try await kept("assignee = Ada and note = x", rows) == [1, 2])
        #expect(try await kept("tags = vip", rows) == [1])
        #expect(try await kept("tags contains a", rows) == [1, 2])
        #expect(try await kept("not tags = vip", rows) == [2, 3])
        let lines =
            #"{"id":"\#(ids[0])","tags":["vip","late"]}"# + "\n"
            + #"{"id":"\#(ids[1])","tags":[]}"# + "\n"
        #expect(try await kept("tags = vip", lines, "rows.jsonl") == [1])
    }

    @Test("Of columns that differ in case, the one with the very name is asked about")
    func exactNames() async throws {
        let ids = (1...2).map(PlanFixture.id)
        let rows =
            "ticketId,status,Region,region\n\(ids[0]),Resolved,EMEA,APAC\n\(ids[1]),Resolved,APAC,EMEA\n"
        #expect(try await kept(["region = EMEA"], rows: rows) == [2])
        #expect(try await kept(["Region = EMEA"], rows: rows) == [1])
        await #expect {
            try await kept(["REGION = EMEA"], rows: rows)
        } throws: { "\($0)".contains(#"write the exact name, "Region" or "region""#) }
        // Objects can write it in different ways.
        let lines = zip(ids, ["region", "Region"]).map { id, key in
            #"{"ticketId":"\#(id)","status":"Resolved","\#(key)":"EMEA"}"# + "\n"
        }
        for (condition, rows) in [
            ("region = EMEA", [1, 2]), ("REGION != EMEA", []), ("Region = EMEA", [1, 2]),
        ] {
            var fixture = try fixture()
            fixture.options.selection.conditions = [try RowCondition(condition, now: Self.now)]
            let entries = try await fixture.entries(lines.joined(), name: "rows.jsonl")
            #expect(entries.filter { $0.disposition != .excluded }.map(\.row) == rows)
        }
    }

    @Test("All conditions must hold")
    func several() async throws {
        #expect(try await kept(["priority = 3", "old.status = Open"]) == [1, 3])
        #expect(try await kept(["priority = 3", "old.status = Waiting"]) == [])
    }

    @Test(
        "What a condition cannot mean is refused with its place",
        arguments: [
            ("prioriti = 3", "did you mean \"priority\"?", 0),
            ("mood = Billing", "no column", 0), ("new.status = Opne", "did you mean Open?", 13),
            ("old.priority = urgent", "1 (low)", 15),
            ("new.status = Open and old.assignee = Adda", "did you mean \"Ada\"?", 37),
            ("old.tags contains vip", "TicketFilter", 0),
            ("updatedAt < yesterday", "updatedAt is a time", 12),
            ("createdAt != '14d ago'", "write an age without quotes", 13),
            ("not (updatedAt < 1772323200)", "updatedAt is a time", 17),
        ])
    func refused(text: String, message: String, offset: Int) async throws {
        await #expect {
            _ = try await kept([text])
        } throws: { error in
            guard let error = error as? ConditionError else { return false }
            return error.message.contains(message) && error.offset == offset
        }
    }

    @Test("Without the tickets, a condition on what they hold is refused")
    func unread() async throws {
        var fixture = try PlanFixture()
        fixture.options.selection.conditions = [try RowCondition("old.status = Open", now: 0)]
        await #expect(throws: ConditionError.self) { _ = try await fixture.plan(Self.rows) }
    }

    @Test(
        "What the ticket of an invalid row holds decides nothing, whichever tickets are read",
        arguments: [
            ("old.priority = 3", [.invalid]), ("old.priority = 1", [.invalid]),
            ("old.status != Open", [.invalid]), ("new.status = Open", [.invalid]),
            ("old.updatedAt < 2020-01-01", [.invalid]), ("old.createdAt < 2020-01-01", [.excluded]),
            ("note = drop and old.priority = 1", [.excluded]),
            ("note = keep or old.priority = 3", [.invalid]),
        ] as [(String, [Disposition])])
    func invalidRows(condition: String, expected: [Disposition]) async throws {
        let row = "\(PlanFixture.id(1)),Bilxx,,keep\n"
        let others = [
            "", "\(PlanFixture.id(2)),Billing,,keep\n",
            "\(PlanFixture.id(1)),,Resolved,keep\n\(PlanFixture.id(2)),Billing,,keep\n",
        ]
        for other in others {
            var fixture = try fixture()
            fixture.options.selection.conditions = [try RowCondition(condition, now: Self.now)]
            let entries = try await fixture.entries(
                "ticketId,category,status,note\n" + row + other)
            #expect(entries.prefix(1).map(\.disposition) == expected)
        }
    }

    @Test("A limit takes the first rows for which the conditions hold")
    func limit() async throws {
        var fixture = try fixture()
        fixture.options.selection.conditions = [try RowCondition("priority != 3", now: 0)]
        fixture.options.selection.limit = 2
        let plan = try await fixture.plan(Self.rows)
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.map(\.disposition) == [.excluded, .update, .excluded, .invalid, .excluded])
        #expect(plan.summary.problems.map(\.rows) == [1])
        // An excluded invalid row is not a problem of the plan.
        fixture.options.selection.limit = 1
        fixture.options.output = fixture.directory.file("one.jsonl")
        let one = try await fixture.plan(Self.rows)
        #expect(one.header.counts.invalid == 0)
        #expect(one.summary.problems.isEmpty)
    }

    @Test("A sample is as large as asked, the same for the same seed, and every row's turn comes")
    func sample() async throws {
        let rows = "ticketId,status\n" + (1...40).map { "\(PlanFixture.id($0)),Open\n" }.joined()
        var met: Set<Int> = []
        for seed in 0..<60 as Range<UInt64> {
            var fixture = try PlanFixture()
            fixture.options.selection.sample = 7
            fixture.options.selection.seed = seed
            let taken = try await fixture.entries(rows).filter { $0.disposition != .excluded }
                .map(\.row)
            #expect(taken.count == 7)
            fixture.options.output = fixture.directory.file("again.jsonl")
            #expect(
                try await fixture.entries(rows).filter { $0.disposition != .excluded }.map(\.row)
                    == taken)
            met.formUnion(taken)
        }
        #expect(met.count == 40)
    }

    @Test("Excluded rows do not disagree with others")
    func merging() async throws {
        var fixture = try fixture()
        fixture.options.selection.conditions = [try RowCondition("note = keep", now: 0)]
        let id = PlanFixture.id(1)
        let entries = try await fixture.entries(
            "ticketId,priority,note\n\(id),2,keep\n\(id),3,drop\n\(id),2,keep\n")
        #expect(entries.map(\.disposition) == [.update, .excluded, .update])
        #expect(entries[0].changeText == "priority 1>2")
        #expect(entries[2].mergedInto == 1)
    }

    @Test(
        "Tickets of excluded and of invalid rows are not read",
        arguments: [("note = keep", 2), ("new.priority = 2", 2), ("old.priority != 3", 4)])
    func reads(condition: String, pages: Int) async throws {
        // There are 240 tickets from one row to the next, so that each takes its own page.
        let ids = (0..<5).map {
            String(1_767_225_600 + $0 * 864_000, radix: 16) + "0000000000000001"
        }
        let tickets = try (0..<1000).map { number in
            let seconds = 1_767_225_600 + number * 3600
            let id = try #require(TicketID(String(seconds, radix: 16) + "0000000000000001"))
            return Ticket(id: id, status: "Open", priority: 1)
        }
        let listing = GeneratedListing(tickets, order: .ascending)
        var fixture = try PlanFixture()
        fixture.options.source = .live
        fixture.options.selection.conditions = [try RowCondition(condition, now: 0)]
        let path = try fixture.directory.write(
            "ticketId,priority,assignee,note\n\(ids[0]),2,,keep\n\(ids[1]),3,,drop\n\(ids[2]),2,,keep\n"
                + "\(ids[3]),3,,drop\n\(ids[4]),,Zoe,keep\n", to: "rows.csv")
        let plan = try await Planner(options: fixture.options, listing: listing).plan(
            PlanInput(path: path), now: 1_767_225_600)
        #expect(listing.pages == pages)
        #expect(plan.header.counts.update == (condition.hasPrefix("old") ? 4 : 2))
        #expect(plan.header.counts.addUp)
    }
}
