import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("Columns that contradict each other")
struct ContradictionTests {
    private static let id = PlanFixture.id(1)
    private static let alike = [
        Agent(id: "6630a1f4c2b9e4a1d8f00b31", email: "max@acme.com", username: "Max"),
        Agent(id: "6630a1f4c2b9e4a1d8f00b32", email: "m2@acme.com", username: "MAX"),
    ]

    private func outcomes(
        _ text: String, name: String = "rows.csv",
        _ choose: (inout PlanOptions) throws -> Void = { _ in }
    ) async throws -> [String] {
        var fixture = try PlanFixture()
        fixture.options.agents = PlanFixture.agents + Self.alike
        try choose(&fixture.options)
        return try await fixture.entries(text, name: name).map {
            $0.issue?.code.rawValue ?? $0.changeText
        }
    }

    @Test(
        "Two columns for a status or a priority must say the same",
        arguments: [
            ("Status,Ticket status", "Open,Resolved", "value_invalid"),
            ("Ticket status,Status", "Resolved,Open", "value_invalid"),
            ("Status,State", "Open,closed", "value_invalid"),
            ("Status,State", "Resolved,closed", "status ?>Resolved"),
            ("Status,State", "open,Open", "status ?>Open"),
            ("Status,State", "Open,", "status ?>Open"),
            ("Status,State", "Open,TX", "status ?>Open"),
            ("Priority,Ticket priority", "3,1", "value_invalid"),
            ("Priority,Ticket priority", "3,low", "value_invalid"),
            ("Priority,Ticket priority", "3,Urgent", "priority ?>3"),
            ("Priority,Ticket priority", "3,=\"high\"", "priority ?>3"),
        ])
    func words(header: String, cells: String, outcome: String) async throws {
        #expect(try await outcomes("Ticket ID,\(header)\n\(Self.id),\(cells)\n") == [outcome])
    }

    @Test("The keys of an object must say the same as well")
    func objects() async throws {
        let outcomes = try await outcomes(
            """
            {"ticketId":"\(Self.id)","status":"Open","ticketStatus":"Resolved"}
            {"ticketId":"\(PlanFixture.id(2))","ticketPriority":3,"priority":"1"}
            {"ticketId":"\(PlanFixture.id(3))","ticketPriority":3,"priority":"high"}

            """, name: "rows.jsonl")
        #expect(outcomes == ["value_invalid", "value_invalid", "priority ?>3"])
    }

    @Test(
        "Where the surer column is blank the field stays as it is, in CSV and in JSON Lines",
        arguments: [
            ("status", "State", "Resolved", "priority ?>2"),
            ("status", "Ticket status", "closed", "priority ?>2"),
            ("priority", "Ticket priority", "3", "status ?>Open"),
            ("ticketId", "Ticket URL", dashboardLink, "ticket_id_missing"),
            ("ticketId", "Ticket Number", "17", "ticket_id_missing"),
            ("Assignee ID", "Assignee", "Grace", "assignedTo ?>\(PlanFixture.grace)"),
            ("categoryId", "category", "Billing", "categoryId ?>\(PlanFixture.billing)"),
        ])
    func blanks(surer: String, other: String, value: String, outcome: String) async throws {
        let isWord = outcome.hasPrefix("priority") || outcome.hasPrefix("status")
        let (more, moreValue) =
            surer == "priority" ? ("status", "Open") : isWord ? ("priority", "2") : ("note", "x")
        let (id, idKey) = surer == "ticketId" ? ("Open", "status") : (Self.id, "ticketId")
        for blank in ["", "  "] {
            let csv = "\(idKey),\(surer),\(other),\(more)\n\(id),\(blank),\(value),\(moreValue)\n"
            #expect(try await outcomes(csv) == [outcome])
            for keys in [[(surer, blank), (other, value)], [(other, value), (surer, blank)]] {
                let members = keys.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
                let line =
                    "{\"\(idKey)\":\"\(id)\",\(members),\"\(more)\":\"\(moreValue)\"}\n"
                #expect(try await outcomes(line, name: "rows.jsonl") == [outcome])
            }
        }
    }

    private static let dashboardLink =
        "https://dashboard.mava.app/dashboard/ticket?id=\(PlanFixture.id(1))"

