import BulkPlanningTestSupport
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Several rows for one ticket")
struct MergingTests {
    private func entries(
        _ rows: [String], last: Bool = false, merges: Bool = true
    ) async throws -> [PlanEntry] {
        var fixture = try PlanFixture()
        fixture.options.mergesRows = merges
        fixture.options.onDuplicate = last ? .last : .refuse
        try fixture.snapshot(PlanFixture.ticket(1))
        let lines = rows.map { "\(PlanFixture.id(1)),\($0)\n" }.joined()
        return try await fixture.entries("id,status,priority,expectStatus\n" + lines)
    }

    @Test("rows that agree or touch different fields share the first one's request")
    func shares() async throws {
        let entries = try await entries([",1,", "Resolved,,", ",1,Open", "Resolved,,"])
        #expect(entries.map(\.disposition) == [.unchanged, .update, .unchanged, .update])
        #expect(entries.map(\.mergedInto) == [nil, nil, nil, 2])
        #expect(entries[1].changeText == "status Open>Resolved")
        let joined = try await self.entries([",3,", "Resolved,,", "Resolved,3,"])
        #expect(joined.map(\.mergedInto) == [nil, 1, 1])
        #expect(joined[0].changeText == "status Open>Resolved, priority 1>3")
        #expect(joined[1].changeText == "status Open>Resolved")
    }

