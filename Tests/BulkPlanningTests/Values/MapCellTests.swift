import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("Maps are read as an input's cells are")
struct MapCellTests {
    private static let id = PlanFixture.id(1)

    private func outcomes(
        _ rows: String, _ field: TicketField, _ map: String,
        unmapped: ValueMap.Unmapped = .invalid, name: String = "rows.csv"
    ) async throws -> [String] {
        var fixture = try PlanFixture()
        let path = try fixture.directory.write("from,to\n\(map)\n", to: "map.csv")
        fixture.options.maps = [try ValueMap(reading: path, for: field, unmapped: unmapped)]
        return try await fixture.entries(rows, name: name).map {
            $0.issue?.code.rawValue ?? $0.changeText
        }
    }

    @Test(
        "What spreadsheets put around a value is removed on both sides",
        arguments: [
            "=\"\(PlanFixture.ada)\",Grace", "'\(PlanFixture.ada),Grace",
            "\"=\"\"Ada\"\"\",=\"Grace\"", "Ada,'\(PlanFixture.grace)", "'=Ada,Grace\nAda,Grace",
        ])
    func names(map: String) async throws {
        let rows = "Ticket ID,Assignee\n\(Self.id),Ada\n"
        for unmapped in [ValueMap.Unmapped.clear, .invalid] {
            #expect(
                try await outcomes(rows, .assignedTo, map, unmapped: unmapped)
                    == ["assignedTo ?>\(PlanFixture.grace)"])
        }
    }

    @Test(
        "A `'` before a word means nothing",
        arguments: [
            ("'closed", "'closed,'Resolved"), ("closed", "'closed,Resolved"),
            ("'closed", "=\"closed\",Resolved"),
        ])
    func words(cell: String, map: String) async throws {
        #expect(
            try await outcomes("Ticket ID,Status\n\(Self.id),\(cell)\n", .status, map)
                == ["status ?>Resolved"])
    }

    @Test("Numbers of JSON are looked up as the same text is")
    func numbers() async throws {
        #expect(
            try await outcomes(
                "{\"ticketId\":\"\(Self.id)\",\"status\":2}\n", .status, "2,Open",
                name: "rows.jsonl") == ["status ?>Open"])
        #expect(
            try await outcomes(
                "{\"ticketId\":\"\(Self.id)\",\"assignee\":17}\n", .assignedTo, "17,Grace",
                name: "rows.jsonl") == ["assignedTo ?>\(PlanFixture.grace)"])
        #expect(
            try await outcomes(
                "{\"ticketId\":\"\(Self.id)\",\"status\":3}\n", .status, "2,Open",
                name: "rows.jsonl") == ["value_unmapped"])
    }

    @Test(
        "A line that was meant for a value and can never match it is refused with its line",
        arguments: [
            "#\(PlanFixture.ada)", "\u{200B}\(PlanFixture.ada)", "Ada <ada@acme.com>",
            "A\u{200D}da",
            "mailto:ada@acme.com",
        ])
    func neverMatching(from: String) async throws {
        let map = "Grace,Grace\n\(from),Grace"
        let rows = "Ticket ID,Assignee\n\(Self.id),Ada\n"
        for unmapped in [ValueMap.Unmapped.clear, .keep] {
            let error = await #expect(throws: PlanError.self) {
                try await outcomes(rows, .assignedTo, map, unmapped: unmapped)
            }
            #expect(error?.code == .mapUnusable)
            #expect(error?.line == 3)
            #expect(error?.message.hasPrefix("did you mean") == true)
        }
        // The row is invalid where values without a line are, and the line serves where a row has its text.
        #expect(try await outcomes(rows, .assignedTo, map) == ["value_unmapped"])
        #expect(
            try await outcomes(
                "Ticket ID,Assignee\n\(Self.id),\(from)\n", .assignedTo, map, unmapped: .clear)
                == ["assignedTo ?>\(PlanFixture.grace)"])
    }

    @Test(
        "An id that a spreadsheet turned into a number is no value",
        arguments: ["6.66E+23", "6,66e23"])
    func lostDigits(from: String) async throws {
        let error = await #expect(throws: PlanError.self) {
            try await outcomes(
                "Ticket ID,Assignee\n\(Self.id),Ada\n", .assignedTo, "\"\(from)\",Grace",
                unmapped: .clear)
        }
        #expect(error?.line == 2)
        #expect(error?.message.contains("its digits are lost") == true)
    }

    @Test("A `'` before an id or a time means nothing in an input")
    func marks() async throws {
        var fixture = try PlanFixture()
        let entries = try await fixture.entries(
            "Ticket ID,Assignee,Category ID,expectAgent\n"
                + "\(Self.id),'\(PlanFixture.grace),'\(PlanFixture.billing),'\(PlanFixture.ada)\n")
        #expect(
            entries[0].issue?.code != .agentUnknown && entries[0].issue?.code != .categoryUnknown)
        try fixture.snapshot(PlanFixture.ticket(1, more: #","updatedAt":"2026-03-01T09:30:00Z""#))
        let expecting = try await fixture.entries(
            "Ticket ID,Assignee,expectUpdatedAt,expectCategory,expectAgent\n"
                + "\(Self.id),'\(PlanFixture.grace),'2026-03-01T09:30:00Z,'\(PlanFixture.billing),"
                + "'\(PlanFixture.ada)\n")
        #expect(expecting[0].changeText == "assignedTo \(PlanFixture.ada)>\(PlanFixture.grace)")
    }
}
