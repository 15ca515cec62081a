import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Names that differ only by letter case or composition")
struct SimilarNameTests {
    private static let lower = "6630a1f4c2b9e4a1d8f00b31"
    private static let upper = "6630a1f4c2b9e4a1d8f00b32"
    private static let composed = "6630a1f4c2b9e4a1d8f00b33"
    private static let decomposed = "6630a1f4c2b9e4a1d8f00b34"

    private static func fixture() throws -> PlanFixture {
        var fixture = try PlanFixture()
        fixture.options.agents =
            PlanFixture.agents + [
                Agent(id: lower, username: "Max"), Agent(id: upper, username: "MAX"),
                Agent(id: composed, username: "Jos\u{E9}"),
                Agent(id: decomposed, username: "Jose\u{301}"),
            ]
        fixture.options.categories =
            PlanFixture.categories + [Category(id: lower, name: "billing")]
        return fixture
    }

    private static func map(_ text: String, _ field: TicketField) throws -> ValueMap {
        try ValueMap(
            bytes: Array(text.utf8), sha256: "", path: "map.csv", for: field, unmapped: .keep)
    }

    private static func targets(_ map: String, _ cells: [String]) async throws -> [String] {
        var fixture = try fixture()
        fixture.options.maps = [try Self.map(map, .assignedTo)]
        let rows = cells.enumerated().map { "\(PlanFixture.id($0 + 1)),\($1)\n" }.joined()
        return try await fixture.entries("id,agent\n" + rows).map {
            $0.issue?.code.rawValue ?? $0.changeText.replacing("assignedTo ?>", with: "")
        }
    }