    @Test(
        "a value that only a ticket can hold is refused beside another row, and the message says so",
        arguments: [
            ("status", "Spam", ""), ("priority", "4", ""),
            ("assignee", "6630a1f4c2b9e4a1d8f00bff", ""), ("assignee", "Zoe", "-"),
            ("category", "65f0000000000000000000ff", ""),
        ])
    func heldValues(column: String, value: String, isWrong: String) async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(
                1, status: "Spam", priority: "4", category: "\"65f0000000000000000000ff\"",
                assignedTo: "\"6630a1f4c2b9e4a1d8f00bff\""))
        let other = column == "category" ? "agent" : "category"
        let start = "id,\(column),\(other)\n\(PlanFixture.id(1)),\(value),\n"
        let hint = "holds it already, leave it out: other rows are for this ticket, too"
        let alone = try await fixture.entries(start)
        #expect(alone[0].disposition == (isWrong.isEmpty ? .unchanged : .invalid))
        #expect(alone[0].issue?.message.contains(hint) != true)
        // The other row is counted, although its name means nothing.
        let entries = try await fixture.entries(start + "\(PlanFixture.id(1)),,Biling\n")
        #expect(entries.map(\.disposition) == [.invalid, .invalid])
        #expect(entries[0].issue?.message.contains(hint) == isWrong.isEmpty)
        #expect(entries[1].issue?.message.contains(hint) == false)
    }

    @Test("rows that are sent apart have requests of their own, unless they write the same fields")
    func apart() async throws {
        let entries = try await entries(
            ["Resolved,3,", "Resolved,,", ",3,", "Resolved,,"], merges: false)
        #expect(entries.map(\.disposition) == [.update, .update, .update, .update])
        #expect(entries.map(\.mergedInto) == [nil, nil, nil, 2])
        #expect(
            entries.map(\.changeText) == [
                "status Open>Resolved, priority 1>3", "status Open>Resolved", "priority 1>3",
                "status Open>Resolved",
            ])
        let disagreeing = try await self.entries(["Pending,,", "Resolved,,", ",3,"], merges: false)
        #expect(disagreeing.allSatisfy { $0.issue?.code == .duplicateDisagrees })
    }

    @Test("rows that are sent apart share a request where one of them has preconditions")
    func apartWithConditions() async throws {
        let entries = try await entries(["Resolved,,", ",3,Open", "Resolved,,"], merges: false)
        #expect(entries.map(\.mergedInto) == [nil, 1, 1])
        #expect(entries[0].changeText == "status Open>Resolved, priority 1>3")
        #expect(entries[0].expectation?.values[.status] == .text("Open"))
    }

    @Test(
        "of rows that are sent apart the last counts where that is asked, and replaced rows go along"
    )
    func apartLast() async throws {
        let entries = try await entries(
            ["Pending,,", "Resolved,2,", ",3,", "Resolved,,"], last: true, merges: false)
        #expect(entries.map(\.mergedInto) == [2, nil, nil, 2])
        #expect(
            entries.map(\.changeText) == [
                "", "status Open>Resolved", "priority 1>3", "status Open>Resolved",
            ])
    }

    @Test("rows that are sent apart add up: requests, field changes, groups")
    func apartCounts() async throws {
        var fixture = try PlanFixture()
        fixture.options.mergesRows = false
        try fixture.snapshot(PlanFixture.ticket(1), PlanFixture.ticket(2))
        let ids = [1, 1, 1, 2].map(PlanFixture.id)
        let plan = try await fixture.plan(
            "id,status,priority\n\(ids[0]),Resolved,3\n\(ids[1]),Resolved,\n\(ids[2]),Resolved,\n"
                + "\(ids[3]),Resolved,\n")
        #expect(plan.header.requests == 3)
        #expect(plan.header.fieldChanges == 4)
        #expect(plan.header.counts.update == 4)
        #expect(plan.summary.groups.map(\.tickets).sorted() == [1, 2])
    }

    @Test("rows that disagree are all invalid and name each other")
    func disagrees() async throws {
        let entries = try await entries(["Pending,,", "Resolved,,", ",3,"])
        #expect(entries.allSatisfy { $0.issue?.code == .duplicateDisagrees })
        #expect(entries[0].issue!.message.contains("1 to 3"))
        #expect(entries[0].issue!.message.contains("status"))
    }

    @Test("with `last` the last value of each field counts, and replaced rows go along")
    func lastWins() async throws {
        let entries = try await entries(["Pending,,", "Resolved,2,", ",3,"], last: true)
        #expect(entries.map(\.disposition) == [.update, .update, .update])
        #expect(entries.map(\.mergedInto) == [2, nil, 2])
        #expect(
            entries.map(\.changeText) == [
                "", "status Open>Resolved, priority 1>3", "priority 1>3",
            ])
        let back = try await self.entries(["Pending,,", "Open,,"], last: true)
        #expect(back.map(\.disposition) == [.unchanged, .unchanged])
    }

    @Test("an invalid row takes no part, and a row in conflict leaves the others going")
    func leavesOthersAlone() async throws {
        let invalid = try await entries(["Opne,,", "Resolved,,"])
        #expect(invalid.map(\.disposition) == [.invalid, .update])
        let conflict = try await entries(["Resolved,,Waiting", ",3,"])
        #expect(conflict.map(\.disposition) == [.conflict, .update])
        #expect(conflict[1].mergedInto == nil)
        #expect(conflict[1].changeText == "priority 1>3")
    }

    @Test("a row in conflict is reported as such, whether or not a later row replaces its values")
    func replacedConflict() async throws {
        let first = try await entries(["Pending,,Waiting", "Resolved,,"], last: true)
        #expect(first.map(\.disposition) == [.conflict, .update])
        #expect(first[0].issue?.code == .preconditionFailed)
        #expect(first[1].mergedInto == nil)
        #expect(first[1].changeText == "status Open>Resolved")
        // What a refused row asks for replaces nothing.
        let last = try await entries(["Pending,,", "Resolved,2,Waiting"], last: true)
        #expect(last.map(\.disposition) == [.update, .conflict])
        #expect(last[0].changeText == "status Open>Pending")
        let met = try await entries(["Pending,,Open", "Resolved,,"], last: true)
        #expect(met.map(\.disposition) == [.update, .update])
        #expect(met.map(\.mergedInto) == [2, nil])
    }
}
