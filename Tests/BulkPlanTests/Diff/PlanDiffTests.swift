import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import Testing

@testable import BulkPlan

@Suite("What differs between two plans")
struct PlanDiffTests {
    /// The plans of two inputs for the same five tickets.
    private static func diff(
        _ a: String, _ b: String, _ change: (inout PlanOptions) -> Void = { _ in }
    ) async throws -> PlanDiff {
        var fixture = try PlanFixture()
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(
                (1...5).map { PlanFixture.ticket($0) }.joined(), to: "tickets.jsonl"))
        var paths: [String] = []
        for (name, rows) in [("a", a), ("b", b)] {
            fixture.options.output = fixture.directory.file("\(name).jsonl")
            if name == "b" { change(&fixture.options) }
            let plan = try await fixture.plan(
                "ticketId,status,priority\n" + rows.replacing(" ", with: "\n") + "\n")
            paths.append(try #require(plan.path))
        }
        return try PlanDiff(paths[0], paths[1])
    }

    private static func row(_ ticket: Int, _ rest: String) -> String {
        "\(PlanFixture.id(ticket)),\(rest)"
    }

    @Test("equal plans do not differ, although they were made at other times")
    func equal() async throws {
        let rows = Self.row(1, "Resolved,") + " " + Self.row(2, "Open,")
        let diff = try await Self.diff(rows, rows)
        #expect(!diff.differs)
        #expect(diff.matching == .row)
        #expect(diff.counts.equal == 2)
        #expect(diff.groups.isEmpty)
    }

    @Test("rows of one input are compared by their numbers, and grouped by what differs")
    func sameInput() async throws {
        let rows = (1...4).map { Self.row($0, "Resolved,2") }.joined(separator: " ")
        let diff = try await Self.diff(rows, rows) { options in
            var edit = RowSelection()
            edit.limit = 1
            options.selection = edit
        }
        #expect(diff.matching == .row)
        #expect((diff.counts.equal, diff.counts.different) == (1, 3))
        let group = try #require(diff.groups.first)
        #expect(diff.groups.count == 1)
        #expect(group.rows == 3)
        #expect(group.a?.disposition == .update)
        #expect(group.b?.disposition == .excluded)
        #expect(group.aspects == [.disposition, .changes])
        #expect(group.samples.map(\.rowA) == [2, 3, 4])
        let facts = diff.facts.map(\.name)
        #expect(facts == ["update", "excluded", "requests", "fieldChanges"])
        #expect(diff.facts[0].a == .number(4))
    }

    @Test("waivers that only one plan has are a difference")
    func waivers() async throws {
        let rows = Self.row(1, "Resolved,")
        let diff = try await Self.diff(rows, rows) { options in
            options.guards.maxChanges = 0
            options.guards.waivers = [GuardWaiver(rule: "max-changes", number: 3)]
        }
        #expect(diff.differs && diff.counts.equal == 1)
        #expect(diff.facts.map(\.name) == ["waivers"])
        #expect(diff.facts[0].a == .text("none"))
        #expect(diff.facts[0].b == .text("max-changes=3 (1 where 0 are allowed)"))
    }

    @Test("rows of two inputs are matched by ticket, in whatever order they are")
    func otherInput() async throws {
        let a = [
            Self.row(1, "Resolved,"), Self.row(2, "Resolved,"), Self.row(3, ",2"),
            Self.row(1, ",3"),
        ].joined(separator: " ")
        let b = [
            Self.row(4, "Resolved,"), Self.row(3, ",3"), Self.row(1, "Resolved,"),
            Self.row(1, ",3"), Self.row(4, ",2"),
        ].joined(separator: " ")
        let diff = try await Self.diff(a, b)
        #expect(diff.matching == .ticket)
        #expect((diff.counts.equal, diff.counts.different) == (2, 1))
        #expect((diff.counts.onlyInA, diff.counts.onlyInB) == (1, 2))
        let changed = try #require(diff.groups.first { $0.a != nil && $0.b != nil })
        #expect(changed.aspects == [.changes])
        #expect(changed.samples[0].ticketID == PlanFixture.id(3))
        #expect((changed.samples[0].rowA, changed.samples[0].rowB) == (3, 2))
        #expect(diff.facts.contains { $0.name == "input" })
    }

    @Test("ids of another form and rows without an id are matched too")
    func otherIDs() async throws {
        let diff = try await Self.diff(
            "T-1,Resolved, T-2,Resolved, ,Open,", ",Open, T-2,Resolved, T-3,Open,")
        #expect(diff.counts.equal == 2)
        #expect((diff.counts.onlyInA, diff.counts.onlyInB) == (1, 1))
    }

    @Test("another carrier, other preconditions and other reasons are differences")
    func aspects() async throws {
        let rows = Self.row(1, "Resolved,") + " " + Self.row(1, ",2")
        let condition = try RowCondition("status = ''", now: 0)
        let carrier = try await Self.diff(rows, rows) { options in
            options.selection.conditions = [condition]
        }
        #expect(carrier.groups.contains { $0.aspects.contains(.carrier) })
        let reason = try await Self.diff(Self.row(1, "Opne,"), Self.row(1, ",7"))
        #expect(reason.groups.map(\.aspects) == [[.code]])
        #expect(reason.groups.map { $0.a?.code } == [.statusInvalid])
    }

    @Test("a damaged plan is refused")
    func damaged() async throws {
        let fixture = try PlanFixture()
        let path = try #require(
            try await fixture.plan("ticketId,status\n\(PlanFixture.id(1)),Open\n").path)
        let text = try fixture.directory.readText("plan.jsonl")
        let other = try fixture.directory.write(
            text.replacing("\"status\":\"Open\"", with: "\"status\":\"Done\""), to: "b.jsonl")
        #expect(throws: PlanError.self) { try PlanDiff(path, other) }
    }
}