    @Test(
        "a line of a map is for the name in its spelling, and for another only if no agent has that one"
    )
    func maps() async throws {
        let (ada, grace) = (PlanFixture.ada, PlanFixture.grace)
        #expect(
            try await Self.targets("from,to\nMax,Grace\n", ["Max", "MAX", "max", Self.lower])
                == [grace, Self.upper, "agent_ambiguous", grace])
        #expect(
            try await Self.targets("from,to\nMax,Grace\nMAX,Ada\n", ["Max", "MAX", "max"])
                == [grace, ada, "agent_ambiguous"])
        #expect(
            try await Self.targets(
                "from,to\nOld,Grace\nOLD,Ada\nLeft,Ada\n", ["OLD", "Old", "LEFT"])
                == [ada, grace, ada])
        #expect(
            try await Self.targets(
                "from,to\nJos\u{E9},Grace\nJose\u{301},Ada\n", ["Jos\u{E9}", "Jose\u{301}"])
                == [grace, ada])
        #expect {
            _ = try Self.map("from,to\nUrgent,3\nurgent,2\n", .priority)
        } throws: { ($0 as? PlanError)?.line == 3 }
    }

    private static func kept(_ condition: String, _ fixture: PlanFixture) async throws -> [Int] {
        var fixture = fixture
        fixture.options.selection.conditions = [try RowCondition(condition, now: 0)]
        let entries = try await fixture.entries(
            "id,assignee\n" + (1...4).map { "\(PlanFixture.id($0)),\(Self.ids[$0 - 1])\n" }.joined()
        )
        return entries.filter { $0.disposition != .excluded }.map(\.row)
    }

    private static let ids = [upper, lower, composed, decomposed]

    @Test(
        "a condition means the agent whose name is written exactly so",
        arguments: [
            ("old.assignee = Max", [1]), ("old.assignee = MAX", [2]),
            ("old.assignee != Max", [2, 3, 4]),
            ("old.assignee in (MAX, ADA)", [2, 4]), ("new.assignee = MAX", [1]),
            ("new.assignee = 'Jos\u{E9}'", [3]), ("new.assignee = 'Jose\u{301}'", [4]),
            ("old.assignee = grace", [3]), ("old.assignee contains max", [1, 2]),
        ])
    func conditions(condition: String, rows: [Int]) async throws {
        var fixture = try Self.fixture()
        let held = [Self.lower, Self.upper, PlanFixture.grace, PlanFixture.ada]
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(
                held.enumerated().map { PlanFixture.ticket($0 + 1, assignedTo: "\"\($1)\"") }
                    .joined(), to: "tickets.jsonl"))
        #expect(try await Self.kept(condition, fixture) == rows)
        await #expect(throws: ConditionError.self) {
            _ = try await Self.kept("old.assignee = max", fixture)
        }
    }

    @Test("a saved plan is edited by the same rule, and an ambiguous name is refused")
    func planEdit() async throws {
        var fixture = try Self.fixture()
        fixture.options.unread = .send
        let plan = try await fixture.plan(
            "id,assignee\n\(PlanFixture.id(1)),Max\n\(PlanFixture.id(2)),MAX\n")
        var edit = PlanEdit()
        edit.drops = [try RowCondition("new.assignee = MAX", now: 0)]
        let output = fixture.directory.file("new.jsonl")
        #expect(try edit.apply(to: plan.path!, writing: output).dropped == 1)
        let entries = try PlanFixture.entries(of: output)
        #expect(entries.map(\.disposition) == [.update, .excluded])
        edit.drops = [try RowCondition("new.assignee = max", now: 0)]
        let error = #expect(throws: ConditionError.self) {
            try edit.apply(to: plan.path!, writing: fixture.directory.file("other.jsonl"))
        }
        #expect(error?.message.contains("can be MAX") == true)
    }

    @Test("an id that is listed once counts in either case, after every name")
    func ids() {
        let directory = NameDirectory(
            agents: [
                Agent(id: "a1"), Agent(id: "B2"), Agent(id: "c3"), Agent(id: "C3"),
                Agent(id: "d4"), Agent(id: "e5", username: "D4"),
            ], categories: nil)
        #expect(directory.agent("A1") == .id("a1"))
        #expect(directory.agent("b2") == .id("B2"))
        #expect(directory.agent("c3") == .id("c3"))
        #expect(directory.agent("D4") == .id("e5"))
        #expect(directory.category(Self.lower.uppercased()) == .id(Self.lower))
        #expect(directory.agent("A1", canBe: "a1"))
        #expect(directory.agent("c3", canBe: "c3") && !directory.agent("c3", canBe: "C3"))
        // An agent's own name in this spelling, although it alone would be the other one's name or id.
        #expect(directory.agent("D4", canBe: "e5") && !directory.agent("D4", canBe: "a1"))
    }

    @Test("the digits of an ObjectId count in either case, before a name that has the same")
    func objectIDs() {
        let directory = NameDirectory(
            agents: [
                Agent(id: PlanFixture.ada, username: "Ada"),
                Agent(id: PlanFixture.grace, username: PlanFixture.ada.uppercased()),
            ], categories: nil)
        #expect(directory.agent(PlanFixture.ada) == .id(PlanFixture.ada))
        #expect(directory.agent(PlanFixture.ada.uppercased()) == .id(PlanFixture.ada))
    }

    @Test(
        "where columns name one agent or category, a name in exactly a thing's spelling is that thing",
        arguments: [
            ("assignedTo,assignee", "\(lower),Max", "assignedTo ?>\(lower)"),
            ("assignedTo,assignee", "\(lower),MAX", "value_invalid"),
            ("assignedTo,assignee", "\(upper),MAX", "assignedTo ?>\(upper)"),
            ("assignedTo,assignee", "\(upper),Max", "value_invalid"),
            ("assignedTo,assignee", "\(lower),max", "assignedTo ?>\(lower)"),
            ("Owner Email,Owner Name", "ada@acme.com,ADA", "assignedTo ?>\(PlanFixture.ada)"),
            ("Owner Email,Owner Name", "max@acme.com,MAX", "value_invalid"),
            ("Owner Email,Owner Name", "max@acme.com,Max", "assignedTo ?>\(mailed)"),
            ("Owner ID,Owner Name", "\(mailed),Max", "assignedTo ?>\(mailed)"),
            ("Owner ID,Owner Name", "\(upper),max@acme.com", "value_invalid"),
            ("assignedTo,assignee", "\(composed),Jos\u{E9}", "assignedTo ?>\(composed)"),
            ("assignedTo,assignee", "\(composed),Jose\u{301}", "value_invalid"),
            ("categoryId,category", "\(lower),billing", "categoryId ?>\(lower)"),
            ("categoryId,category", "\(lower),Billing", "value_invalid"),
            ("categoryId,category", "\(lower),BILLING", "categoryId ?>\(lower)"),
            ("categoryId,category", "\(PlanFixture.billing),billing", "value_invalid"),
        ])
    func besideIDs(header: String, cells: String, outcome: String) async throws {
        var fixture = try Self.fixture()
        fixture.options.agents! += [
            Agent(id: Self.mailed, email: "max@acme.com", username: "Max")
        ]
        let names = header.split(separator: ",")
        let values = cells.split(separator: ",")
        let line =
            "{\"id\":\"\(PlanFixture.id(1))\",\"\(names[0])\":\"\(values[0])\","
            + "\"\(names[1])\":\"\(values[1])\"}\n"
        for (text, name) in [
            ("id,\(header)\n\(PlanFixture.id(1)),\(cells)\n", "rows.csv"), (line, "rows.jsonl"),
        ] {
            let entry = try await fixture.entries(text, name: name)[0]
            #expect((entry.issue?.code.rawValue ?? entry.changeText) == outcome)
        }
    }

    private static let mailed = "6630a1f4c2b9e4a1d8f00b35"

    @Test("a word that other programs write for no agent is answered with ours")
    func noAgent() async throws {
        let fixture = try PlanFixture()
        let words = [
            "nobody", "None", "-", "n/a", "No Agent", "Un-assigned", "not assigned", "(none)", "—",
            "Bob",
        ]
        let rows = words.enumerated().map { "\(PlanFixture.id($0)),\($1)\n" }.joined()
        let issues = try await fixture.entries("id,assignee\n" + rows).map(\.issue)
        #expect(issues.allSatisfy { $0?.code == .agentUnknown })
        #expect(
            issues.map { $0?.suggestion }
                == Array(repeating: "unassigned", count: words.count - 1) + [nil])
    }

    @Test(
        "question marks are what is left of a name's letters",
        arguments: ["?", "???", "??? ????", "?-??"])
    func lostLetters(cell: String) async throws {
        let fixture = try PlanFixture()
        let issue = try await fixture.entries("id,assignee\n\(PlanFixture.id(1)),\(cell)\n")[0]
            .issue
        #expect(issue?.suggestion == nil)
        #expect(issue?.message.hasPrefix("write the name again, in UTF-8") == true)
    }

    @Test("for what programs write for an absent value, the advice is to leave the cell blank")
    func absent() async throws {
        let fixture = try PlanFixture()
        for (column, cell) in [
            ("assignee", "NA"), ("assignee", "NaN"), ("category", "NA"), ("status", "NA"),
            ("priority", "NA"),
        ] {
            let entries = try await fixture.entries("id,\(column)\n\(PlanFixture.id(1)),\(cell)\n")
            #expect(entries[0].issue?.suggestion == nil)
            #expect(
                entries[0].issue?.message.hasPrefix("leave the cell blank to keep the field")
                    == true)
        }
    }

    @Test(
        "a name with more around it is answered with the name",
        arguments: [
            ("Grace H. <grace@acme.com>", "grace@acme.com"),
            ("[mailto:grace@acme.com]", "grace@acme.com"),
            ("Gr\u{200B}ace", "Grace"), ("#\(PlanFixture.grace)", PlanFixture.grace),
        ])
    func nameInside(cell: String, name: String) async throws {
        let fixture = try PlanFixture()
        let issue = try await fixture.entries("id,assignee\n\(PlanFixture.id(1)),\(cell)\n")[0]
            .issue
        #expect(issue?.code == .agentUnknown)
        #expect(issue?.suggestion == name)
        #expect(issue?.message.hasPrefix("did you mean \"\(name)\"?") == true)
    }

    @Test("of many with one name, the first few are named, in order")
    func candidates() {
        let agents = (0..<20).map {
            Agent(id: "id\($0 + 10)", username: $0 % 2 == 0 ? "Max" : "MAX")
        }
        let directory = NameDirectory(agents: agents, categories: nil)
        guard case .ambiguous(let candidates) = directory.agent("max") else {
            Issue.record("one is chosen")
            return
        }
        #expect(candidates.first == "MAX (id11)" && candidates.count == 6)
        #expect(candidates == candidates.sorted())
        #expect(directory.agent("Max", canBe: "id28") && !directory.agent("Mux", canBe: "id28"))
    }

    @Test("the ids of agents and categories count in either case, in the input and in the snapshot")
    func upperCase() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, assignedTo: "\"\(PlanFixture.ada.uppercased())\""),
            PlanFixture.ticket(2))
        let entries = try await fixture.entries(
            """
            id,assignee,category
            \(PlanFixture.id(1)),\(PlanFixture.ada),\(PlanFixture.billing)
            \(PlanFixture.id(2)),\(PlanFixture.grace.uppercased()),\(PlanFixture.billing.uppercased())

            """)
        #expect(entries[0].disposition == .unchanged)
        #expect(entries[1].changeText == "assignedTo \(PlanFixture.ada)>\(PlanFixture.grace)")
    }
}
