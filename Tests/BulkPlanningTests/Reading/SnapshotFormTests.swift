import BulkReporting
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Snapshots as people have them")
struct SnapshotFormTests {
    private static let input =
        "id,status,assignee,category\n"
        + (1...3).map { "\(PlanFixture.id($0)),Pending,Grace,Shipping\n" }.joined()

    /// Plans rows for three tickets against a snapshot.
    ///
    /// Ticket 1 has the wanted value, ticket 2 has another one, and ticket 3 is missing.
    private static func check(
        _ text: String, name: String = "tickets.jsonl", input: String = input,
        hasLists: Bool = true
    ) async throws -> Plan {
        var fixture = try PlanFixture()
        if !hasLists { (fixture.options.agents, fixture.options.categories) = (nil, nil) }
        fixture.options.unread = .send
        fixture.options.source = .snapshot(path: try fixture.directory.write(text, to: name))
        let plan = try await fixture.plan(input)
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.map(\.disposition) == [.unchanged, .update, .update])
        #expect(entries.map(\.isUndiffed) == [false, false, true])
        #expect(
            entries[1].changeText
                == "status Open>Pending, categoryId \(PlanFixture.billing)>\(PlanFixture.shipping), "
                + "assignedTo \(PlanFixture.ada)>\(PlanFixture.grace)")
        // A saved plan must be read back unchanged.
        #expect(try PlanSummary(reading: PlanReader(path: plan.path!)) == plan.summary)
        return plan
    }

    @Test(
        "the surest column that is not blank counts, as in an input",
        arguments: [
            ("Ticket ID,Assignee name,Assignee email\nA,Ada,\n", "csv"),
            ("Ticket ID,assignedTo,assignee\nA,,Ada\n", "csv"),
            ("Ticket ID,assignedTo,assignee\nA,=\"\",Ada\n", "csv"),
            ("{\"_id\":\"A\",\"assignedTo\":null,\"assignee\":\"Ada\"}\n", "jsonl"),
            ("{\"_id\":\"A\",\"assignee\":\"Ada\",\"assignedTo\":\"\"}\n", "jsonl"),
        ])
    func firstNotBlank(text: String, ending: String) async throws {
        var fixture = try PlanFixture()
        let text = text.replacing("A,", with: PlanFixture.id(1) + ",")
            .replacing("\"A\"", with: "\"\(PlanFixture.id(1))\"")
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(text, to: "tickets.\(ending)"))
        let entries = try await fixture.entries("id,assignee\n\(PlanFixture.id(1)),unassigned\n")
        #expect(entries.map(\.changeText) == ["assignedTo \(PlanFixture.ada)>null"])
    }

    @Test(
        "a file with wanted values is no snapshot: they are not what is there",
        arguments: [
            ("ticketId,status,expectStatus\nA,Pending,Open\n", "expectStatus", "csv"),
            ("ticketId,status,Expect Updated At\nA,Pending,\n", "Expect Updated At", "csv"),
            ("ticketId,status,mavaBulkRow\nA,Pending,1\n", "mavaBulkRow", "csv"),
            (
                "{\"ticketId\":\"A\"}\n{\"ticketId\":\"B\",\"expectPriority\":1}\n",
                "expectPriority", "jsonl"
            ),
        ])
    func wishes(text: String, column: String, ending: String) async throws {
        var fixture = try PlanFixture()
        let text = text.replacing("A,", with: PlanFixture.id(1) + ",")
            .replacing("\"A\"", with: "\"\(PlanFixture.id(1))\"")
            .replacing("\"B\"", with: "\"\(PlanFixture.id(2))\"")
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(text, to: "tickets.\(ending)"))
        let error = await #expect(throws: PlanError.self) {
            try await fixture.entries("id,status\n\(PlanFixture.id(1)),Pending\n")
        }
        #expect(
            error?.message.contains("\"\(column)\" is a column of a file that says what is wanted")
                == true)
    }

    @Test(
        "the id of an envelope is none of the ticket inside",
        arguments: [
            #"{"id":"evt_1","type":"ticket.updated","data":T}"#, #"{"_id":"I","ticket":T}"#,
            #"{"data":{"ticket":T},"id":"I"}"#, #"{"id":"I","tickets":[T]}"#,
        ])
    func envelopes(line: String) async throws {
        let lines = [
            (1, "Pending", PlanFixture.grace, PlanFixture.shipping),
            (2, "Open", PlanFixture.ada, PlanFixture.billing),
        ]
        .map { number, status, agent, category in
            line.replacing(
                "T",
                with:
                    #"{"_id":"\#(PlanFixture.id(number))","status":"\#(status)","assignedTo":"\#(agent)","category":"\#(category)"}"#
            ).replacing("I", with: PlanFixture.id(90 + number))
        }
        _ = try await Self.check(lines.joined(separator: "\n") + "\n")
    }

    @Test(
        "a ticket with data of its own is a ticket", arguments: [#"{"foo":1}"#, "[]", "{}", "null"])
    func ownData(data: String) async throws {
        var fixture = try PlanFixture()
        let lines = (1...2).map { #"{"_id":"\#(PlanFixture.id($0))","data":\#(data)}"# + "\n" }
            .joined()
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(lines, to: "tickets.jsonl"))
        let entries = try await fixture.entries("id,status\n\(PlanFixture.id(1)),Pending\n")
        #expect(entries.map(\.isUndiffed) == [false])
    }

    @Test("tickets inside lines are read one by one, whatever keys and pages are between them")
    func insideLines() async throws {
        let one = PlanFixture.ticket(1, status: "Pending", category: "null", assignedTo: "null")
        let two = PlanFixture.ticket(2)
        func line(_ start: String, _ ticket: String, _ end: String) -> String {
            start + ticket.dropLast() + end + "\n"
        }
        let other = "{\"id\":\"\(PlanFixture.id(9))\",\"x\":1,\"status\":\"Resolved\"}\n"
        let full =
            PlanFixture.ticket(
                1, status: "Pending", category: "\"Shipping\"", assignedTo: "\"Grace\"")
        let filler =
            "{\"ticket\":{\"id\":\"\(PlanFixture.id(8))\",\"body\":\""
            + String(repeating: "x", count: 70_000) + "\"}}\n"
        // The last line of a ticket counts.
        let lines = [
            line("{\"ticket\":", one, "}"), line("{\"ticket\":", other, ",\"n\":2}"), other,
            line("{\"tickets\":[", two, "]}"), line("{\"ticket\":{\"ticket\":", other, "}}"),
            filler,
            line("{\"more\":0,\"ticket\":", full, "}"),
            line("{\"tickets\":[{\"ticket\":", other, "}]}"),
        ]
        _ = try await Self.check(lines.joined())
        var fixture = try PlanFixture()
        try fixture.snapshot(lines[0], "{\"ticket\":{\"id\":\"\(PlanFixture.id(2))\",}}\n")
        let ready = fixture
        let error = await #expect(throws: PlanError.self) { try await ready.plan(Self.input) }
        #expect(error?.line == 2)
    }

    @Test("a category's name counts where the id is blank")
    func categoryName() async throws {
        var fixture = try PlanFixture()
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(
                "id,Category ID,Category\n\(PlanFixture.id(1)),,Billing\n", to: "tickets.csv"))
        let entries = try await fixture.entries("id,category\n\(PlanFixture.id(1)),Billing\n")
        #expect(entries.map(\.disposition) == [.unchanged])
    }

    @Test(
        "an input's names for keys are understood, in any writing and order",
        arguments: [
            ["_id", "status", "category", "assignedTo"],
            ["ticketId", "Status", "categoryId", "assignee"],
            ["ticket", "STATUS", "category_id", "agent"],
            ["Ticket ID", "status", "Category", "Owner"],
            ["id", "status", "category", "assigned_to"],
        ])
    func aliases(keys: [String]) async throws {
        func line(_ number: Int, _ values: [String]) -> String {
            let members = zip(keys, ["\(PlanFixture.id(number))"] + values).map {
                "\"\($0)\":\"\($1)\""
            }
            return "{\(members.reversed().joined(separator: ","))}\n"
        }
        _ = try await Self.check(
            line(1, ["Pending", PlanFixture.shipping, PlanFixture.grace])
                + line(2, ["Open", PlanFixture.billing, PlanFixture.ada]))
    }

    @Test(
        "CSV is read as well, with names, links and words as in an input",
        arguments: ["tickets.csv", "tickets", "tickets.txt"], [",", ";"])
    func csv(name: String, delimiter: String) async throws {
        let link = "https://dashboard.mava.app/dashboard/ticket?id="
        let rows = [
            ["Ticket ID", "Note", "Status", "Category", "Assignee", "AI Status"],
            ["\(link)\(PlanFixture.id(1))", "x", "pending", " shipping ", "GRACE@acme.com", ""],
            ["'\(PlanFixture.id(2))", "", "Open", "Billing", "Ada", ""],
            ["", " ", "", "", "", ""],
        ]
        let text = rows.map { $0.joined(separator: delimiter) + "\n" }.joined()
        let plan = try await Self.check(text, name: name)
        #expect(plan.header.notes.isEmpty && plan.header.ticketsRead == 2)
    }

    @Test("pages, one a line, and tickets inside an event are read")
    func pages() async throws {
        let second =
            "{\"_id\":\"\(PlanFixture.id(2))\",\"status\":\"Open\",\"categoryId\":\""
            + "\(PlanFixture.billing)\",\"assignee\":\"Ada\"}"
        let first =
            "{\"ticketId\":\"\(PlanFixture.id(1))\",\"status\":\"Pending\",\"category\":\"Shipping\","
            + "\"agent\":{\"email\":\"grace@acme.com\"}}"
        _ = try await Self.check(
            "{\"tickets\":[\(first)]}\n{\"total\":2,\"tickets\":[\(second)]}\n")
        _ = try await Self.check("{\"event\":\"x\",\"ticket\":\(first)}\n{\"data\":\(second)}\n")
    }

    @Test("documents of webhooks have only names, which are resolved like cells")
    func webhooks() async throws {
        func line(_ number: Int, _ agent: String, _ category: String, _ status: String) -> String {
            "{\"_id\":\"\(PlanFixture.id(number))\",\"status\":\"\(status)\",\"priority\":\"2\","
                + "\"assignedTo\":\(agent),\"category\":{\"name\":\"\(category)\",\"isArchived\":false}}\n"
        }
        let plan = try await Self.check(
            line(1, "{\"name\":\"Someone\",\"email\":\"Grace@acme.com\"}", "shipping", "Pending")
                + line(2, "{\"name\":\"Ada\",\"email\":null}", "Billing", "Open"))
        #expect(plan.header.notes.isEmpty && !plan.header.takesNamesFromSnapshot)
    }

    @Test("without lists, names that the snapshot gives beside ids serve, and the plan says so")
    func lookUps() async throws {
        func agent(_ id: String, _ name: String) -> String {
            "{\"_id\":\"\(id)\",\"name\":\"\(name)\",\"email\":\"\(name)@acme.com\"}"
        }
        func line(_ number: Int, _ status: String, _ agent: String, _ category: String) -> String {
            "{\"_id\":\"\(PlanFixture.id(number))\",\"status\":\"\(status)\",\"assignedTo\":\(agent),"
                + "\"category\":\(category)}\n"
        }
        let shipping = "{\"_id\":\"\(PlanFixture.shipping)\",\"name\":\"Shipping\"}"
        let text =
            line(1, "Pending", agent(PlanFixture.grace, "Grace"), shipping)
            + line(2, "Open", "\"\(PlanFixture.ada)\"", "\"\(PlanFixture.billing)\"")
            + line(
                5, "Open", agent(PlanFixture.ada, "Ada"),
                "{\"_id\":\"\(PlanFixture.billing)\",\"name\":\"Billing\",\"isArchived\":true}")
        let plan = try await Self.check(text, hasLists: false)
        #expect(plan.header.takesNamesFromSnapshot)
        #expect(plan.summary.text().contains("names were looked up in the snapshot"))
        #expect(plan.summary.json().contains(#""namesFrom":"snapshot""#))
        #expect(plan.header.agentNames[PlanFixture.ada] == "Ada")

        var fixture = try PlanFixture()
        (fixture.options.agents, fixture.options.categories) = (nil, nil)
        fixture.options.unread = .send
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(text, to: "tickets.jsonl"))
        let id = "6630a1f4c2b9e4a1d8f00b29"
        let others = try await fixture.entries(
            """
            id,agent,category
            \(PlanFixture.id(1)),Garce,
            \(PlanFixture.id(2)),Somebody Else,
            \(PlanFixture.id(3)),\(id),
            \(PlanFixture.id(4)),,Billing

            """)
        #expect(
            others.map { $0.issue?.code } == [.agentUnknown, .agentUnknown, nil, .categoryUnknown])
        #expect(others[0].issue?.suggestion == "Grace")
        #expect(others[1].issue?.message.contains("the snapshot names no agent") == true)
        // An id that is not in the snapshot is accepted as it is, as without any list.
        #expect(others[2].changeText == "assignedTo ?>\(id)")
    }

    @Test("names without known ids count as different, and the plan says so")
    func unresolved() async throws {
        var fixture = try PlanFixture()
        (fixture.options.agents, fixture.options.categories) = (nil, nil)
        try fixture.snapshot(
            PlanFixture.ticket(1, assignedTo: "{\"name\":\"Ada\",\"email\":\"a@b\"}"))
        let plan = try await fixture.plan("id,agent\n\(PlanFixture.id(1)),\(PlanFixture.ada)\n")
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries[0].changeText == "assignedTo Ada>\(PlanFixture.ada)")
        #expect(
            plan.header.notes.contains { $0.contains("the ids of 1 agent that the snapshot names") }
        )
    }

    @Test(
        "a CSV snapshot without a column that the plan needs is refused, naming it",
        arguments: [
            ("status,assignee,category", "ticketId"), ("id,assignee,category", "status"),
            ("id,status,category", "assignedTo"), ("id,status,assignee", "categoryId"),
        ])
    func missingColumns(header: String, missing: String) async throws {
        var fixture = try PlanFixture()
        let path = try fixture.directory.write("\(header)\na,b,c\n", to: "tickets.csv")
        fixture.options.source = .snapshot(path: path)
        await #expect {
            _ = try await fixture.plan(Self.input)
        } throws: { error in
            let error = error as? PlanError
            return error?.code == .snapshotUnusable
                && error?.message.contains("no column \(missing),") == true
        }
    }

    @Test("a CSV snapshot without the column aiStatus is named where agents are assigned")
    func withoutAIStatus() async throws {
        let text =
            "id,status,category,assignee\n\(PlanFixture.id(1)),Pending,Shipping,Grace\n"
            + "\(PlanFixture.id(2)),Open,Billing,Ada\n"
        let plan = try await Self.check(text, name: "tickets.csv")
        #expect(plan.header.notes.contains { $0.contains("no column aiStatus") })
    }

    @Test(
        "priorities are numbers, texts of numbers, or words",
        arguments: ["2", "\"2\"", "\"medium\"", "\" Medium \"", "2.0"])
    func priorities(written: String) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1, priority: written))
        let entries = try await fixture.entries("id,priority\n\(PlanFixture.id(1)),medium\n")
        #expect(entries[0].disposition == .unchanged)
    }

    @Test(
        "the first name of an id counts, in any order of the keys",
        arguments: [
            ["_id", "ticketId", "ticket", "id"], ["id", "ticket", "ticketId", "_id"],
            ["ticketId", "id"], ["id", "ticketId"], ["_id", "id"], ["id", "_id"],
        ])
    func namesOfIDs(keys: [String]) async throws {
        var fixture = try PlanFixture()
        let best = ["_id", "ticketId"].first { keys.contains($0) }
        let members = keys.map { "\"\($0)\":\"\(PlanFixture.id($0 == best ? 1 : 2))\"" }
        try fixture.snapshot("{\(members.joined(separator: ",")),\"status\":\"Open\"}\n")
        let entries = try await fixture.entries(
            "id,status\n\(PlanFixture.id(1)),Open\n\(PlanFixture.id(2)),Open\n")
        // The other ticket was not read.
        #expect(entries.map(\.disposition) == [.unchanged, .update])
    }

    @Test("every name of an agent's column is read, the best of several, beside any other column")
    func namesOfAgents() async throws {
        let names = ColumnRole.assignee.names
        for (index, name) in names.enumerated() {
            for other in names[index...].dropFirst() {
                for isCSV in [false, true] {
                    var fixture = try PlanFixture()
                    let columns = [other, "aiStatus", name]
                    let values = [PlanFixture.grace, "HandedOff", PlanFixture.ada]
                    let text =
                        isCSV
                        ? "_id,status,\(columns.joined(separator: ","))\n\(PlanFixture.id(1)), Open,"
                            + values.joined(separator: ",") + "\n"
                        : "{\"_id\":\"\(PlanFixture.id(1))\",\"status\":\"Open\","
                            + zip(columns, values).map { "\"\($0)\":\"\($1)\"" }
                            .joined(separator: ",") + "}\n"
                    fixture.options.source = .snapshot(
                        path: try fixture.directory.write(
                            text, to: isCSV ? "tickets.csv" : "tickets.jsonl"))
                    let entries = try await fixture.entries("id,agent\n\(PlanFixture.id(1)),Ada\n")
                    #expect(entries[0].disposition == .unchanged, "\(name) beside \(other)")
                }
            }
        }
    }

    @Test("a later line of a ticket counts, also where it does not say when the ticket changed")
    func laterLine() async throws {
        var fixture = try PlanFixture()
        let time = #","updatedAt":"2026-01-05T10:00:00Z""#
        let rows = "id,status,expectUpdatedAt\n\(PlanFixture.id(1)),Resolved,2026-01-05\n"
        try fixture.snapshot(PlanFixture.ticket(1), PlanFixture.ticket(1, more: time))
        #expect(try await fixture.entries(rows)[0].disposition == .update)
        for more in ["", #","updatedAt":null"#] {
            try fixture.snapshot(
                PlanFixture.ticket(1, more: time), PlanFixture.ticket(1, more: more))
            #expect(try await fixture.entries(rows)[0].disposition == .conflict)
        }
    }
}
