import BulkExecution
import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkReporting
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkHistory

@Suite("A report of a run that still works says so")
struct RunningReportTests {
    @Test(
        "rows in flight are no rows of a run that ended, and the report does not advise to resume it"
    )
    func inFlight() async throws {
        let shelf = try RunShelf()
        let fixture = try PlanFixture()
        let lines = (1...4).map { "\(PlanFixture.id($0)),Resolved\n" }
        let plan = try await fixture.plan("id,status\n" + lines.joined())
        try shelf.add("r", plan: "0", startedAt: "2026-11-27T10:00:00Z", reason: nil)
        for (name, text) in [
            ("plan.jsonl", try fixture.directory.readText("plan.jsonl")),
            (
                "run.json",
                try shelf.temporary.readText("r/run.json").replacing(
                    String(repeating: "0", count: 64), with: plan.header.id)
            ),
        ] { try shelf.temporary.write(text, to: "r/\(name)") }
        let journal = try JournalWriter.create(
            shelf.temporary.file("r/journal.jsonl"),
            JournalHeader(planID: plan.header.id, tool: "test", startedAt: 0))
        for row in 1...3 { journal.append(.start(row: row, request: 1, at: 1)) }
        journal.append(
            .done(RowOutcome(row: 1, outcome: .updated, attempts: 1, finishedAtMilliseconds: 2)))
        try await journal.synced()
        func text(_ format: ReportFormat) throws -> String {
            var text = ""
            var report = ChainReport(
                RunChain(try shelf.history.run("r")), as: format,
                spillingTo: shelf.temporary.path)
            report.remedy = { "about \($0)" }
            _ = try report.render(nextCommands: { _ in [] }) { buffer in
                buffer.drain { text += String(decoding: $0, as: UTF8.self) }
                return true
            }
            return text
        }
        let held = try RunDirectory.open(shelf.temporary.file("r"))
        let rows = try text(.csv).split(separator: "\n").dropFirst()
        #expect(rows.filter { $0.contains(",unknown,") }.count == 2)
        #expect(
            rows.filter { $0.contains("The request is in flight: the run still works.") }.count == 2
        )
        #expect(rows.filter { $0.contains(",unsent,") && $0.contains("Not sent yet") }.count == 1)
        #expect(!rows.contains { $0.contains("given_up") || $0.contains("not_sent") })
        let page = try text(.html)
        #expect(
            page.contains(
                "<h1>The run still works: 1 row updated, 2 in flight, 1 not sent yet.</h1>"))
        #expect(!page.contains("about ") && !page.contains("The run ended"))
        let markdown = try text(.markdown)
        #expect(
            markdown.hasPrefix(
                "## Run: still running, 1 row updated, 2 in flight, 1 not sent yet\n"))
        withExtendedLifetime(held) {}
    }

    @Test("the same files say after the run's end that its answers are missing")
    func ended() throws {
        let facts = RunPageFacts(
            header: PlanHeader(
                tool: "test", createdAt: "2026-03-01T00:00:00Z",
                input: .init(name: "in.csv", sha256: "", format: "csv", columns: ["ticketId"]),
                source: .live, price: PlanPrice(reads: 0, writes: 0, auditEntries: 0)),
            directory: "r")
        let page = RunPage(header: facts.header)
        var buffer = OutputBuffer()
        page.render(facts, into: &buffer)
        let text = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        #expect(text.contains("The run was killed") && !text.contains("still works"))
    }
}
