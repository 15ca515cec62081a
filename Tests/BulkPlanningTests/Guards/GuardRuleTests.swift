import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

/// Six tickets, changes of all four fields, and what each kind of guard says about them.
@Suite("Guards that look at single tickets")
struct GuardRuleTests {
    /// What a guard says about the plan.
    struct Verdict: CustomTestStringConvertible {
        var guards: String
        /// The tickets that count; `nil` when the plan is not refused.
        var count: Int?
        /// The rows that the refusal names.
        var rows: [Int] = []
        var testDescription: String { guards }

        init(_ guards: String, _ count: Int?, _ rows: [Int] = []) {
            self.guards = guards
            self.count = count
            self.rows = rows
        }
    }

    /// The n-th row is about the n-th ticket; the last row's ticket is not in the snapshot.
    private static let rows = """
        id,status,priority,category,assignee
        \(PlanFixture.id(1)),Open,3,,
        \(PlanFixture.id(2)),Pending,3,,Grace
        \(PlanFixture.id(3)),Resolved,,Shipping,Grace
        \(PlanFixture.id(4)),,,Shipping,Ada
        \(PlanFixture.id(5)),,1,,unassigned
        \(PlanFixture.id(6)),Waiting,2,,
        \(PlanFixture.id(9)),Waiting,,,

        """

    private static func fixture() throws -> PlanFixture {
        var fixture = try PlanFixture()
        fixture.options.unread = .send
        try fixture.snapshot(
            PlanFixture.ticket(1, status: "Resolved"), PlanFixture.ticket(2, status: "Resolved"),
            PlanFixture.ticket(3), PlanFixture.ticket(4, assignedTo: "null"),
            PlanFixture.ticket(5, priority: "null"),
            PlanFixture.ticket(
                6, status: "Spam", category: "null", assignedTo: "\"\(PlanFixture.grace)\""))
        return fixture
    }

    private static func guards(_ text: String) throws -> PlanGuards {
        try PlanGuards(bytes: Array(text.utf8), path: "guards.json")
    }

    private static func rule(_ members: String) -> String {
        #"{"rules":[{"name":"r",\#(members)}]}"#
    }

