import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkReporting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Wrong values are grouped")
struct WrongValueTests {
    @Test(
        "words of other systems get a hint, in any case and with any blanks and hyphens",
        arguments: [
            ("Solved", "Resolved"), ("CLOSED", "Resolved"), ("done", "Resolved"),
            ("Archived", "Resolved"), ("Snoozed", "Pending or Waiting"),
            ("On-hold", "Pending or Waiting"), ("on hold", "Pending or Waiting"),
            ("OnHold", "Pending or Waiting"), ("New", "Open"), ("In progress", "Open"),
            ("in-progress", "Open"), ("IN_PROGRESS", "Open"), ("Closed (duplicate)", "Resolved"),
            ("2", "Open"), ("3", "Pending"), ("4", "Resolved"), ("5", "Resolved"),
            ("Waiting on Customer", "Waiting"), ("Opne", "Open"),
        ])
    func statuses(word: String, meaning: String) async throws {
        let entries = try await PlanFixture().entries(
            "id,status\n\(PlanFixture.id(1)),\(word)\n")
        let issue = try #require(entries[0].issue)
        #expect(issue.code == .statusInvalid && issue.value == word)
        #expect(issue.suggestion == meaning)
        #expect(issue.message.hasPrefix("did you mean \(meaning)?"))
    }

    @Test(
        "so do priorities",
        arguments: [
            ("urgent", "3 (high)"), ("Critical", "3 (high)"), ("NORMAL", "2 (medium)"),
            ("4", "3 (high)"), ("P1", "3 (high)"), ("3 - High", "3 (high)"),
            ("Low priority", "1 (low)"), ("very low", "1 (low)"), ("1 - urgent", "3 (high)"),
        ])
    func priorities(word: String, meaning: String) async throws {
        let entries = try await PlanFixture().entries(
            "id,priority\n\(PlanFixture.id(1)),\(word)\n")
        #expect(entries[0].issue?.code == .priorityInvalid)
        #expect(entries[0].issue?.suggestion == meaning)
    }

    @Test("of an unknown word the message says first what can be written")
    func unknownWords() async throws {
        let entries = try await PlanFixture().entries(
            "id,status,priority\n\(PlanFixture.id(1)),Spam,\n\(PlanFixture.id(2)),,9\n")
        #expect(
            entries[0].issue?.message.hasPrefix("use Open, Resolved, Pending or Waiting: ") == true)
        #expect(
            entries[1].issue?.message.hasPrefix("use 1 (low), 2 (medium) or 3 (high): ") == true)
    }

    @Test(
        "a name that is an e-mail's part before the @ suggests that e-mail",
        arguments: ["Mei Lin", "mei.lin", "MEI_LIN", "meilin@other.example"])
    func localParts(name: String) async throws {
        var fixture = try PlanFixture()
        fixture.options.agents!.append(.init(id: "a9", email: "mei.lin@acme.com"))
        let entries = try await fixture.entries("id,agent\n\(PlanFixture.id(1)),\(name)\n")
        #expect(entries[0].issue?.code == .agentUnknown && entries[0].issue?.column == "agent")
        #expect(entries[0].issue?.suggestion == "mei.lin@acme.com")
    }

    @Test("text, Markdown and JSON group by value; a row with two wrong values is under both")
    func forms() async throws {
        let fixture = try PlanFixture()
        var text = "id,status,priority,agent\n"
        for (number, row) in [
            "Solved,Urgent,", "Solved,,", "Closed,,", ",,Garce", ",,Nobody Such", ",,Garce",
        ].enumerated() {
            text += "\(PlanFixture.id(number)),\(row)\n"
        }
        let plan = try await fixture.plan(text)
        #expect(plan.header.counts.invalid == 6)
        let shown = plan.summary.text(.init(width: 200, height: 60))
        #expect(shown.contains("  3 status_invalid, first line 2: did you mean Resolved?"))
        #expect(
            shown.contains("      2 × \"Solved\" → Resolved?\n      1 × \"Closed\" → Resolved?\n"))
        #expect(shown.contains("  1 priority_invalid, line 2: did you mean 3 (high)? \"Urgent\""))
        #expect(shown.contains("      2 × \"Garce\" → Grace?\n      1 × \"Nobody Such\"\n"))
        let small = plan.summary.text(.init(width: 200, height: 18))
        #expect(small.split(separator: "\n").count <= 18 && small.contains("2 × \"Solved\""))
        let markdown = plan.summary.markdown()
        #expect(
            markdown.contains(
                "| 3 | `status_invalid` | line 2 | 2 × \"Solved\" → Resolved?<br>1 × \"Closed\""))
        struct Form: Decodable {
            struct Problem: Decodable {
                struct Value: Decodable, Equatable {
                    var value: String
                    var column: String?
                    var count: Int
                    var suggestion: String?
                }
                var code: String
                var rows: Int
                var values: [Value]
                var otherValues: Int?
                var countsAreExact: Bool
            }
            var problems: [Problem]
        }
        let form = try JSONDecoder().decode(Form.self, from: Data(plan.summary.json().utf8))
        let status = try #require(form.problems.first { $0.code == "status_invalid" })
        #expect(status.rows == 3 && status.countsAreExact && status.otherValues == 0)
        #expect(
            status.values == [
                .init(value: "Solved", column: "status", count: 2, suggestion: "Resolved"),
                .init(value: "Closed", column: "status", count: 1, suggestion: "Resolved"),
            ])
        // The same from the saved plan.
        #expect(try PlanSummary(reading: PlanReader(path: plan.path!)) == plan.summary)
    }

    @Test("of a million different values the frequent ones are kept, with honest counts")
    func bounded() {
        var tally = ValueTally()
        func add(_ value: String) {
            tally.add(RowIssue(code: .statusInvalid, message: "", column: "status", value: value))
        }
        for number in 0..<300_000 {
            add("word \(number)")
            if number >= 200_000, number % 10 == 0 { add("Solved") }
            if number % 100 == 0 { add("Closed") }
        }
        #expect(tally.counts.count <= ValueTally.capacity)
        #expect(tally.shortfall > 0 && tally.total == 313_000)
        let values = PlanSummary.WrongValues(tally)
        #expect(values.listed.map(\.text).prefix(2) == ["Solved", "Closed"])
        for (value, count) in zip(values.listed, [10_000, 3_000]) {
            #expect((count - tally.shortfall...count).contains(value.count))
        }
        #expect(!values.areExact && values.otherValues == nil)
        #expect(values.text(values.listed[0]).hasPrefix("at least "))
        #expect(values.listed.reduce(0) { $0 + $1.count } + values.otherCount == 313_000)
    }

    @Test("counts are exact as long as the values are few")
    func exact() {
        var tally = ValueTally()
        for number in 0..<100_000 {
            tally.add(
                RowIssue(code: .statusInvalid, message: "", value: "word \(number % 1000)"))
        }
        #expect(tally.shortfall == 0 && tally.counts.values.allSatisfy { $0.rows == 100 })
        let values = PlanSummary.WrongValues(tally)
        #expect(values.listed.count == 50 && values.otherValues == 950)
        #expect(values.rest(after: 10) == "and 99,000 × 990 other values")
    }
}
