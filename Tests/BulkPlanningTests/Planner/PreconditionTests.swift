import BulkPlanningTestSupport
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Preconditions")
struct PreconditionTests {
    @Test(
        "the time of the last change is compared as precisely as it is written",
        arguments: [
            ("2026-01-10T08:00:18.345Z", true), ("2026-01-10T08:00:18.34Z", true),
            ("2026-01-10T08:00:18Z", true), ("2026-01-10T08:00Z", true), ("2026-01-10", true),
            ("2026-01-10T09:00:18+01:00", true), ("2026-01-10 08:00", true),
            ("2026-01-10T08:00:18.345000Z", true), ("2026-01-10T08:00:18.346Z", false),
            ("2026-01-10T08:00:17Z", false), ("2026-01-10T08:00:19Z", false),
            ("2026-01-10T07:59Z", false), ("2026-01-10T08:01Z", false), ("2026-01-09", false),
            ("2026-01-11", false), ("2026-01-10T08:00:18.3450001Z", true),
        ])
    func precision(written: String, holds: Bool) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, more: ",\"updatedAt\":\"2026-01-10T08:00:18.345Z\""))
        let entries = try await fixture.entries(
            "id,status,expectUpdatedAt\n\(PlanFixture.id(1)),Pending,\(written)\n")
        #expect(entries[0].disposition == (holds ? .update : .conflict))
    }

    @Test(
        "a conflict shows both values, in names where there are names",
        arguments: [
            ("expectAssignedTo", "Grace", "its assignee is \"Ada\", expected was \"Grace\""),
            ("expectAssignedTo", "unassigned", "its assignee is \"Ada\", expected was nobody"),
            (
                "expectCategoryId", PlanFixture.shipping,
                "its category is \"Billing\", expected was \"Shipping\""
            ),
            ("expectStatus", "waiting", "its status is \"Open\", expected was \"Waiting\""),
            ("expectPriority", "high", "its priority is 1, expected was 3"),
            ("expectPriority", "4", "its priority is 1, expected was 4"),
            ("expectPriority", "Null", "its priority is 1, expected was none"),
            (
                "expectUpdatedAt", "2026-01-10T07:00Z",
                "its last change is 2026-01-10T08:00:18.345Z, expected was 2026-01-10T07:00Z"
            ),
            (
                "expectUpdatedAt", "2026-01-09",
                "its last change is 2026-01-10T08:00:18.345Z, expected was 2026-01-09"
            ),
        ])
    func bothValues(column: String, value: String, words: String) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, more: ",\"updatedAt\":\"2026-01-10T08:00:18.345Z\""))
        let entries = try await fixture.entries(
            "id,status,\(column)\n\(PlanFixture.id(1)),Pending,\(value)\n")
        #expect(entries[0].issue?.code == .preconditionFailed)
        #expect(entries[0].issue?.message.contains(words) == true)
        #expect(entries[0].issue?.column == column)
    }

    @Test("a priority that only tickets can have, and none, can be expected and are in the plan")
    func heldPriorities() async throws {
        for (name, rows) in [
            (
                "rows.csv",
                "id,status,expectPriority\n\(PlanFixture.id(1)),Pending,4\n\(PlanFixture.id(2)),Pending,null\n"
            ),
            (
                "rows.jsonl",
                #"{"id":"\#(PlanFixture.id(1))","status":"Pending","expectPriority":4}"# + "\n"
                    + #"{"id":"\#(PlanFixture.id(2))","status":"Pending","expectPriority":null}"#
            ),
        ] {
            var fixture = try PlanFixture()
            try fixture.snapshot(
                PlanFixture.ticket(1, priority: "4"), PlanFixture.ticket(2, priority: "null"))
            let entries = try await fixture.entries(rows, name: name)
            #expect(entries.map(\.disposition) == [.update, .update])
            #expect(entries.map { $0.expectation?.values[.priority] } == [.number(4), .null])
        }
    }

    @Test("an expected name that is not listed is unknown, not a conflict")
    func unknownNames() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1), PlanFixture.ticket(2), PlanFixture.ticket(3))
        let entries = try await fixture.entries(
            """
            id,status,assignee,expectAssignedTo,expectCategoryId
            \(PlanFixture.id(1)),Open,Ada,Garce,
            \(PlanFixture.id(2)),Pending,,,Biling
            \(PlanFixture.id(3)),Pending,Grace,Ada,Billing

            """)
        #expect(
            entries.map { $0.issue?.code } == [.agentUnknown, .categoryUnknown, nil])
        #expect(
            entries.map { $0.issue?.suggestion } == ["Grace", "Billing", nil])
        #expect(entries.map { $0.issue?.column } == ["expectAssignedTo", "expectCategoryId", nil])
        #expect(entries[2].disposition == .update)
    }

    @Test("what a row expects that a later one replaces is expected of their request")
    func replaced() async throws {
        var fixture = try PlanFixture()
        fixture.options.onDuplicate = .last
        try fixture.snapshot(PlanFixture.ticket(1, status: "Open"))
        let entries = try await fixture.entries(
            """
            id,priority,expectStatus
            \(PlanFixture.id(1)),3,Open
            \(PlanFixture.id(1)),2,

            """)
        #expect(entries.map(\.disposition) == [.update, .update])
        let carrier = try #require(entries.first { $0.mergedInto == nil })
        #expect(carrier.expectation?.values == [.status: .text("Open")])
    }

    @Test("two unknown names of one row are both named")
    func both() async throws {
        let entries = try await PlanFixture().entries(
            "id,category,agent\n\(PlanFixture.id(1)),Biling,Garce\n")
        #expect(entries[0].issue?.parts.map(\.code) == [.categoryUnknown, .agentUnknown])
    }

    @Test("without reading, a precondition says that the tickets were not read")
    func unread() async throws {
        let entries = try await PlanFixture().entries(
            "id,status,expectStatus\n\(PlanFixture.id(1)),Pending,Open\n")
        #expect(entries[0].issue?.code == .preconditionUnchecked)
        #expect(entries[0].issue?.message.contains("the tickets were not read") == true)
    }
}
