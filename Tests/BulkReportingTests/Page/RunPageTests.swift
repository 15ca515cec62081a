import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkReporting

@Suite("A page says what a run did, in memory that does not grow with the rows")
struct RunPageTests {
    private static func header(_ rows: Int) -> PlanHeader {
        var header = PlanHeader(
            tool: "test", createdAt: "2026-03-01T00:00:00Z",
            input: .init(name: "in.csv", sha256: "", format: "csv", columns: ["ticketId"]),
            source: .live, price: PlanPrice(reads: 0, writes: rows, auditEntries: rows))
        (header.counts.rows, header.counts.update, header.requests) = (rows, rows, rows)
        header.agentNames = ["a1": "Ada"]
        return header
    }

    private static func row(
        _ row: Int, _ outcome: Outcome, _ after: FieldValue = .text("a1"), message: String? = nil
    ) -> RunRows.Row {
        RunRows.Row(
            entry: PlanEntry(
                row: row, line: row + 1, ticketID: "t\(row)", disposition: .update,
                changes: [FieldChange(field: .assignedTo, before: .null, after: after)]),
            outcome: RowOutcome(
                row: row, outcome: outcome, failure: outcome == .failed ? .serverError : nil,
                message: message))
    }

    private static func render(
        _ rows: [RunRows.Row], _ change: (inout RunPageFacts) -> Void = { _ in }
    ) -> String {
        let header = header(rows.count)
        let page = RunPage(header: header)
        for row in rows { page.append(row) }
        var facts = RunPageFacts(header: header, directory: "run")
        facts.reason = "finished"
        change(&facts)
        var buffer = OutputBuffer()
        page.render(facts, into: &buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func heading(_ page: String) -> Substring? {
        page.firstMatch(of: /<h1>(.*)<\/h1>/)?.1
    }

    @Test("the verdict is one sentence about all rows")
    func verdicts() {
        #expect(Self.heading(Self.render([])) == "The input has no rows.")
        #expect(
            Self.heading(Self.render([Self.row(1, .updated), Self.row(2, .unchanged)]))
                == "Everything is as asked: 1 row updated, 1 had the values already.")
        #expect(
            Self.heading(Self.render([Self.row(1, .updated), Self.row(2, .failed)]))
                == "1 row needs attention, 1 row updated.")
        #expect(
            Self.heading(Self.render([Self.row(1, .failed), Self.row(2, .unsent)]))
                == "The run is not finished: 0 rows updated, 1 not sent.")
    }

    @Test("changes, causes, remedies and commands are in words")
    func words() {
        let page = Self.render([
            Self.row(1, .updated), Self.row(2, .failed, message: "Internal server error"),
        ]) { facts in
            facts.nextCommands = ["mava-bulk apply failed.csv"]
            facts.remedy = { $0 == "server_error" ? "Wait a little." : nil }
            facts.reason = "deadline"
        }
        #expect(page.contains("assignee: <bdi>nobody</bdi> → <bdi>Ada</bdi>"))
        #expect(page.contains("<code>server_error</code><br>Row 2: Internal server error"))
        #expect(page.contains("Wait a little."))
        #expect(page.contains("<pre><code>mava-bulk apply failed.csv</code></pre>"))
        #expect(page.contains("The time given to the run was over"))
        #expect(page.contains(#"<tr data-kind="failed">"#))
        #expect(!page.contains(#"<tr data-kind="updated">"#))
    }

    @Test("each command is explained, and a retry that cannot help comes last")
    func nextSteps() throws {
        func page(_ code: FailureCode) -> String {
            var row = Self.row(1, .failed)
            row.outcome.failure = code
            return Self.render([row]) {
                $0.nextCommands = ["mava-bulk retry run", "mava-bulk apply failed.csv"]
            }
        }
        func place(_ text: String, _ page: String) throws -> String.Index {
            try #require(page.firstRange(of: text)).lowerBound
        }
        let (gone, again) = (page(.ticketNotFound), page(.serverError))
        #expect(try place("bulk retry", gone) > place("bulk apply", gone))
        #expect(try place("bulk retry", again) < place("bulk apply", again))
        #expect(gone.contains("<p>Send the rows again that failed or whose effect is unknown:</p>"))
    }

    @Test("the quota has separators between thousands")
    func numbers() {
        let page = Self.render([Self.row(1, .updated)]) {
            $0.quota = Quota(requests: 10_000, window: .seconds(1))
        }
        #expect(page.contains("10,000 requests per 1 s"))
    }

    @Test("a page lists a thousand rows, and stays below 2 MB with the longest texts")
    func large() {
        let long = String(repeating: "<&\"", count: 2000)
        let page = Self.render(
            (1...5000).map { Self.row($0, .failed, .text(long + "\($0)"), message: long + "\($0)") }
        )
        #expect(page.utf8.count < 2_000_000)
        let listed = page.matches(of: /<tr data-kind/).count
        #expect(listed <= RunPage.mostRows)
        #expect(page.contains("and \(Words.counted(5000 - listed, "more row")) in"))
        let short = Self.render((1...5000).map { Self.row($0, .failed, .text("\($0)")) })
        #expect(short.matches(of: /<tr data-kind/).count == RunPage.mostRows)
        // Groups beyond those with a count of their own are counted together.
        #expect(short.contains("and 4,950 rows with other changes"))
    }
}