    private static let verdicts = [
        // From and to, of each field; what was not read counts where present values matter.
        Verdict(rule(#""field":"status","from":"Resolved","most":0"#), 3, [1, 2, 7]),
        Verdict(rule(#""field":"status","from":"Resolved","most":3"#), nil),
        Verdict(rule(#""field":"status","from":"resolved","to":"Open","most":0"#), 1, [1]),
        Verdict(rule(#""field":"status","from":["Spam","Waiting"],"most":1"#), 2, [6, 7]),
        Verdict(rule(#""field":"status","to":"Waiting","most":1"#), 2, [6, 7]),
        Verdict(rule(#""field":"status","from":"*","to":"*","most":4"#), 5, [1, 2, 3]),
        Verdict(rule(#""field":"priority","to":3,"most":1"#), 2, [1, 2]),
        Verdict(rule(#""field":"priority","to":"high","most":1"#), 2, [1, 2]),
        Verdict(rule(#""field":"priority","from":null,"most":0"#), 1, [5]),
        Verdict(rule(#""field":"priority","from":[1,2],"most":0"#), 3, [1, 2, 6]),
        Verdict(rule(#""field":"priority","from":4,"most":0"#), nil),
        Verdict(rule(#""field":"category","to":"shipping","most":1"#), 2, [3, 4]),
        Verdict(rule(#""field":"categoryId","from":"Shipping","most":0"#), nil),
        Verdict(
            rule(#""field":"category","from":"\#(PlanFixture.billing)","most":1"#), 2, [3, 4]),
        Verdict(rule(#""field":"assignee","to":"grace@acme.com","most":1"#), 2, [2, 3]),
        Verdict(rule(#""field":"assignedTo","to":null,"most":0"#), 1, [5]),
        Verdict(rule(#""field":"assignee","to":"unassigned","most":0"#), 1, [5]),
        Verdict(rule(#""field":"assignee","from":"unassigned","most":0"#), 1, [4]),
        // An id that no list has may be that of an agent who has left.
        Verdict(
            rule(#""field":"assignee","from":["6630a1f4c2b9e4a1d8f00bff","Ada"],"most":2"#), 3,
            [2, 3, 5]),
        // Each value by itself: two for Grace, one for Ada, one for no agent.
        Verdict(rule(#""field":"assignee","most":2,"each":true"#), nil),
        Verdict(rule(#""field":"assignee","most":1,"each":true"#), 2, [2, 3]),
        Verdict(rule(#""field":"assignee","to":["Ada"],"most":0,"each":true"#), 1, [4]),
        Verdict(rule(#""field":"status","to":"*","most":1,"each":true"#), 2, [6, 7]),
        // Protected tickets.
        Verdict(#"{"protect":{"tickets":["\#(PlanFixture.id(3).uppercased())"]}}"#, 1, [3]),
        Verdict(
            #"{"protect":{"tickets":["https://dashboard.mava.app/dashboard/ticket?id=\#(PlanFixture.id(4))"]}}"#,
            1, [4]),
        Verdict(#"{"protect":{"tickets":["\#(PlanFixture.id(8))"]}}"#, nil),
        Verdict(#"{"protect":{"agents":["Grace"]}}"#, 4, [2, 3, 6]),
        Verdict(#"{"protect":{"categories":["Shipping"]}}"#, 3, [3, 4, 7]),
        Verdict(
            #"{"protect":{"categories":["Shipping"],"tickets":["\#(PlanFixture.id(1))"]}}"#, 4,
            [1, 3, 4]),
        // Fields that may only be filled.
        Verdict(#"{"fill":["assignee"]}"#, 3, [2, 3, 5]),
        Verdict(#"{"fill":["priority"]}"#, 3, [1, 2, 6]),
        Verdict(#"{"fill":["category","priority"]}"#, 5, [1, 2, 3]),
        Verdict(#"{"fill":["status"]}"#, 5, [1, 2, 3]),
        Verdict(#"{"fill":[],"rules":[],"protect":{}}"#, nil),
    ]

    @Test("a refusal names every guard that is exceeded, limits and rules alike")
    func everyGuard() async throws {
        var fixture = try Self.fixture()
        fixture.options.guards = try Self.guards(
            #"{"maxChanges":1,"fill":["status"],"rules":[{"name":"r","field":"status","most":0}]}"#)
        fixture.options.guards.maxChangePercent = 1
        let refused = fixture
        let error = await #expect(throws: PlanError.self) { try await refused.plan(Self.rows) }
        #expect(error?.code == .tooManyChanges)
        let others = try #require(error?.message.split(separator: "also exceeded: ").last)
        #expect(
            others.split(separator: ", ").map { $0.prefix { $0 != " " } }
                == ["max-change-percent", "fill", "r"])
    }

    @Test("nobody is no agent whose tickets could be protected")
    func nobody() async throws {
        var fixture = try Self.fixture()
        fixture.options.guards = try Self.guards(#"{"protect":{"agents":["unassigned"]}}"#)
        let wrong = fixture
        let error = await #expect(throws: PlanError.self) { try await wrong.plan(Self.rows) }
        #expect(error?.code == .guardsUnusable)
        #expect(error?.message.contains(#"name an agent: "unassigned" is none"#) == true)
        #expect(error?.message.contains("did you mean") == false)
    }

    @Test(
        "they refuse by the tickets that count, and name the first three rows", arguments: verdicts)
    func refuses(verdict: Verdict) async throws {
        var fixture = try Self.fixture()
        fixture.options.guards = try Self.guards(verdict.guards)
        let rule =
            fixture.options.guards.rules.first?.name
            ?? (verdict.guards.contains("protect") ? "protect" : "fill")
        guard let count = verdict.count else {
            let plan = try await fixture.plan(Self.rows)
            #expect(plan.header.requests == 7 && plan.header.waivers.isEmpty)
            return
        }
        let refused = fixture
        let error = await #expect(throws: PlanError.self) { try await refused.plan(Self.rows) }
        let message = try #require(error?.message)
        #expect(error?.isRefusalByGuard == true)
        #expect(
            message.hasSuffix("or waive it with GuardWaiver(rule: \"\(rule)\", number: \(count))"),
            "\(message)")
        let named = message.matches(of: /row ([0-9]+) [0-9a-f]{24}/).compactMap { Int($0.1) }
        #expect(named == verdict.rows, "\(message)")
        #expect(message.contains("not known") == verdict.namesUnread(count), "\(message)")

        // One ticket less is not enough of a waiver; exactly so many are.
        fixture.options.guards.waivers = [GuardWaiver(rule: rule, number: count - 1)]
        let short = fixture
        let stillRefused = await #expect(throws: PlanError.self) {
            try await short.plan(Self.rows)
        }
        #expect(stillRefused?.message.contains("covers only \(count - 1)") == true)
        fixture.options.guards.waivers = [GuardWaiver(rule: rule, number: count)]
        let plan = try await fixture.plan(Self.rows)
        let most = fixture.options.guards.rules.first?.most ?? 0
        let waiver = PlanHeader.Waiver(rule: rule, number: count, count: count, most: most)
        #expect(plan.header.waivers == [waiver])
        #expect(try PlanReader(path: plan.path!).header.waivers == [waiver])
        let notice = plan.summary.notices.first { $0.kind == .waived }
        #expect(notice?.message.contains("the guard \(rule) is waived") == true)
    }

    @Test("a ticket counts once, by the request that changes it, however many rows name it")
    func merged() async throws {
        var fixture = try Self.fixture()
        fixture.options.guards = try Self.guards(
            #"{"rules":[{"name":"open","field":"status","to":"Open","most":0}],"fill":["assignee"]}"#
        )
        let merged = fixture
        let id = PlanFixture.id(1)
        let error = await #expect(throws: PlanError.self) {
            try await merged.plan("id,status,assignee\n\(id),Open,\n\(id),,Grace\n\(id),Open,\n")
        }
        #expect(error?.code == .fieldsFilled)
        #expect(error?.message.contains("(row 1 \(id))") == true)
        #expect(
            error?.message.hasSuffix(
                "GuardWaiver(rule: \"fill\", number: 1); also exceeded: open (1)") == true)
    }

    @Test("counts are right beyond the number of changes that are counted separately")
    func manyChanges() async throws {
        var fixture = try PlanFixture()
        fixture.options.agents = nil
        fixture.options.categories = nil
        let tickets = (1 << 16) + 100
        fixture.options.guards.rules = [
            try GuardRule(name: "all", field: .assignedTo, most: tickets - 1),
            try GuardRule(name: "each", field: .assignedTo, most: 1, each: true),
        ]
        func agent(_ number: Int) -> String {
            "6630a1f4c2b9e4a1" + String(0x1000_0000 + number, radix: 16)
        }
        let lines = (0..<tickets).map { "T-\($0),\(agent($0 < tickets - 1 ? $0 : 5))\n" }
        let input = "id,assignee\n" + lines.joined()
        let many = fixture
        let error = await #expect(throws: PlanError.self) { try await many.plan(input) }
        #expect(error?.message.hasSuffix("number: \(tickets)); also exceeded: each (2)") == true)
    }

    @Test(
        "a waiver that was not needed is noted; one of no rule is refused, and so is a second one")
    func waivers() async throws {
        var fixture = try Self.fixture()
        fixture.options.guards = PlanGuards(maxChanges: 6, maxChangePercent: 100)
        fixture.options.guards.waivers = [
            GuardWaiver(rule: "max-changes", number: 7),
            GuardWaiver(rule: "max-change-percent", number: 7),
            GuardWaiver(rule: "fill", number: 3),
        ]
        let plan = try await fixture.plan(Self.rows)
        #expect(
            plan.header.waivers == [
                .init(rule: "max-changes", number: 7, count: 7, most: 6),
                .init(rule: "max-change-percent", number: 7, count: 7, most: 6),
            ])
        #expect(plan.header.notes.contains("the waiver fill=3 was not needed"))
        #expect(
            plan.header.notes.contains {
                $0.hasPrefix("the plan changes 7 of the 6 tickets in the snapshot (116.7 %)")
            })
        for waivers in [
            [GuardWaiver(rule: "no-reopen", number: 1)],
            [GuardWaiver(rule: "fill", number: 1), GuardWaiver(rule: "fill", number: 2)],
        ] {
            fixture.options.guards.waivers = waivers
            let wrong = fixture
            let error = await #expect(throws: PlanError.self) { try await wrong.plan(Self.rows) }
            #expect(error?.code == .guardsUnusable)
        }
    }

    @Test("a share that cannot be known can be waived, too")
    func unknownShare() async throws {
        var fixture = try Self.fixture()
        fixture.options.source = .none
        fixture.options.guards = PlanGuards(maxChangePercent: 10)
        let unknown = fixture
        let error = await #expect(throws: PlanError.self) { try await unknown.plan(Self.rows) }
        #expect(error?.code == .shareUnknown)
        fixture.options.guards.waivers = [GuardWaiver(rule: "max-change-percent", number: 7)]
        #expect(try await fixture.plan(Self.rows).header.waivers.map(\.count) == [7])
    }

    @Test(
        "a guard that names an unknown agent or category is refused with the closest name",
        arguments: [
            (#"{"protect":{"agents":["Grac"]}}"#, "did you mean \"Grace\"?"),
            (#"{"protect":{"categories":["Biling"]}}"#, "did you mean \"Billing\"?"),
            (rule(#""field":"assignee","to":"grcae","most":1"#), "did you mean \"Grace\"?"),
            (
                rule(#""field":"category","from":"Legal","most":1"#),
                "\(SettingName.listing(agents: false))"
            ),
            // No change assigns an agent whom no list has.
            (
                rule(#""field":"assignee","to":"6630a1f4c2b9e4a1d8f00bff","most":1"#),
                "no listed agent"
            ),
        ])
    func unknownNames(guards: String, said: String) async throws {
        var fixture = try Self.fixture()
        fixture.options.guards = try Self.guards(guards)
        let wrong = fixture
        let error = await #expect(throws: PlanError.self) { try await wrong.plan(Self.rows) }
        #expect(error?.code == .guardsUnusable)
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        #expect(error?.path == "guards.json")
    }

    @Test("an agent that a snapshot names without an id may be the protected one")
    func unresolvedName() async throws {
        var fixture = try Self.fixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, assignedTo: #"{"name":"Greta"}"#), PlanFixture.ticket(2))
        fixture.options.guards = try Self.guards(#"{"protect":{"agents":["Grace"]}}"#)
        let unresolved = fixture
        let rows = "id,status\n\(PlanFixture.id(1)),Pending\n\(PlanFixture.id(2)),Pending\n"
        let error = await #expect(throws: PlanError.self) { try await unresolved.plan(rows) }
        #expect(error?.message.contains("(row 1 \(PlanFixture.id(1)); what 1 ticket") == true)
    }

    @Test("a CSV snapshot without the column that a guard asks about is refused")
    func missingColumn() async throws {
        var fixture = try Self.fixture()
        let path = try fixture.directory.write(
            "ticketId,status\n\(PlanFixture.id(1)),Open\n", to: "tickets.csv")
        fixture.options.source = .snapshot(path: path)
        let rows = "id,status\n\(PlanFixture.id(1)),Pending\n"
        #expect(try await fixture.plan(rows).header.requests == 1)
        fixture.options.guards = try Self.guards(#"{"protect":{"agents":["Grace"]}}"#)
        let lacking = fixture
        let error = await #expect(throws: PlanError.self) { try await lacking.plan(rows) }
        #expect(error?.code == .snapshotUnusable)
    }
}

extension GuardRuleTests.Verdict {
    /// Whether the ticket that was not read counts, and only because it was not.
    fileprivate func namesUnread(_ count: Int) -> Bool {
        let asksBefore =
            guards.contains(#""from":"#) && guards.contains(#""status""#)
            && !guards.contains(#""from":"*""#) && !guards.contains(#""to":"Open""#)
        return asksBefore || guards.contains(#""agents""#) || guards.contains(#""categories""#)
            || guards == #"{"fill":["status"]}"#
    }
}
