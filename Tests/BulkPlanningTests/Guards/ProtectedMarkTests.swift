import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Tickets that are protected by their tags and origins")
struct ProtectedMarkTests {
    private static let rows =
        "id,status\n" + (1...6).map { "\(PlanFixture.id($0)),Pending\n" }.joined()

    private static func guards(_ text: String) throws -> PlanGuards {
        try PlanGuards(bytes: Array(text.utf8), path: "guards.json")
    }

    private static func refusal(
        _ fixture: PlanFixture, _ rows: String = rows
    ) async throws -> PlanError? {
        do {
            _ = try await fixture.plan(rows)
            return nil
        } catch let error as PlanError {
            return error
        }
    }

    @Test(
        "a snapshot shows them, in any form that a listing or an export has",
        arguments: [
            (#"{"protect":{"tags":["VIP"]}}"#, [1, 2, 3, 5]),
            // The ids of the tags of 1 and 3 are not known.
            (#"{"protect":{"tags":["665f000000000000000000aa"]}}"#, [1, 2, 3, 5]),
            (#"{"protect":{"tags":["eu"]}}"#, [3, 5]),
            (#"{"protect":{"origins":["email"]}}"#, [4, 5, 6]),
            (#"{"protect":{"origins":["web","discord"]}}"#, [1, 3, 5, 6]),
            (#"{"protect":{"tags":["eu"],"origins":["web"]}}"#, [1, 3, 5, 6]),
            (#"{"protect":{"tags":["none of them"]}}"#, [5]),
        ])
    func snapshot(guards: String, rows: [Int]) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, more: #","tags":["x","vip"],"sourceType":"Web""#),
            PlanFixture.ticket(
                2,
                more:
                    #","tags":[{"_id":"665f000000000000000000aa","name":"Vip"}],"origin":"telegram""#
            ),
            PlanFixture.ticket(3, more: #","tags":"eu; vip","sourceType":"discord""#),
            PlanFixture.ticket(4, more: #","tags":null,"sourceType":"email""#),
            // Without the member, and with a value that cannot be understood, these are not known.
            PlanFixture.ticket(5, more: #","tags":[7],"sourceType":"chat""#),
            PlanFixture.ticket(6, more: #","tags":[]"#))
        #expect(try await Self.refusal(fixture) == nil)
        fixture.options.guards = try Self.guards(guards)
        let error = try #require(try await Self.refusal(fixture))
        #expect(error.code == .ticketsProtected)
        let named = error.message.matches(of: /row ([0-9]+) [0-9a-f]{24}/).compactMap { Int($0.1) }
        #expect(named == Array(rows.prefix(3)), "\(error.message)")
        let waiver = SettingName.waiver(rule: "protect", count: rows.count)
        #expect(error.message.hasSuffix("waive it with \(waiver)"))
        let isUnknown = rows.contains(5) || guards.contains("origins") && rows.contains(6)
        #expect(error.message.contains("not known") == isUnknown, "\(error.message)")
        fixture.options.guards.waivers = [GuardWaiver(rule: "protect", number: rows.count)]
        #expect(try await fixture.plan(Self.rows).header.waivers.map(\.count) == [rows.count])
    }

    @Test(
        "a tag of which only the other form is known protects, whatever other tags are there",
        arguments: [
            #"["665f000000000000000000bb","foo"]"#,
            #"[{"_id":"665f000000000000000000bb"},{"name":"foo"}]"#,
            #""665f000000000000000000bb;foo""#,
        ])
    func bareTags(tags: String) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1, more: ",\"tags\":\(tags)"))
        let rows = "id,status\n\(PlanFixture.id(1)),Pending\n"
        for guards in ["vip", "665f000000000000000000aa"] {
            fixture.options.guards = try Self.guards("{\"protect\":{\"tags\":[\"\(guards)\"]}}")
            let error = try await Self.refusal(fixture, rows)
            #expect(error?.code == .ticketsProtected)
        }
    }

    @Test("a tag that an export escapes is protected from a CSV snapshot as from JSON Lines")
    func escapedTag() async throws {
        let header = "ticketId,status,tags\n\(PlanFixture.id(1)),Open,"
        for (name, text, isProtected) in [
            ("t.csv", header + "\"'@vip; beta\"\n", true), ("t.csv", header + "beta; @vip\n", true),
            ("t.csv", header + "\"'@viper; beta\"\n", false),
            ("t.jsonl", PlanFixture.ticket(1, more: #","tags":["@vip"]"#), true),
            ("t.jsonl", PlanFixture.ticket(1, more: #","tags":["'@vip"]"#), false),
        ] {
            var fixture = try PlanFixture()
            fixture.options.source = .snapshot(path: try fixture.directory.write(text, to: name))
            fixture.options.guards = try Self.guards(#"{"protect":{"tags":["@vip"]}}"#)
            // Tickets that the snapshot does not have would be refused as well.
            let row = "id,status\n\(PlanFixture.id(1)),Pending\n"
            let code = try await Self.refusal(fixture, row)?.code
            #expect(code == (isProtected ? .ticketsProtected : nil), "\(text)")
        }
    }

    @Test(
        "what spreadsheets put around a cell hides no protected tag or origin",
        arguments: [
            ("=\"vip\"", "web", true), ("\"=\"\"eu; vip\"\"\"", "web", true), ("'vip", "web", true),
            ("eu; 'vip", "web", true), ("=\"vips\"", "web", false), ("eu", "=\"email\"", true),
            ("eu", "'email", true), ("eu", "\"'=\"\"email\"\"\"", true), ("eu", "", true),
            ("eu", "mail", true), ("eu", "null", true), ("eu", "=\"web\"", false),
        ])
    func wrapped(tags: String, origin: String, isProtected: Bool) async throws {
        var fixture = try PlanFixture()
        let text = "ticketId,status,tags,origin\n\(PlanFixture.id(1)),Open,\(tags),\(origin)\n"
        fixture.options.source = .snapshot(path: try fixture.directory.write(text, to: "t.csv"))
        fixture.options.guards = try Self.guards(
            #"{"protect":{"tags":["vip"],"origins":["email"]}}"#)
        let code = try await Self.refusal(fixture, "id,status\n\(PlanFixture.id(1)),Pending\n")?
            .code
        #expect(code == (isProtected ? .ticketsProtected : nil))
    }

    @Test("an origin that the listing does not have, or that is not known, cannot be checked")
    func listedOrigins() async throws {
        for (origin, isProtected) in [
            ("email", true), ("web", false), (nil, true), ("carrier pigeon", true),
        ] {
            var ticket = Ticket(id: TicketID(PlanFixture.id(1))!, status: "Open", priority: 1)
            ticket.origin = origin
            var fixture = try PlanFixture()
            fixture.options.source = .live
            fixture.options.guards = try Self.guards(#"{"protect":{"origins":["email"]}}"#)
            let path = try fixture.directory.write(
                "id,status\n\(PlanFixture.id(1)),Pending\n", to: "rows.csv")
            let planner = Planner(
                options: fixture.options, listing: GeneratedListing([ticket], order: .ascending))
            var code: PlanError.Code?
            do {
                _ = try await planner.plan(PlanInput(path: path), now: 0)
            } catch let error as PlanError {
                code = error.code
            }
            #expect(code == (isProtected ? .ticketsProtected : nil))
        }
    }

    @Test(
        "names and ids of tags do not tell of each other, so such tickets are not known",
        arguments: [
            (#"["vip"]"#, #"["x"]"#, false), (#"["vip"]"#, #"["665f000000000000000000bb"]"#, true),
            (#"["665f000000000000000000aa"]"#, #"["x"]"#, true),
            (#"["665f000000000000000000aa"]"#, #"["665f000000000000000000bb"]"#, false),
            (#"["vip"]"#, #"["x","665f000000000000000000bb","665f000000000000000000cc"]"#, true),
            (#"["vip"]"#, #"[{"_id":"665f000000000000000000bb","name":"x"}]"#, false),
            (
                #"["665f000000000000000000aa"]"#,
                #"[{"_id":"665f000000000000000000bb","name":"x"}]"#, false
            ),
            (#"["vip","665f000000000000000000aa"]"#, #""x;y""#, true),
            (#"["vip","665f000000000000000000aa"]"#, #""""#, false),
            (#"["vip","665f000000000000000000aa"]"#, "null", false),
        ])
    func namesAndIDs(protected: String, tags: String, isUnknown: Bool) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1, more: #","tags":\#(tags)"#))
        fixture.options.guards = try Self.guards(#"{"protect":{"tags":\#(protected)}}"#)
        let rows = "id,status\n\(PlanFixture.id(1)),Pending\n"
        guard isUnknown else {
            let notes = try await fixture.plan(rows).header.notes
            #expect(
                notes.contains { $0.hasPrefix("no ticket that was read has the protected tag") })
            return
        }
        let guarded = fixture
        let error = await #expect(throws: PlanError.self) { try await guarded.plan(rows) }
        #expect(error?.message.contains("what 1 ticket of them holds is not known") == true)
    }

    @Test("a protected tag that no ticket has is noted")
    func misspelt() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, more: #","tags":["x"]"#),
            PlanFixture.ticket(2, more: #","tags":["Vip"]"#))
        let rows = "id,status\n\(PlanFixture.id(1)),Pending\n\(PlanFixture.id(2)),Pending\n"
        fixture.options.guards = try Self.guards(#"{"protect":{"tags":["VIP","vpi","y"]}}"#)
        fixture.options.guards.waivers = [GuardWaiver(rule: "protect", number: 1)]
        let notes = try await fixture.plan(rows).header.notes
        #expect(
            notes.contains(#"no ticket that was read has the protected tags "vpi", "y""#),
            "\(notes)")
    }

    @Test("a CSV snapshot shows them, and one without the column is refused")
    func csv() async throws {
        var fixture = try PlanFixture()
        func snapshot(_ header: String, _ cells: String...) throws -> TicketSource {
            let lines = cells.enumerated().map { "\(PlanFixture.id($0 + 1)),Open,\($1)\n" }
            return .snapshot(
                path: try fixture.directory.write(
                    "ticketId,status,\(header)\n" + lines.joined(), to: "tickets.csv"))
        }
        fixture.options.unread = .send
        fixture.options.guards = try Self.guards(
            #"{"protect":{"tags":["vip"],"origins":["discord"]}}"#)
        fixture.options.source = try snapshot(
            "tags,origin", "eu; Vip,web", ",", "vips,DISCORD", "eu,web", ",web", "eu,")
        // The origins of two are not known.
        #expect(try await Self.refusal(fixture)?.message.contains("4 protected tickets") == true)
        for (header, missing) in [("tags", "origin"), ("origin", "tags")] {
            fixture.options.source = try snapshot(header, "x")
            let error = try await Self.refusal(fixture)
            #expect(error?.code == .snapshotUnusable)
            #expect(
                error?.message.contains("no column \(missing), which the guard protect needs")
                    == true)
        }
    }

    @Test("a plan whose tickets are not read is refused")
    func unread() async throws {
        var fixture = try PlanFixture()
        fixture.options.guards = try Self.guards(#"{"protect":{"tags":["vip"]}}"#)
        let error = try #require(try await Self.refusal(fixture))
        #expect(error.message.contains("what 6 tickets of them hold is not known"))
        #expect(error.message.contains("read the tickets with their tags"))
        let other = try PlanFixture()
        let unguarded = try await other.plan(Self.rows)
        var revalidator = PlanRevalidator(
            listing: GeneratedListing([], order: .ascending), onConflict: .skip)
        revalidator.guards = fixture.options.guards
        let checked = revalidator
        let file = try PlanFile(path: unguarded.path!)
        await #expect(throws: PlanError.self) { try await checked.checkUnread(file) }
    }

    @Test("the listing shows them, when a plan is made and when it is applied")
    func live() async throws {
        func tickets(vip: Set<Int>, unknown: Set<Int> = []) -> [Ticket] {
            (1...6).map { number in
                var ticket = Ticket(
                    id: TicketID(PlanFixture.id(number))!, status: "Open", priority: 1)
                if !unknown.contains(number) { ticket.tags = vip.contains(number) ? ["VIP"] : [] }
                return ticket
            }
        }
        var fixture = try PlanFixture()
        fixture.options.source = .live
        fixture.options.guards = try Self.guards(#"{"protect":{"tags":["vip"]}}"#)
        let path = try fixture.directory.write(Self.rows, to: "rows.csv")
        func plan(_ tickets: [Ticket]) async throws -> Plan {
            try await Planner(
                options: fixture.options, listing: GeneratedListing(tickets, order: .ascending)
            ).plan(PlanInput(path: path), now: 0)
        }
        for (now, count) in [(tickets(vip: [2, 5]), 2), (tickets(vip: [], unknown: [3]), 1)] {
            let error = await #expect(throws: PlanError.self) { try await plan(now) }
            let waiver = SettingName.waiver(rule: "protect", count: count)
            #expect(error?.message.hasSuffix("\(waiver)") == true)
        }
        let saved = try await plan(tickets(vip: []))
        for (now, refused) in [(tickets(vip: []), nil), (tickets(vip: [6]), "row 6")] {
            var revalidator = PlanRevalidator(
                listing: GeneratedListing(now, order: .ascending), onConflict: .overwrite)
            revalidator.guards = fixture.options.guards
            do {
                _ = try await revalidator.revalidate(path: saved.path!)
                #expect(refused == nil)
            } catch let error as PlanError {
                #expect(error.message.contains(try #require(refused)))
            }
        }
    }

    @Test("a rule takes in `from` what tickets can only hold, and nothing that Mava does not have")
    func heldOnly() async throws {
        for (field, value, isRight) in [
            ("priority", "4", true), ("priority", "5", false), ("priority", "0", false),
            ("status", "\"spam\"", true), ("status", "\"Snoozed\"", false),
        ] {
            for (member, isAccepted) in [("from", isRight), ("to", false)] {
                let text =
                    #"{"rules":[{"name":"r","field":"\#(field)","\#(member)":\#(value),"most":0}]}"#
                let guards = try? Self.guards(text)
                #expect((guards != nil) == isAccepted, "\(text)")
            }
        }
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, priority: "4"), PlanFixture.ticket(2, priority: "3"))
        fixture.options.guards = try Self.guards(
            #"{"rules":[{"name":"r","field":"priority","from":4,"most":0}]}"#)
        let wrong = fixture
        let error = await #expect(throws: PlanError.self) {
            try await wrong.plan(
                "id,priority\n\(PlanFixture.id(1)),2\n\(PlanFixture.id(2)),2\n")
        }
        #expect(error?.message.hasSuffix("\(SettingName.waiver(rule: "r", count: 1))") == true)
    }
}
