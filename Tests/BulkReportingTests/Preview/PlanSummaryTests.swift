import BulkExecution
import BulkPlanning
import BulkPlanningTestSupport
import BulkSystem
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

@Suite("Previews")
struct PlanSummaryTests {
    /// A plan with as many different groups, notices and problems as one can have.
    private static func crowded(rows: Int = 3_000) async throws -> (PlanFixture, Plan) {
        var fixture = try PlanFixture()
        let evil = "Ev\u{1B}[31mil \u{202E}|`@all` <b>" + String(repeating: "x", count: 300)
        fixture.options.agents! += (0..<1_500).map {
            Agent(id: "agent-\($0)", username: "\(evil)\($0)")
        }
        let lines = (0..<rows).map { number in
            PlanFixture.ticket(
                number, status: number % 7 == 0 ? "Spam" : number % 3 == 0 ? "Resolved" : "Open",
                assignedTo: "\"agent-\(number % 1_500)\"",
                more: number % 11 == 0 ? ",\"aiStatus\":\"Active\"" : "")
        }
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(lines.joined(), to: "tickets.jsonl"))
        var text = "ticketId,status,assignedTo,\u{1B}]0;x,b,c,d\n"
        for number in 0..<rows {
            text += "\(PlanFixture.id(number)),Waiting,agent-\(number * 7 % 1_500),,,,\n"
        }
        text += "x,Opne,,,,,\nx,,,,,,\nx,Open,nobody-knows,,,,\nx\n,Open,,,,,\n6.6E+23,Open,,,,,\n"
        return (fixture, try await fixture.plan(text))
    }

    /// A plan's decisions: as many approvals, declines and others as there can be, with hostile texts.
    private static func decisions(on plan: String) -> ApprovalTally {
        let evil = "\u{1B}[31m \u{202E}|`@all` <b>" + String(repeating: "x", count: 1_900)
        let claims = (0..<200).map { number in
            ApprovalTally.Claim(
                PlanApproval(
                    plan: plan, decision: number % 4 == 0 ? .decline : .approve,
                    who: "\(number)\(evil)", at: 0,
                    expires: number % 4 == 0 ? nil : number % 4 == 1 ? 5 : 9,
                    note: evil), .claimed)
        }
        return ApprovalTally(claims, plan: plan, appliers: [], now: 6)
    }

    @Test("the terminal's text keeps to the screen, and nothing in it steers the terminal")
    func fitsTheScreen() async throws {
        var (_, plan) = try await Self.crowded()
        plan.summary.add(Self.decisions(on: plan.header.id))
        for (width, height) in [(80, 24), (40, 18), (200, 50)] {
            let text = plan.summary.text(
                .init(
                    width: width, height: height, nextCommand: "mava-bulk apply x",
                    now: .distantPast))
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { TerminalText.width(String($0)) <= width })
            #expect(text.contains("Next: mava-bulk apply x\n"))
            #expect(
                text.contains(height > 18 ? "\n  and 98 more approvals\n" : "\n  100 approvals; "))
            let isHarmless = text.unicodeScalars.allSatisfy {
                $0 == "\n" || ($0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E)
            }
            #expect(isHarmless)
        }
    }

    @Test("a small plan shows everything, in names")
    func showsNames() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1, status: "Resolved"), PlanFixture.ticket(2, status: "Resolved"),
            PlanFixture.ticket(3))
        let plan = try await fixture.plan(
            """
            ticketId,status,assignedTo
            \(PlanFixture.id(1)),Open,Grace
            \(PlanFixture.id(2)),Open,Grace
            \(PlanFixture.id(3)),,unassigned

            """)
        let expected = """
            Plan \(plan.header.id.prefix(8)): 3 rows of \(fixture.directory.file("rows.csv")) against a snapshot
              3 update, 0 unchanged, 0 invalid, 0 conflict, 0 held

            Changes
              2 × status Resolved → Open, assignedTo Ada → Grace  (\(PlanFixture.id(1)), \(PlanFixture.id(2)))
              1 × assignedTo Ada → nobody  (\(PlanFixture.id(3)))

            Second look
              ! 2 tickets resolved now will reopen (\(PlanFixture.id(1)), \(PlanFixture.id(2)))
              ! 1 ticket left without an assignee (\(PlanFixture.id(3)))

            Cost: 3 requests (reading took 0), 5 audit entries
            Time: seconds at 90 requests in 30 s, finished about 2026-01-01T00:00:00Z

            Next: mava-bulk apply plan.jsonl

            """
        let layout = PlanSummary.TextLayout(
            width: 200, height: 40, nextCommand: "mava-bulk apply plan.jsonl",
            now: Date(timeIntervalSince1970: 1_767_225_600))
        #expect(plan.summary.text(layout) == expected)
        // The same from the saved plan, which knows the names by itself.
        let saved = try PlanSummary(reading: PlanReader(path: plan.path!))
        #expect(saved == plan.summary)
    }

    @Test(
        "what is decided by goes on in further lines as long as there is room",
        arguments: [(18, false), (40, true)])
    func wrapsProse(height: Int, isWrapped: Bool) async throws {
        var fixture = try PlanFixture()
        let statuses = ["Resolved", "Resolved", "Open", "Pending", "Waiting", "Spam", "Other"]
        let tickets = (0..<14).map {
            PlanFixture.ticket($0 + 1, status: statuses[$0 / 2], priority: "\($0 % 2 + 1)")
        }
        try fixture.snapshot(tickets.joined())
        // The changes fill the lowest terminal.
        let rows = (1...14).map { "\(PlanFixture.id($0)),Open,3,Grace\n" }.joined()
        let plan = try await fixture.plan("id,status,priority,assignee\n" + rows)
        let layout = PlanSummary.TextLayout(
            width: 44, height: height, nextCommand: "mava-bulk apply plan.jsonl",
            now: Date(timeIntervalSince1970: 1_767_225_600))
        let text = plan.summary.text(layout)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= height)
        #expect(lines.allSatisfy { TerminalText.width(String($0)) <= 44 })
        let flat = text.replacing(#/\n +/#, with: " ")
        #expect(flat.contains("now will reopen (\(PlanFixture.id(1)), ") == isWrapped, "\(text)")
        #expect(flat.contains("audit entries\n") == isWrapped)
        // The changes' ids are cut at any height.
        #expect(text.contains("Not all is shown: print it to a file\n"))
    }

    @Test("Markdown stays below 60,000 bytes and makes no markup of foreign text")
    func boundsMarkdown() async throws {
        let (_, plan) = try await Self.crowded()
        let text = plan.summary.markdown(
            nextCommand: "mava-bulk apply plan.jsonl", now: .distantPast)
        #expect(text.utf8.count < PlanSummary.markdownLimit)
        #expect(text.utf8.count > 50_000)
        #expect(text.contains("smaller groups"))
        #expect(text.hasSuffix("```sh\nmava-bulk apply plan.jsonl\n```\n"))
        #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
        var decided = plan
        decided.summary.add(Self.decisions(on: plan.header.id))
        let longer = decided.summary.markdown(now: Date(timeIntervalSince1970: 0))
        #expect(longer.utf8.count < PlanSummary.markdownLimit)
        #expect(!longer.contains("\u{1B}") && !longer.contains("\u{202E}"))
        let approvals = longer.split(separator: "\n").filter { $0.hasPrefix("- Approved by ") }
        #expect(approvals.count == 20)
        #expect(
            approvals[0].contains(
                " at 1970-01-01T00:00:00.000Z (not verified), until 1970-01-01T00:00:00.009Z: `"))
        // Every row of the table of changes has its four bars, so no foreign bar has split it.
        let rows = text.split(separator: "\n").filter {
            $0.contains("assignedTo") && $0.hasPrefix("|")
        }
        #expect(rows.count > 10)
        for row in rows {
            let bars = row.replacing("\\|", with: "").count { $0 == "|" }
            #expect(bars == 4)
        }
    }

    @Test("the JSON form is JSON, with the header, groups, notices and problems")
    func writesJSON() async throws {
        var (_, plan) = try await Self.crowded(rows: 50)
        plan.summary.add(Self.decisions(on: plan.header.id))
        struct Form: Decodable {
            struct Header: Decodable {
                var id: String
                var requests: Int
            }
            struct Group: Decodable { var tickets: Int }
            struct Problem: Decodable {
                var code: String
                var rows: Int
            }
            struct Notice: Decodable { var kind: String }
            var plan: Header
            var groups: [Group]
            var problems: [Problem]
            var secondLook: [Notice]
            var approvals: [ApprovalRecord]
            var next: String
        }
        let form = try JSONDecoder().decode(
            Form.self, from: Data(plan.summary.json(nextCommand: "go").utf8))
        #expect(form.plan.id == plan.header.id)
        #expect(form.groups.reduce(0) { $0 + $1.tickets } == plan.header.requests)
        // A row with several things wrong is counted with each cause.
        #expect(
            form.problems.reduce(0) { $0 + $1.rows } >= plan.header.counts.invalid
                + plan.header.counts.held)
        #expect(form.secondLook.contains { $0.kind == "foreign_status" })
        #expect(form.approvals == plan.summary.approvals && form.approvals.count == 100)
        #expect(form.secondLook.count { $0.kind == "approval" } == 100)
        #expect(form.next == "go")
    }

    @Test("notices: one agent receiving most, hand-offs, undiffed, merged rows")
    func noticesWhatMatters() async throws {
        var fixture = try PlanFixture()
        let lines = (0..<30).map { PlanFixture.ticket($0, assignedTo: "null") }
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(lines.joined(), to: "tickets.jsonl"))
        var text = "id,assignee,priority\n"
        for number in 0..<30 {
            text += "\(PlanFixture.id(number)),\(number < 20 ? "Ada" : "Grace"),\n"
        }
        text += "\(PlanFixture.id(1)),,3\n\(PlanFixture.id(99)),,2\n"
        let plan = try await fixture.plan(text)
        #expect(
            plan.summary.notices.map(\.kind) == [.oneAgent, .undiffed, .cannotBeUndone, .merged])
        #expect(plan.summary.notices[0].message == "Ada receives 20 of 30 tickets assigned")
    }

    @Test("changes that cannot be undone are counted by reason, in a saved plan too")
    func finalChanges() async throws {
        var fixture = try PlanFixture()
        let gone = "6630a1f4c2b9e4a1d8f00b29"
        try fixture.snapshot(
            PlanFixture.ticket(0), PlanFixture.ticket(1, status: "Spam", category: "null"),
            PlanFixture.ticket(2, category: "null"), PlanFixture.ticket(3, priority: "null"),
            PlanFixture.ticket(4, assignedTo: "\"\(gone)\""),
            PlanFixture.ticket(5, assignedTo: "null"))
        let rows = (0..<7).map { "\(PlanFixture.id($0)),Resolved,3,Shipping,Grace\n" }
        fixture.options.unread = .send
        let plan = try await fixture.plan("id,status,priority,category,assignee\n" + rows.joined())
        let message =
            "5 of these changes cannot be undone: 1 was not read, 2 set a category where none was, "
            + "1 replaces a priority that cannot be set, 1 replaces an agent who is not listed"
        for summary in [plan.summary, try PlanSummary(reading: PlanReader(path: plan.path!))] {
            let notice = try #require(summary.notices.first { $0.kind == .cannotBeUndone })
            #expect(notice.message == message)
            #expect(notice.count == 5)
        }
    }

    @Test("the price: a window's worth at once, then one window after the other")
    func pricesAtTheQuota() {
        func seconds(_ writes: Int) -> Int {
            PlanPrice(reads: 0, writes: writes, auditEntries: 0).seconds
        }
        #expect(seconds(0) == 0)
        #expect(seconds(90) == 0)
        #expect(seconds(91) == 30)
        #expect(seconds(10_000) == 3_330)
        #expect(
            PlanPrice(reads: 0, writes: 10_000, auditEntries: 0).durationText == "55 min 30 s")
    }

    @Test("every form names the end that hours and the timeout of a request allow")
    func endsWithinHours() async throws {
        let fixture = try PlanFixture()
        var plan = try await fixture.plan(
            "ticketId,status\n\(PlanFixture.id(1)),Waiting\n\(PlanFixture.id(2)),Open\n")
        plan.summary.header.price = PlanPrice(
            reads: 0, writes: 20, auditEntries: 20, quotaLimit: 3, quotaWindow: .seconds(1))
        // The hours are two seconds longer than a request may take, so three batches fit into each day.
        let schedule = SendSchedule(
            windows: try SendWindows(["05:33-05:34 UTC"]), longestRequest: .seconds(58))
        let now = Date(timeIntervalSince1970: 1_764_460_800)
        let end = "2025-12-02T05:33:00Z"
        let json = plan.summary.json(schedule: schedule, now: now.secondsSince1970)
        #expect(json.contains(#""begin":"2025-11-30T05:33:00Z","end":"\#(end)""#), "\(json)")
        let text = plan.summary.text(.init(width: 200, now: now, schedule: schedule))
        #expect(text.contains("finished about \(end)"), "\(text)")
        let markdown = plan.summary.markdown(now: now, schedule: schedule)
        #expect(markdown.contains("finished about \(end)"), "\(markdown)")
    }

    @Test("every form shows the conditions by which rows were chosen")
    func conditions() async throws {
        var fixture = try PlanFixture()
        let texts = ["status = 'Waiting'", "note != \"a|b\""]
        fixture.options.selection.conditions = try texts.map { try RowCondition($0, now: 0) }
        let plan = try await fixture.plan(
            "ticketId,status,note\n\(PlanFixture.id(1)),Waiting,x\n\(PlanFixture.id(2)),Open,x\n")
        #expect(plan.summary.text().contains("\n  where \(texts[0]); \(texts[1])\n"))
        let markdown = plan.summary.markdown()
        #expect(markdown.contains(", where `\(texts[0])` and `note != \"a\\|b\"`."), "\(markdown)")
        var buffer = OutputBuffer()
        var plannedPage = PlanPage(plan.summary)
        plannedPage.render(nextCommand: nil, edit: nil, into: &buffer)
        let page = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        #expect(page.components(separatedBy: "<dt>Where</dt>").count == 3)
        fixture.options.selection.conditions = []
        let whole = try await fixture.plan("ticketId,status\n\(PlanFixture.id(1)),Waiting\n")
        #expect(!whole.summary.text().contains("where"))
        #expect(!whole.summary.markdown().contains("where"))
    }
}
