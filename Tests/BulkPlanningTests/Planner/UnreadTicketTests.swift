import BulkReporting
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Rows whose ticket was looked for and not found")
struct UnreadTicketTests {
    /// Ticket 1 is in the listing, ticket 2 is not.
    private func entries(
        _ row: String, unread: UnreadPolicy? = nil, allowsHandOff: Bool = false,
        isSnapshot: Bool = false, condition: String? = nil
    ) async throws -> PlanEntry {
        var fixture = try PlanFixture()
        fixture.options.selection.conditions =
            try condition.map { [try RowCondition($0, now: 0)] } ?? []
        fixture.options.unread = unread
        fixture.options.allowsHandOff = allowsHandOff
        let header = "id,status,assignee,expectStatus\n"
        let text =
            header + "\(PlanFixture.id(1)),Pending,,\n"
            + row.replacing("ID", with: PlanFixture.id(2)) + "\n"
        if isSnapshot {
            try fixture.snapshot(PlanFixture.ticket(1))
            return try await fixture.entries(text)[1]
        }
        fixture.options.source = .live
        let path = try fixture.directory.write(text, to: "rows.csv")
        let listed = Ticket(
            id: TicketID(PlanFixture.id(1))!, status: "Open", priority: 1, categoryID: nil,
            assignedTo: nil)
        let plan = try await Planner(
            options: fixture.options, listing: GeneratedListing([listed], order: .ascending)
        ).plan(PlanInput(path: path), now: 0)
        return try PlanFixture.entries(of: plan.path!)[1]
    }

    @Test(
        "an assignment or a precondition is held, another change is sent",
        arguments: [
            ("ID,,Grace,", Disposition.held), ("ID,Open,Grace,", .held),
            ("ID,Open,,Waiting", .held),
            ("ID,Open,,", .update), ("ID,,unassigned,", .update),
        ], [false, true])
    func byDefault(row: (String, Disposition), isSnapshot: Bool) async throws {
        let entry = try await entries(row.0, isSnapshot: isSnapshot)
        #expect(entry.disposition == row.1)
        #expect(entry.issue?.code == (row.1 == .held ? .ticketNotRead : nil))
        #expect(entry.isUndiffed == (row.1 == .update))
    }

    @Test(
        "the policy decides for all of them",
        arguments: ["ID,,Grace,", "ID,Open,,Waiting", "ID,Open,,", "ID,,unassigned,"])
    func policy(row: String) async throws {
        #expect(try await entries(row, unread: .hold).issue?.code == .ticketNotRead)
        #expect(try await entries(row, unread: .send).disposition == .update)
    }

    @Test(
        "a condition about what the ticket holds keeps a row back unless the rest decides it",
        arguments: [
            ("old.status != Resolved", Disposition.held, .update),
            ("not old.status = Resolved", .held, .update), ("old.status = ''", .held, .update),
            ("old.assignee = unassigned", .held, .update), ("old.status = Open", .held, .excluded),
            ("old.updatedAt < 2030-01-01", .held, .excluded),
            ("old.status = Open and new.status = Pending", .excluded, .excluded),
            ("old.status = Open or new.status = Open", .update, .update),
            // The time of creation is in the id.
            ("old.createdAt < 2026-01-02", .update, .update),
            ("old.createdAt > 2026-01-02", .excluded, .excluded),
        ] as [(String, Disposition, Disposition)], [false, true])
    func conditions(
        condition: (text: String, byDefault: Disposition, sent: Disposition), isSnapshot: Bool
    ) async throws {
        func entry(_ unread: UnreadPolicy?) async throws -> PlanEntry {
            try await entries(
                "ID,Open,,", unread: unread, isSnapshot: isSnapshot, condition: condition.text)
        }
        let entry = try await entry(nil)
        #expect(entry.disposition == condition.byDefault)
        if entry.disposition == .held {
            #expect(entry.issue?.code == .ticketNotRead)
            #expect(entry.issue?.message.contains("the condition asks of it") == true)
        }
        #expect(
            try await self.entries(
                "ID,Open,,", unread: .send, isSnapshot: isSnapshot, condition: condition.text
            ).disposition == condition.sent)
    }

    @Test("what is wrong with the row itself comes before a condition about its ticket")
    func wrongRow() async throws {
        for row in ["ID,Spam,,", "ID,Wrong,,"] {
            let entry = try await entries(row, condition: "old.status != Resolved")
            #expect(entry.disposition == .invalid, "\(row)")
            #expect(entry.issue?.code == .statusInvalid)
        }
    }

    @Test("allowing the hand-off sends assignments, and still holds preconditions")
    func handOff() async throws {
        #expect(try await entries("ID,,Grace,", allowsHandOff: true).disposition == .update)
        #expect(try await entries("ID,Open,,Waiting", allowsHandOff: true).disposition == .held)
    }

    @Test("of rows for one ticket the held one stays back and the other is sent")
    func merged() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1))
        let id = PlanFixture.id(2)
        let entries = try await fixture.entries("id,status,assignee\n\(id),,Grace\n\(id),Open,\n")
        #expect(entries.map(\.disposition) == [.held, .update])
        #expect(entries[1].changeText == "status ?>Open")
    }

    @Test("five tickets of which none is found are no plan; four, or any found, are one")
    func noneFound() async throws {
        func plan(_ wanted: Int, found: Int, unread: UnreadPolicy? = nil) async throws -> PlanError?
        {
            var fixture = try PlanFixture()
            fixture.options.unread = unread
            try fixture.snapshot((0..<found).map { PlanFixture.ticket($0 + 1) }.joined())
            if found == 0 { try fixture.snapshot(PlanFixture.ticket(99)) }
            let rows = (1...wanted).map { "\(PlanFixture.id($0)),Pending\n" }.joined()
            do {
                _ = try await fixture.plan("id,status\n" + rows)
                return nil
            } catch let error as PlanError {
                return error
            }
        }
        #expect(try await plan(4, found: 0) == nil)
        #expect(try await plan(5, found: 1) == nil)
        #expect(try await plan(5, found: 0, unread: .send) == nil)
        let error = try await plan(5, found: 0)
        #expect(error?.code == .noTicketFound)
        #expect(error?.message.contains("none of the 5 tickets was found in the snapshot") == true)
    }

    @Test("without reading, the preview counts the assignments whose AI state is not known")
    func noRead() async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan(
            "id,status,assignee\n\(PlanFixture.id(1)),,Grace\n\(PlanFixture.id(2)),Open,\n")
        #expect(plan.header.blindAssignments == 1)
        #expect(
            plan.summary.text().contains(
                "it is not known whether the AI is handling 1 ticket that an agent will get"))
    }
}
