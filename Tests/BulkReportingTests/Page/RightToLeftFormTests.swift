import BulkExecution
import BulkPlan
import BulkSystem
import Testing

@testable import BulkReporting

@Suite("Pages, Markdown and texts show changes of right-to-left names in order")
struct RightToLeftFormTests {
    private static let moshe = "\u{5DE}\u{5E9}\u{5D4}"
    private static let dana = "\u{5D3}\u{5E0}\u{5D4}"
    private static let change = FieldChange(
        field: .assignedTo, before: .text("m"), after: .text("d"))

    private static func isolated(_ text: String) -> String { "\u{2068}\(text)\u{2069}" }

    private static let header = {
        var header = PlanHeader(
            tool: "test", createdAt: "2026-03-01T00:00:00Z",
            input: .init(
                name: "\(moshe).csv", sha256: "", format: "csv", columns: ["ticketId"]),
            source: .live, price: PlanPrice(reads: 1, writes: 1, auditEntries: 1))
        (header.counts.rows, header.counts.update, header.requests) = (1, 1, 1)
        header.agentNames = ["m": moshe, "d": "\(dana)\u{202E}"]
        return header
    }()
    private static let entry = PlanEntry(
        row: 1, line: 2, ticketID: "t1", disposition: .update, changes: [change])

    private static func summary(_ production: PlanSummary.Production? = nil) -> PlanSummary {
        var tally = SavedPlanTally(header: header)
        tally.add(entry)
        var summary = tally.summary
        summary.production = production
        return summary
    }

    private static func page(_ summary: PlanSummary) -> String {
        var page = PlanPage(summary)
        page.append(entry)
        var buffer = OutputBuffer()
        page.render(nextCommand: nil, edit: nil, into: &buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the page of a plan isolates every value, and hostile characters stay visible")
    func planPage() {
        let page = Self.page(Self.summary())
        let change = "assignee: <bdi>\(Self.moshe)</bdi> → <bdi>\(Self.dana)\\u{202E}</bdi>"
        // Among the groups and among the rows.
        #expect(page.ranges(of: change).count == 2)
        #expect(page.contains("<code><bdi>\(Self.moshe).csv</bdi></code>"))
        #expect(!page.contains("\u{202E}"))
    }

    @Test("the page of a run isolates the values of its groups, rows and messages")
    func runPage() {
        let page = RunPage(header: Self.header)
        page.append(
            RunRows.Row(
                entry: Self.entry,
                outcome: RowOutcome(
                    row: 1, outcome: .failed, failure: .serverError,
                    message: "\(Self.moshe), not \(Self.dana)")))
        var buffer = OutputBuffer()
        var facts = RunPageFacts(header: Self.header, directory: "r")
        facts.label = Self.dana
        page.render(facts, into: &buffer)
        let text = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let change = "assignee: <bdi>\(Self.moshe)</bdi> → <bdi>\(Self.dana)\\u{202E}</bdi>"
        #expect(text.ranges(of: change).count == 2)
        #expect(text.contains("<bdi>\(Self.moshe)</bdi>, not <bdi>\(Self.dana)</bdi>"))
        #expect(text.contains("<dd><bdi>\(Self.dana)</bdi></dd>"))
    }

    @Test("Markdown and texts isolate such values, and data stays as it is")
    func texts() {
        let summary = Self.summary()
        let after = "\(Self.dana)\\u{202E}"
        let span = "assignedTo \(Self.isolated("`\(Self.moshe)`")) → \(Self.isolated("`\(after)`"))"
        #expect(summary.markdown().contains(span))
        #expect(PlanRowMarkdown(header: Self.header).line(Self.entry).contains(span))
        let change = "assignedTo \(Self.isolated(Self.moshe)) → \(Self.isolated(after))"
        let text = summary.text(.init(width: 100))
        #expect(text.contains(change) && text.contains("of \(Self.isolated("\(Self.moshe).csv")) "))
        // The terminal's own rule keeps what was isolated.
        #expect(TerminalText.escapedLines(text) == text)
        #expect(PlanRowText(header: Self.header).line(Self.entry).contains(change))
        #expect(!summary.json().contains("\u{2068}"))
    }

    @Test("a plan for production says so on the page, in Markdown and in JSON")
    func production() {
        let summary = Self.summary(.init(profile: "acme", baseURL: "https://x.example"))
        let page = Self.page(summary)
        #expect(page.contains("<strong>PRODUCTION</strong>: profile <bdi>acme</bdi>"))
        let markdown = summary.markdown()
        #expect(markdown.contains("\n\n**PRODUCTION**: profile `acme`, `https://x.example`\n\n"))
        #expect(
            summary.json().contains(
                #""production":{"profile":"acme","baseURL":"https://x.example"}"#))
        let other = Self.summary()
        for text in [Self.page(other), other.markdown(), other.json()] {
            #expect(!text.contains("PRODUCTION") && !text.contains("\"production\""))
        }
    }
}
