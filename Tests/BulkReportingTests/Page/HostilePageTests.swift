import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import Foundation
import Testing

@testable import BulkReporting

@Suite("No text from a file or a server becomes a part of a page")
struct HostilePageTests {
    private static let pieces = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onclick='x", "</title>",
        "</style>", "<!--", "-->", "]]>", "&lt;", "&#x3c;", "\u{202E}evil", "\u{200B}", "\0",
        "\u{1B}[31m",
        "\n", "\r", "javascript:alert(1)", "`", "=", "/>", "\u{FFFE}", "\u{FFFF}", "é", "日本", "👩‍👩‍👧",
        " ", "a",
    ]

    private static func text(_ random: inout SeededGenerator) -> String {
        (0...random.below(6)).map { _ in random.pick(pieces) }.joined()
    }

    @Test(
        "escaped text has no markup, no quote and no hidden character",
        arguments: 0..<50 as Range<UInt64>)
    func escaping(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let escaped = HTMLText.escaped(Self.text(&random))
        for scalar in escaped.unicodeScalars {
            #expect(!"<>\"'".unicodeScalars.contains(scalar))
            #expect(
                scalar.value >= 0x20 && ![0x202E, 0x200B, 0xFFFE, 0xFFFF].contains(scalar.value))
        }
        let entities = escaped.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
        for rest in entities {
            #expect(
                ["amp;", "lt;", "gt;", "quot;", "#39;"].contains { rest.hasPrefix($0) },
                "\(escaped)")
        }
    }

    @Test("text is cut by what a person sees, not in the middle of an entity")
    func cutting() {
        #expect(HTMLText.escaped("a<b", limit: 2) == "a&lt;…")
        #expect(HTMLText.escaped("a<", limit: 2) == "a&lt;")
    }

    /// The tags of a page, with the values of their attributes left out.
    private static func skeleton(_ page: String) -> [String] {
        var tags: [String] = []
        var tag: String?
        var isQuoted = false
        for character in page {
            switch (tag, character) {
            case (nil, "<"): tag = "<"
            case (nil, _): continue
            case (_?, "\""):
                isQuoted.toggle()
                tag?.append("\"")
            case (let open?, ">") where !isQuoted:
                tags.append(open + ">")
                tag = nil
            case (_?, _): if !isQuoted { tag?.append(character) }
            }
        }
        return tags
    }

    private static func header(_ text: () -> String) -> PlanHeader {
        var header = PlanHeader(
            tool: text(), createdAt: text(),
            input: .init(name: text(), sha256: text(), format: "csv", columns: ["ticketId"]),
            source: .live, price: PlanPrice(reads: 1, writes: 2, auditEntries: 2))
        header.id = text()
        header.parent = text()
        header.baseURL = text()
        header.agentNames = ["a1": text()]
        header.categoryNames = ["c1": text()]
        header.requests = 2
        header.counts.rows = 4
        (header.counts.update, header.counts.invalid) = (2, 2)
        header.waivers = [.init(rule: text(), number: 3, count: 2, most: 1)]
        header.notes = [text()]
        var map = PlanHeader.Map(field: .assignedTo, file: text(), sha256: text())
        map.lines = [.init(from: text(), to: "a1", line: 2)]
        header.maps = [map]
        return header
    }

    private static func entries(_ text: () -> String) -> [PlanEntry] {
        let changes = [
            FieldChange(field: .status, before: .text(text()), after: .text(text())),
            FieldChange(field: .assignedTo, before: .text(text()), after: .text("a1")),
            FieldChange(field: .categoryID, before: nil, after: .text("c1")),
        ]
        let issue = RowIssue(
            code: .agentUnknown, message: text(), column: text(), value: text(), suggestion: text())
        return [
            PlanEntry(row: 1, line: 2, ticketID: text(), disposition: .update, changes: changes),
            PlanEntry(row: 2, line: 3, ticketID: text(), disposition: .update, changes: changes),
            PlanEntry(row: 3, line: 4, ticketID: text(), disposition: .invalid, issue: issue),
            PlanEntry(row: 4, line: 5, ticketID: nil, disposition: .invalid, issue: issue),
        ]
    }

    private static func runPage(_ text: () -> String) -> String {
        let header = header(text)
        let page = RunPage(header: header)
        for entry in entries(text) {
            let outcome: Outcome =
                entry.row == 1 ? .failed : Outcome(withoutUpdate: entry.disposition) ?? .updated
            page.append(
                RunRows.Row(
                    entry: entry,
                    outcome: RowOutcome(
                        row: entry.row, outcome: outcome, failure: entry.row == 1 ? .refused : nil,
                        message: entry.row == 1 ? text() : nil)))
        }
        var facts = RunPageFacts(header: header, directory: text())
        facts.reason = text()
        facts.message = text()
        facts.label = text()
        facts.startedAt = text()
        facts.finishedAt = text()
        facts.starter = text()
        facts.job = text()
        facts.command = text()
        facts.approvals = [
            .init(who: text(), at: text(), expires: text(), note: text(), verified: false)
        ]
        facts.waivers = [.init(rule: text(), number: 3, count: 2, most: 1)]
        facts.nextCommands = [text()]
        let remedy = text()
        facts.remedy = { _ in remedy }
        var timeline = RunTimeline(startingAt: 0)
        timeline.add(.start(row: 1, request: 1, at: 10))
        facts.timeline = timeline
        var buffer = OutputBuffer()
        page.render(facts, into: &buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func planPage(_ text: () -> String) -> String {
        let header = header(text)
        var tally = SavedPlanTally(header: header)
        for entry in entries(text) { tally.add(entry) }
        var summary = tally.summary
        summary.approvals = [
            .init(who: text(), at: text(), expires: text(), note: text(), verified: true)
        ]
        var page = PlanPage(summary)
        for entry in entries(text) { page.append(entry) }
        var buffer = OutputBuffer()
        page.render(nextCommand: text(), edit: (text(), text()), into: &buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func junit(_ text: () -> String) -> String {
        let report = JUnitReport()
        for entry in entries(text) {
            report.append(
                RunRows.Row(
                    entry: entry,
                    outcome: RowOutcome(
                        row: entry.row,
                        outcome: Outcome(withoutUpdate: entry.disposition) ?? .unsent,
                        message: text())))
        }
        var buffer = OutputBuffer()
        report.render(name: text(), startedAt: text(), into: &buffer)
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "hostile names everywhere change no tag and add no attribute",
        arguments: 0..<20 as Range<UInt64>)
    func hostile(seed: UInt64) {
        // The same text everywhere, so that equal changes stay equal.
        var random = SeededGenerator(seed: seed)
        let evil = Self.text(&random)
        for render in [Self.runPage, Self.planPage, Self.junit] {
            let harmless = render { "abc" }
            let hostile = render { evil }
            #expect(Self.skeleton(hostile) == Self.skeleton(harmless))
            for piece in ["<script>alert", "<img", "\u{202E}", "\u{200B}", "\0", "\u{1B}"] {
                #expect(!hostile.contains(piece))
            }
        }
    }

    @Test("the policy has the hashes of the style and the script, and allows nothing else")
    func policy() throws {
        for page in [Self.runPage({ "abc" }), Self.planPage({ "abc" })] {
            func part(_ start: String, _ end: String) throws -> String {
                let begin = try #require(page.range(of: start)).upperBound
                let stop = try #require(page.range(of: end, range: begin..<page.endIndex))
                    .lowerBound
                return String(page[begin..<stop])
            }
            func hash(_ text: String) -> String {
                let digits = Array(SHA256.hexDigest(of: text.utf8))
                let bytes = stride(from: 0, to: 64, by: 2).map {
                    UInt8(String(digits[$0...$0 + 1]), radix: 16)!
                }
                return Data(bytes).base64EncodedString()
            }
            let style = hash(try part("<style>", "</style>"))
            let script = hash(try part("<script>", "</script>"))
            #expect(
                try part("Content-Security-Policy\" content=\"", "\">")
                    == "default-src 'none'; style-src 'sha256-\(style)'; script-src 'sha256-\(script)'; "
                    + "img-src data:; base-uri 'none'; form-action 'none'")
            // An attribute of style or an event handler would need more than hashes.
            #expect(!Self.skeleton(page).contains { $0.contains(" style=") || $0.contains(" on") })
        }
    }

    @Test("Base64 of any length", arguments: 0..<10)
    func base64(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 200) }
        #expect(Base64.text(of: bytes) == Data(bytes).base64EncodedString())
    }
}
