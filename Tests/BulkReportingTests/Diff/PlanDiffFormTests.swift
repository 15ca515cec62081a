import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import Foundation
import MavaAPI
import Testing

@testable import BulkReporting

@Suite("Differences of plans in words")
struct PlanDiffFormTests {
    /// A plan of many different changes with hostile names, and the same without most of its rows.
    private static func diff() async throws -> PlanDiff {
        var fixture = try PlanFixture()
        let evil = "Ev\u{1B}[31mil|`@all` <b>"
        fixture.options.agents = (0..<60).map { .init(id: "agent-\($0)", username: "\(evil)\($0)") }
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(
                (1...120).map { PlanFixture.ticket($0) }.joined(), to: "tickets.jsonl"))
        let plan = try await fixture.plan(
            "ticketId,assignee\n"
                + (1...120).map { "\(PlanFixture.id($0)),agent-\($0 % 60)\n" }.joined())
        var edit = PlanEdit()
        edit.rows = [11...120]
        let output = fixture.directory.file("new.jsonl")
        _ = try edit.apply(to: plan.path!, writing: output)
        return try PlanDiff(plan.path!, output)
    }

    @Test("the text fits the terminal and says how to see the rest")
    func text() async throws {
        let diff = try await Self.diff()
        let text = diff.text(width: 80, height: 24, moreCommand: "mava-bulk plan diff a b | more")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= 24)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.last == "All of it: mava-bulk plan diff a b | more")
        #expect(text.contains("10 rows equal, 110 different"))
        #expect(text.contains("update → excluded: assignedTo"))
        #expect(!text.contains("\u{1B}"))
        let whole = diff.text(width: .max, height: .max)
        #expect(
            whole.split(separator: "\n").filter { $0.contains(" × ") }.count == diff.groups.count)
        #expect(whole.contains("edited from plan \(diff.headerA.id.prefix(8))"))
    }

    @Test("Markdown is escaped, and stays below its limit")
    func markdown() async throws {
        let diff = try await Self.diff()
        let text = diff.markdown()
        #expect(text.utf8.count < PlanSummary.markdownLimit)
        #expect(text.contains("| 10 | 110 | 0 | 0 |"))
        #expect(!text.contains("\u{1B}"))
        let short = diff.markdown(limit: 1500)
        #expect(short.utf8.count <= 1500)
        #expect(short.contains("smaller groups"))
    }

    @Test("JSON has the headers, the facts and all groups")
    func json() async throws {
        let diff = try await Self.diff()
        let object = try JSONSerialization.jsonObject(with: Data(diff.json().utf8))
        let members = try #require(object as? [String: Any])
        #expect(members["differs"] as? Bool == true)
        #expect(members["different"] as? Int == 110)
        #expect((members["groups"] as? [Any])?.count == diff.groups.count)
        #expect((members["b"] as? [String: Any])?["parent"] as? String == diff.headerA.id)
        let facts = try #require(members["header"] as? [[String: Any]])
        #expect(facts.first?["name"] as? String == "update")
        #expect(facts.first?["b"] as? Int == 10)
    }

    @Test("equal plans are said to do the same")
    func equal() async throws {
        let fixture = try PlanFixture()
        let path = try #require(
            try await fixture.plan("ticketId,status\n\(PlanFixture.id(1)),Open\n").path)
        let diff = try PlanDiff(path, path)
        #expect(diff.text().hasSuffix("The plans do the same.\n"))
        #expect(diff.markdown().hasSuffix("The plans do the same.\n"))
        #expect(diff.json().contains(#","version":1,"differs":false,"#))
    }

    @Test("a preview says from which plan a plan was edited")
    func preview() async throws {
        let fixture = try PlanFixture()
        let plan = try await fixture.plan(
            "ticketId,status\n\(PlanFixture.id(1)),Open\n\(PlanFixture.id(2)),Open\n")
        var edit = PlanEdit()
        edit.rows = [1...1]
        let output = fixture.directory.file("new.jsonl")
        _ = try edit.apply(to: plan.path!, writing: output)
        let summary = try PlanSummary(reading: PlanReader(path: output))
        let said = "edited from plan \(plan.header.id.prefix(8))"
        #expect(summary.text().contains(said))
        #expect(summary.markdown().contains("edited from plan `\(plan.header.id.prefix(8))`"))
        #expect(summary.json().contains(#""parent":"\#(plan.header.id)""#))
        #expect(!plan.summary.text().contains("edited from"))
    }
}
