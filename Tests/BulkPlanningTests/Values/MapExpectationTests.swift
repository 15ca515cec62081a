import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("Maps say what to write, not what tickets hold")
struct MapExpectationTests {
    private static let ada = PlanFixture.ada
    private static let grace = PlanFixture.grace

    /// Ticket 1 is Grace's and Shipping's, ticket 2 has no agent and no category.
    private func plan(
        _ rows: String, name: String = "rows.csv", _ field: TicketField, _ map: String,
        unmapped: ValueMap.Unmapped = .invalid
    ) async throws -> (entries: [PlanEntry], header: PlanHeader) {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(
                1, category: "\"\(PlanFixture.shipping)\"", assignedTo: "\"\(Self.grace)\""),
            PlanFixture.ticket(2, category: "null", assignedTo: "null"))
        let path = try fixture.directory.write("from,to\n" + map, to: "map.csv")
        fixture.options.maps = [try ValueMap(reading: path, for: field, unmapped: unmapped)]
        let text = rows.replacing("T1", with: PlanFixture.id(1))
            .replacing("T2", with: PlanFixture.id(2))
        let plan = try await fixture.plan(text, name: name)
        return (try PlanFixture.entries(of: plan.path!), plan.header)
    }

    @Test(
        "what a row expects of the assignee is compared as it is written",
        arguments: [
            // The map would turn the expectation into what the ticket holds.
            ("T1,Grace,Ada", Disposition.conflict), ("T1,Grace,Grace", .update),
            ("T1,Grace,\(grace)", .update), ("T1,Grace,grace@acme.com", .update),
            ("T1,Grace,\(ada)", .conflict), ("T1,,Ada", .unchanged),
            ("T2,Grace,unassigned", .update), ("T2,Grace,Ada", .conflict),
            ("T1,Grace,6630a1f4c2b9e4a1d8f00bff", .conflict),
        ])
    func assignee(row: String, disposition: Disposition) async throws {
        let map = "Ada,Grace\nGrace,Ada\n"
        let rows = "ticketId,assignee,expectAssignee\n\(row)\n"
        let entry = try await plan(rows, .assignedTo, map).entries[0]
        #expect(entry.disposition == disposition)
        if disposition == .update { #expect(entry.changeText.hasSuffix(">\(Self.ada)")) }
        let cells = row.split(separator: ",", omittingEmptySubsequences: false)
        guard !cells[1].isEmpty else { return }
        let line =
            #"{"ticketId":"\#(cells[0])","assignee":"\#(cells[1])","expectAssignedTo":"\#(cells[2])"}"#
        let again = try await plan(line, name: "rows.jsonl", .assignedTo, map).entries[0]
        #expect(again.disposition == disposition)
    }

    @Test(
        "a value without a line is expected as it is",
        arguments: [ValueMap.Unmapped.invalid, .keep, .clear])
    func withoutLine(unmapped: ValueMap.Unmapped) async throws {
        let rows = """
            ticketId,assignee,expectAssignee
            T1,Ada,Grace
            T2,Ada,Grace
            T1,Ada,Zoe
            """
        let (entries, header) = try await plan(
            rows, .assignedTo, "Ada,unassigned\n", unmapped: unmapped)
        #expect(entries.map(\.disposition) == [.update, .unchanged, .invalid])
        #expect(entries[2].issue?.code == .agentUnknown)
        #expect(entries[2].issue?.column == "expectAssignee")
        #expect(header.maps[0].unused == 0)
    }

    @Test("a column of expectations alone uses no line of the map")
    func alone() async throws {
        let (entries, header) = try await plan(
            "ticketId,status,expectAssignee\nT1,Pending,Ada\nT1,Pending,Grace\n", .assignedTo,
            "Ada,Grace\nGrace,Ada\n", unmapped: .clear)
        #expect(entries.map(\.disposition) == [.conflict, .update])
        #expect(header.maps[0].unused == 2)
        #expect(header.maps[0].lines.isEmpty)
    }

    @Test("what a row expects of the category is compared as it is written")
    func category() async throws {
        let (entries, _) = try await plan(
            """
            ticketId,category,expectCategory
            T1,Shipping,Billing
            T1,Shipping,Shipping
            T2,Shipping,null
            """, .categoryID, "Shipping,Billing\nBilling,Shipping\n")
        #expect(entries.map(\.disposition) == [.conflict, .update, .update])
    }

    @Test("the names in an export's columns of expectations are those of its tickets")
    func export() async throws {
        let (entries, _) = try await plan(
            "ticketId,status,expectAssignedTo\nT1,Pending,\(Self.grace)\nT2,Pending,\(Self.grace)\n",
            .assignedTo, "Grace,Ada\n")
        #expect(entries.map(\.disposition) == [.update, .conflict])
    }
}