@Suite("A plan's page offers to leave out rows and groups")
struct PlanPageTests {
    private static func page(
        _ entries: [PlanEntry], requests: Int, edit: Bool, lastRowCounts: Bool = false
    ) -> String {
        var header = PlanHeader(
            tool: "test", createdAt: "2026-03-01T00:00:00Z",
            input: .init(name: "in.csv", sha256: "", format: "csv", columns: ["ticketId"]),
            source: .live, price: PlanPrice(reads: 0, writes: requests, auditEntries: requests))
        for entry in entries { header.counts.add(entry.disposition) }
        header.requests = requests
        var tally = SavedPlanTally(header: header)
        for entry in entries { tally.add(entry) }
        var ticketRows = TicketRows()
        for entry in entries { ticketRows.count(entry) }
        for entry in entries { ticketRows.add(entry) }
        var page = PlanPage(tally.summary, lastRowCounts ? ticketRows : nil)
        for entry in entries { page.append(entry) }
        var buffer = OutputBuffer()
        page.render(
            nextCommand: nil, edit: edit ? ("edit --drop ", " --output new") : nil, into: &buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func entry(
        _ row: Int, _ status: String, mergedInto: Int? = nil, ticket: String? = nil
    ) -> PlanEntry {
        PlanEntry(
            row: row, line: row + 1, ticketID: ticket ?? "t\(row)", disposition: .update,
            changes: [FieldChange(field: .status, before: .text("Open"), after: .text(status))],
            mergedInto: mergedInto)
    }

    @Test("a group knows all its rows, with those that share their requests")
    func groups() {
        let entries = [
            Self.entry(1, "Resolved"), Self.entry(2, "Resolved"), Self.entry(3, "Pending"),
            Self.entry(4, "Resolved"), Self.entry(5, "Pending", mergedInto: 1),
        ]
        let page = Self.page(entries, requests: 4, edit: true)
        #expect(page.contains(#"data-rows="1-2,4-5""#))
        #expect(page.contains(#"data-rows="3""#))
        #expect(page.contains(#"data-before="edit --drop " data-after=" --output new""#))
        #expect(page.contains(#"data-row="5" aria-label="Keep row 5""#))
        // What is heard names what is seen.
        #expect(page.contains(#"aria-label="Keep 3 tickets: status Open → Resolved""#))
        #expect(page.contains(#"<p id="edit-status" class="heard" role="status""#))
    }

    @Test("where the last row counts, a ticket's rows are left out together")
    func wholeTickets() {
        let entries = [
            Self.entry(1, "Open", mergedInto: 4, ticket: "a"), Self.entry(2, "Pending"),
            Self.entry(3, "Resolved"), Self.entry(4, "Pending", ticket: "a"),
            Self.entry(5, "Waiting", ticket: "b"),
            PlanEntry(
                row: 6, line: 7, ticketID: "b", disposition: .unchanged, changes: [],
                mergedInto: nil),
        ]
        let page = Self.page(entries, requests: 4, edit: true, lastRowCounts: true)
        #expect(page.contains(#"data-rows="1-2,4""#))
        #expect(page.contains(#"data-rows="3""#))
        #expect(page.contains(#"data-rows="5-6""#))
        let boxes = page.matches(of: /data-row="([^"]*)" aria-label="([^"]*)"/).map {
            "\($0.1) \($0.2)"
        }
        #expect(
            boxes == [
                "1,4 Keep rows 1,4", "2 Keep row 2", "3 Keep row 3", "1,4 Keep rows 1,4",
                "5-6 Keep rows 5-6",
            ])
    }

    @Test("a plan that is not saved offers nothing to leave out")
    func unsaved() {
        let page = Self.page([Self.entry(1, "Resolved")], requests: 1, edit: false)
        #expect(!page.contains("data-rows=\"") && !page.contains("id=\"edit-command\""))
        #expect(page.contains("Save the plan to leave rows out of it here."))
    }

    @Test("a group of too many single rows cannot be unticked, and the page stays below 2 MB")
    func large() {
        let entries = (1...60_000).map { Self.entry($0, $0 % 2 == 0 ? "Resolved" : "Pending") }
        let page = Self.page(entries, requests: 60_000, edit: true)
        #expect(!page.contains("data-rows="))
        #expect(page.matches(of: /<tr data-kind/).count == PlanPage.mostRows)
        #expect(page.utf8.count < 2_000_000)
    }
}