    @Test("An object that lacks the surer key has the other one read")
    func absent() async throws {
        let lines = """
            {"ticketId":"\(Self.id)","State":"Resolved"}
            {"ticketId":"\(PlanFixture.id(2))","status":"","State":"Resolved"}
            {"ticketId":"\(PlanFixture.id(3))","status":null,"State":"Resolved"}
            {"ticketId":"","Ticket URL":"\(Self.dashboardLink)","status":"Open"}
            {"Ticket URL":"\(Self.dashboardLink)","status":"Open"}

            """
        #expect(
            try await outcomes(lines, name: "rows.jsonl") == [
                "duplicate_disagrees", "nothing_to_change", "not_clearable", "ticket_id_missing",
                "duplicate_disagrees",
            ])
    }

    @Test("A name that is written as a spreadsheet's text is the name beside its id")
    func writtenAsText() async throws {
        let names = ["=\"VIP\"", "'VIP", "'=\"VIP\"", "''=x", "=x", "-x", "'", "=\"\"", "VIP"]
        var fixture = try PlanFixture()
        let ids = names.indices.map { "65f0000000000000000000a\($0)" }
        fixture.options.categories = zip(ids, names).map { Category(id: $0, name: $1) }
        fixture.options.agents = zip(ids, names).map { Agent(id: $0, username: $1) }
        for columns in ["categoryId,category", "assignedTo,assignee"] {
            let keys = columns.split(separator: ",").map(String.init)
            var csv = "ticketId,\(columns)\n"
            var lines = ""
            for (index, name) in names.enumerated() {
                let cell = name.drop { $0 == "'" }
                let isGuarded = cell.first == "=" || cell.first == "-"
                let written = (isGuarded ? "'" : "") + name.replacing("\"", with: "\"\"")
                csv += "\(PlanFixture.id(index)),\(ids[index]),\"\(written)\"\n"
                let text = name.replacing("\"", with: "\\\"")
                lines +=
                    "{\"ticketId\":\"\(PlanFixture.id(index))\",\"\(keys[0])\":\"\(ids[index])\","
                    + "\"\(keys[1])\":\"\(text)\"}\n"
            }
            let field = keys[0]
            for (text, name) in [(csv, "rows.csv"), (lines, "rows.jsonl")] {
                let found = try await fixture.entries(text, name: name).map {
                    $0.issue?.message ?? $0.changeText
                }
                #expect(found == ids.map { "\(field) ?>\($0)" })
            }
        }
    }

    @Test("An expected category is named as a wanted one is")
    func expectedAsText() async throws {
        var fixture = try PlanFixture()
        fixture.options.categories = [
            Category(id: PlanFixture.billing, name: "=\"VIP\""),
            Category(id: PlanFixture.shipping, name: "VIP"),
        ]
        try fixture.snapshot(PlanFixture.ticket(1))
        for (text, name) in [
            (
                "ticketId,status,expectCategory\n\(Self.id),Resolved,\"'=\"\"VIP\"\"\"\n",
                "rows.csv"
            ),
            (
                "{\"ticketId\":\"\(Self.id)\",\"status\":\"Resolved\",\"expectCategory\":\"=\\\"VIP\\\"\"}\n",
                "rows.jsonl"
            ),
        ] {
            let entries = try await fixture.entries(text, name: name)
            #expect(entries[0].issue?.message == nil)
            #expect(entries[0].changeText == "status Open>Resolved")
        }
    }

    @Test("Words are compared by what the map makes of them")
    func mapped() async throws {
        var fixture = try PlanFixture()
        let path = try fixture.directory.write("from,to\nzu,Resolved\noffen,Open\n", to: "map.csv")
        fixture.options.maps = [try ValueMap(reading: path, for: .status)]
        let entries = try await fixture.entries(
            "Ticket ID,Status,State\n\(Self.id),zu,zu\n\(PlanFixture.id(2)),offen,zu\n")
        #expect(entries.map { $0.issue?.code } == [nil, .valueInvalid])
    }

    @Test(
        "A column that seems to hold what is wanted is read or left out, and not passed over",
        arguments: [
            ("Status,New Status", "Open,Resolved", "New Status=status"),
            ("Status,Correct Status", "Open,Resolved", "Correct Status=status"),
            ("Priority,Target priority", ",high", "Target priority=priority"),
            ("Agent,New Agent", "Ada,Grace", "New Agent=assignedTo"),
            ("Agent,New Agent", "Ada,unassigned", "New Agent=assignedTo"),
            ("Category,New category", "Billing,shipping", "New category=category"),
            ("Agent,New Agent", "Max,MAX", "New Agent=assignedTo"),
        ])
    func wished(header: String, cells: String, meaning: String) async throws {
        let text = "Ticket ID,\(header)\n\(Self.id),\(cells)\n"
        let error = await #expect(throws: ColumnError.self) { try await outcomes(text) }
        #expect(error?.code == .columnDoubled)
        let column = String(header.split(separator: ",")[1])
        let role = String(meaning.split(separator: "=")[1])
        let call = "ColumnChoices.read(\"\(column)\", as: \"\(role)\")"
        #expect(error?.message.contains(call) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("ColumnChoices.ignored '\(column)'") == true)
        _ = try await outcomes(text) { $0.columns.ignored = [column] }
        _ = try await outcomes(text) {
            try $0.columns.read(column, as: role)
        }
    }

    @Test(
        "Such a column that says nothing else, or nothing that can be sent, is pointed out",
        arguments: [
            ("Status,New Status", "Open,"), ("Status,New Status", "Open,open"),
            ("Status,New Status", "Open,yes"), ("Agent,New Agent", "Ada,yes"),
            ("Agent,New Agent", "Ada,ada@acme.com"), ("Priority,New priority", "3,high"),
        ])
    func wishedNothing(header: String, cells: String) async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan("Ticket ID,\(header)\n\(Self.id),\(cells)\n")
        #expect(plan.header.counts.update == 1)
        #expect(plan.header.notes.contains { $0.contains("seems to hold what is wanted") })
    }

    @Test(
        "Such a column is noticed by what people and programs call it, in whatever row it asks for something",
        arguments: [
            ("Status,Final status", "Open,Resolved"), ("Status,Status after", "Open,Resolved"),
            ("Status,Set status to", "Open,Resolved"), ("Status,Status to be", "Open,Resolved"),
            ("Status,Status.1", "Open,Resolved"), ("Status,Status_y", "Open,Resolved"),
            ("status,status_1", "Open,Resolved"), ("status,status2", "Open,Resolved"),
            ("status,status_right", "Open,Resolved"), ("status,status:1", "Open,Resolved"),
            ("status,status 2", "Open,Resolved"), ("status,status (2)", "Open,Resolved"),
            ("status,status#1", "Open,Resolved"), ("status,b.status", "Open,Resolved"),
            ("status,right_status", "Open,Resolved"), ("status,status (copy)", "Open,Resolved"),
            ("status,status_edited", "Open,Resolved"), ("status,status.y", "Open,Resolved"),
            (
                "Status,Agent 1,Agent 2,Agent 3,Agent 4,Agent 5,Agent 6,Agent 7,Agent 8,New Status",
                "Open,,,,,,,,,Resolved"
            ),
            ("status,status_y.1", "Open,Resolved"), ("status,New Status 2", "Open,Resolved"),
            ("assignee,assignee_1", "Ada,Grace"), ("assignee,assignee2", "Ada,Grace"),
            ("Assignee,Assign to", "Ada,Grace"), ("Assignee,Reassign to", "Ada,Grace"),
            ("Assignee,Handover to", "Ada,Grace"), ("Assignee,Assignee.2", "Ada,Grace"),
            ("Assignee,Change assignee to", "Ada,Grace"),
            ("Assignee,Proposed assignee", "Ada,Grace"),
        ])
    func wishedByOtherNames(header: String, cells: String) async throws {
        let first = cells.prefix { $0 != "," }
        let rows = (2...200).map { "\(PlanFixture.id($0)),\(first),note \($0)\n" }.joined()
        let error = await #expect(throws: ColumnError.self) {
            try await outcomes("Ticket ID,\(header)\n\(rows)\(Self.id),\(cells)\n")
        }
        #expect(error?.message.contains("seems to hold what is wanted") == true)
    }

    @Test(
        "Columns that are numbered as a series, or by other numbers, are noted and refuse nothing",
        arguments: [
            ("assignee,Agent 1,Agent 2,Agent 3", "Ada,Ada,Grace,Grace"),
            ("status,Status 1,Status 2", "Open,Resolved,Pending"),
            ("status,Status 30", "Open,Resolved"), ("priority,priority_1,priority_2", "3,1,1"),
        ])
    func series(header: String, cells: String) async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan("Ticket ID,\(header)\n\(Self.id),\(cells)\n")
        #expect(plan.header.counts.update == 1)
        #expect(plan.header.notes.contains { $0.contains("is not known and changes nothing") })
    }

    @Test(
        "An id beside a name that differs from another one by blanks at its end is no contradiction"
    )
    func blanksAtTheEnd() async throws {
        let other = Agent(id: "6630a1f4c2b9e4a1d8f00b33", email: "a3@acme.com", username: "Ada ")
        for name in ["Ada", "Ada ", "Ada\u{A0}"] {
            let rows = try await outcomes(
                "Ticket ID,assignedTo,assignee\n\(Self.id),\(other.id),\(name)\n"
            ) { $0.agents = PlanFixture.agents + [other] }
            #expect(rows == ["assignedTo ?>\(other.id)"], "\(name.debugDescription)")
        }
    }

    @Test("In both formats a blank status is not what another column says is wanted")
    func wishedBesideBlank() async throws {
        let text = "ticketId,status,State,New status\n\(Self.id),,Resolved,Resolved\n"
        let line =
            "{\"ticketId\":\"\(Self.id)\",\"status\":\"\",\"State\":\"Resolved\","
            + "\"newStatus\":\"Resolved\"}\n"
        for (text, name) in [(text, "rows.csv"), (line, "rows.jsonl")] {
            let error = await #expect(throws: ColumnError.self) {
                try await outcomes(text, name: name)
            }
            #expect(error?.message.contains("where \"status\" says nothing") == true)
        }
    }

    @Test("The keys of objects are compared where an object has both")
    func wishedInObjects() async throws {
        let first = "{\"ticketId\":\"\(Self.id)\",\"newStatus\":\"Resolved\",\"priority\":1}\n"
        #expect(
            try await outcomes(
                first + "{\"ticketId\":\"\(PlanFixture.id(2))\",\"status\":\"Open\"}\n",
                name: "rows.jsonl") == ["priority ?>1", "status ?>Open"])
        await #expect(throws: ColumnError.self) {
            try await outcomes(
                "{\"ticketId\":\"\(Self.id)\",\"newStatus\":\"Resolved\",\"status\":\"Open\"}\n",
                name: "rows.jsonl")
        }
    }
}
