import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Planning against a snapshot")
struct PlannerTests {
    @Test(
        "a row with several things wrong names all of them: values, names, an id unlike the others")
    func allIssues() async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan(
            """
            id,status,priority,category,assignee
            \(PlanFixture.id(1)),Solved,1,Nowhere,Nobody
            \(PlanFixture.id(2)),Open,1,Billing,Nobody
            T-7,Solved,9,Billing,Ada
            T-8,Open,1,Nowhere,Ada

            """)
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(
            entries.map { $0.issue?.all.map(\.code) } == [
                [.statusInvalid, .categoryUnknown, .agentUnknown], [.agentUnknown],
                [.statusInvalid, .priorityInvalid, .ticketIDInvalid],
                [.ticketIDInvalid, .categoryUnknown],
            ])
        #expect(plan.header.counts.invalid == 4)
        let rows = Dictionary(
            uniqueKeysWithValues: plan.summary.problems.map { ($0.code, $0.rows) })
        #expect(rows[.agentUnknown] == 2 && rows[.categoryUnknown] == 2)
        #expect(rows[.ticketIDInvalid] == 2 && rows[.statusInvalid] == 2)
        #expect(try PlanSummary(reading: PlanReader(path: plan.path!)) == plan.summary)
    }

    @Test("only the fields that differ are kept, and a row without any is unchanged")
    func keepsWhatDiffers() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1), PlanFixture.ticket(2, status: "Resolved", priority: "\"3\""))
        let entries = try await fixture.entries(
            """
            ticketId,status,priority,category,assignedTo
            \(PlanFixture.id(1)),Resolved,1,billing,grace@ACME.com
            \(PlanFixture.id(2)),resolved,high,,
            \(PlanFixture.id(1).uppercased()),,,,Grace

            """)
        #expect(entries.map(\.disposition) == [.update, .unchanged, .update])
        #expect(
            entries[0].changeText
                == "status Open>Resolved, assignedTo \(PlanFixture.ada)>\(PlanFixture.grace)")
        #expect(
            entries[0].cells == [PlanFixture.id(1), "Resolved", "1", "billing", "grace@ACME.com"])
        #expect(entries[1].cells == nil)
        #expect(entries[2].mergedInto == 1)
        #expect(entries[2].changeText == "assignedTo \(PlanFixture.ada)>\(PlanFixture.grace)")
        #expect(entries.map(\.line) == [2, 3, 4])
    }

    @Test(
        "a listing's shapes are read: objects, nulls, numeric strings, foreign statuses, whole pages"
    )
    func readsEveryShape() async throws {
        var fixture = try PlanFixture()
        let page =
            "{\"tickets\":[{\"id\":\"\(PlanFixture.id(3))\",\"status\":\"Spam\"},"
            + "{\"_id\":{\"$oid\":\"\(PlanFixture.id(4))\"},\"status\":\"Open\"}],\"total\":2}\n"
        try fixture.snapshot(
            PlanFixture.ticket(
                1, priority: "\"2\"",
                category: "{\"name\":\"B\",\"_id\":\"\(PlanFixture.billing)\"}",
                assignedTo: "null"),
            PlanFixture.ticket(2, category: "null", assignedTo: "{\"id\":\"\(PlanFixture.ada)\"}"),
            page)
        let entries = try await fixture.entries(
            """
            {"ticketId":"\(PlanFixture.id(1))","priority":2,"categoryId":"Billing","assignedTo":null}
            {"ticketId":"\(PlanFixture.id(2))","category":"Shipping","assignedTo":null}
            {"ticketId":"\(PlanFixture.id(3))","status":"Open"}
            {"ticketId":"\(PlanFixture.id(4))","status":"Open"}

            """, name: "rows.jsonl")
        #expect(entries.map(\.disposition) == [.unchanged, .update, .update, .unchanged])
        #expect(
            entries[1].changeText
                == "categoryId null>\(PlanFixture.shipping), assignedTo \(PlanFixture.ada)>null")
        #expect(entries[2].changeText == "status Spam>Open")
    }

    @Test("a ticket that was not found is sent without knowing what differs, and marked so")
    func marksUndiffed() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1))
        let plan = try await fixture.plan(
            "id,status\n\(PlanFixture.id(9)),Open\n\(PlanFixture.id(8)),Open\n")
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.map(\.isUndiffed) == [true, true])
        #expect(entries.map(\.ticketID) == [PlanFixture.id(9), PlanFixture.id(8)])
        #expect(entries[0].changeText == "status ?>Open")
        #expect(plan.header.undiffed == 2)
        #expect(plan.summary.notices.map(\.kind) == [.undiffed, .cannotBeUndone])
    }

    @Test("names that mean nothing or several things make the row invalid and say what was meant")
    func refusesUnknownNames() async throws {
        var fixture = try PlanFixture()
        fixture.options.agents!.append(Agent(id: "a3", email: nil, username: "ADA"))
        try fixture.snapshot(PlanFixture.ticket(1))
        let plan = try await fixture.plan(
            """
            ticketId,category,assignee
            \(PlanFixture.id(1)),Biling,
            \(PlanFixture.id(1)),,grce@acme.com
            \(PlanFixture.id(1)),,aDa
            \(PlanFixture.id(1)),,6630a1f4c2b9e4a1d8f00b99
            \(PlanFixture.id(1)),,0XABC1

            """)
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(
            entries.map { $0.issue?.code }
                == [.categoryUnknown, .agentUnknown, .agentAmbiguous, .agentUnknown, nil])
        #expect(entries[0].issue!.message.contains("did you mean \"Billing\"?"))
        #expect(entries[1].issue!.message.contains("did you mean \"grace@acme.com\"?"))
        #expect(entries[2].issue!.message.contains("Ada (\(PlanFixture.ada))"))
        #expect(plan.header.counts.invalid == 4)
        #expect(plan.header.requests == 1)
        #expect(plan.summary.problems.map(\.rows) == [2, 1, 1])
    }

    @Test("without a list ids are taken as they are, names are refused, and it is said")
    func takesIDsOffline() async throws {
        var fixture = try PlanFixture()
        fixture.options.agents = nil
        let plan = try await fixture.plan(
            "id,assignee\nT-1,\(PlanFixture.ada)\nT-2,Ada\n")
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.map(\.disposition) == [.update, .invalid])
        #expect(entries[1].issue!.message.contains("API key"))
        #expect(plan.header.notes.count == 1)
    }

    @Test("a row that assigns a ticket which the AI is handling is held, unless that is allowed")
    func holdsHandOffs() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, more: ",\"aiStatus\":\"Active\""),
            PlanFixture.ticket(2, more: ",\"aiStatus\":\"HandedOff\""),
            PlanFixture.ticket(3, more: ",\"aiStatus\":\"Active\""))
        let rows = """
            ticketId,status,assignedTo
            \(PlanFixture.id(1)),Pending,Grace
            \(PlanFixture.id(2)),Pending,Grace
            \(PlanFixture.id(1)),Pending,
            \(PlanFixture.id(3)),,unassigned

            """
        let entries = try await fixture.entries(rows)
        #expect(entries.map(\.disposition) == [.held, .update, .update, .update])
        #expect(entries[0].issue?.code == .aiHandling)
        #expect(entries[0].changes.isEmpty)
        fixture.options.allowsHandOff = true
        let plan = try await fixture.plan(rows)
        #expect(plan.header.handOffs == 1)
        #expect(plan.summary.notices.contains { $0.kind == .handOff })
    }

    @Test("preconditions are checked against the ticket, but only where something would change")
    func checksPreconditions() async throws {
        var fixture = try PlanFixture()
        let updated = ",\"updatedAt\":\"2026-01-02T00:00:00.000Z\""
        try fixture.snapshot(
            PlanFixture.ticket(1, more: updated), PlanFixture.ticket(2, assignedTo: "null"))
        let id = PlanFixture.id(1)
        let plan = try await fixture.plan(
            """
            id,status,priority,expectStatus,expectPriority,expectAssignedTo,expectUpdatedAt
            \(id),Pending,,Open,1,Ada,2026-01-02T00:00Z
            \(id),,2,Waiting,,,
            \(id),,2,,,Grace,
            \(id),,2,,,,2026-01-01
            \(id),Open,,Waiting,,,
            \(PlanFixture.id(2)),,2,,,unassigned,
            \(PlanFixture.id(7)),,2,Open,,,

            """.replacing("\(id),Open,,Waiting", with: "\(id),,1,Waiting"))
        let entries = try PlanFixture.entries(of: plan.path!)
        // Rows 2 to 5 disagree about the priority of one ticket.
        #expect(entries[1].issue?.code == .duplicateDisagrees)
        #expect(entries[5].disposition == .update)
        #expect(entries[6].issue?.code == .ticketNotRead)
        #expect(entries[6].disposition == .held)
    }

    @Test(
        "each precondition alone decides",
        arguments: [
            ("expectStatus", "Open", true), ("expectStatus", "Waiting", false),
            ("expectStatus", "Spam", false), ("expectPriority", "1", true),
            ("expectPriority", "4", false), ("expectPriority", "null", false),
            ("expectPriority", "high", false), ("expectAssignedTo", "Ada", true),
            ("expectAssignedTo", "unassigned", false),
            // An agent who is not listed any more is still identified by the id.
            ("expectAssignedTo", "6630a1f4c2b9e4a1d8f00b29", false),
            ("expectCategoryId", PlanFixture.billing, true),
            ("expectUpdatedAt", "2026-01-02T01:00:00+01:00", true),
            ("expectUpdatedAt", "2026-01-02T00:00:01Z", false),
        ])
    func checksOnePrecondition(column: String, value: String, holds: Bool) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, more: ",\"updatedAt\":\"2026-01-02T00:00:00.000Z\""))
        let entries = try await fixture.entries(
            "id,status,\(column)\n\(PlanFixture.id(1)),Pending,\(value)\n")
        #expect(entries[0].disposition == (holds ? .update : .conflict))
        #expect(entries[0].issue?.code == (holds ? nil : .preconditionFailed))
        // A value that the ticket already holds needs no precondition.
        let again = try await fixture.entries(
            "id,status,\(column)\n\(PlanFixture.id(1)),Open,\(value)\n")
        #expect(again[0].disposition == .unchanged)
    }

    @Test("an empty input is refused")
    func refusesEmptyInput() async throws {
        let fixture = try PlanFixture()
        await #expect { try await fixture.plan("ticketId,status\n") } throws: { error in
            (error as? PlanError)?.code == .inputEmpty
        }
    }

    @Test("unknown columns are named, and their values travel through unchanged rows too")
    func carriesUnknownColumns() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1))
        let plan = try await fixture.plan("ticketId,statsu,status\n\(PlanFixture.id(1)),x,Open\n")
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries[0].disposition == .unchanged)
        #expect(entries[0].cells == [PlanFixture.id(1), "x", "Open"])
        #expect(plan.header.notes.count == 1)
    }

    @Test("objects that each have keys of their own are refused before a plan is written")
    func refusesSparseRecords() async throws {
        let fixture = try PlanFixture()
        func rows(_ count: Int, _ keys: (Int) -> String) -> String {
            (0..<count).map {
                "{\"ticketId\":\"\(PlanFixture.id($0))\",\"status\":\"Open\",\(keys($0))}\n"
            }.joined()
        }
        let error = await #expect(throws: PlanError.self) {
            try await fixture.plan(rows(8000) { "\"key\($0)\":1" }, name: "rows.jsonl")
        }
        #expect(error?.code == .columnsUnusable)
        #expect(error?.message.contains("8,000 rows have 8,002 different keys") == true)
        // As many cells are fine where the records hold them.
        let keys = (0..<8000).map { "\"key\($0)\":1" }.joined(separator: ",")
        let plan = try await fixture.plan(rows(20) { _ in keys }, name: "rows.jsonl")
        #expect(plan.header.counts.rows == 20)
    }

    @Test("rows that cannot be read are data: they keep their text, line and reason")
    func keepsMalformedRows() async throws {
        let fixture = try PlanFixture()
        let entries = try await fixture.entries(
            "ticketId,status\nT-1,Open,x\nT-2,Opne\n6.63E+23,Open\n,Open\n")
        #expect(entries.map(\.disposition) == [.invalid, .invalid, .invalid, .invalid])
        #expect(
            entries.map { $0.issue!.code }
                == [.malformedRecord, .statusInvalid, .ticketIDInvalid, .ticketIDMissing])
        #expect(entries[0].cells == ["T-1,Open,x"])
        #expect(entries.map(\.ticketID) == [nil, "T-2", nil, nil])
        #expect(entries.map(\.line) == [2, 3, 4, 5])
    }

    @Test("a snapshot with a line that is no ticket is refused, naming the line")
    func refusesBrokenSnapshots() async throws {
        for line in ["{\"status\":\"Open\"}\n", "{\"_id\":\n", "[1]\n"] {
            var fixture = try PlanFixture()
            try fixture.snapshot(PlanFixture.ticket(1), line)
            let broken = fixture
            await #expect { try await broken.plan("id,status\nT-1,Open\n") } throws: { error in
                let error = error as? PlanError
                return error?.code == .snapshotUnusable && error?.line == 2
            }
        }
    }
}
