import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("Columns that contradict each other")
struct ContradictionTests {
    private static let id = PlanFixture.id(1)

    private func outcomes(
        _ text: String, name: String = "rows.csv",
        _ choose: (inout PlanOptions) throws -> Void = { _ in }
    ) async throws -> [String] {
        var fixture = try PlanFixture()
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
