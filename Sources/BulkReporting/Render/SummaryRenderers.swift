import BulkExecution
import BulkPlan
import BulkSystem

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Counts rows that did not succeed, by outcome and code.
struct CodeTally {
    /// Why rows did not succeed.
    struct Key: Hashable {
        var outcome: Outcome
        var code: String?
    }

    /// The rows of one reason.
    struct Count {
        var rows = 0
        /// The first row, and what is said of it.
        var first: (row: Int, line: Int, message: String)
    }

    private(set) var counts: [Key: Count] = [:]

    /// The reasons, most rows first.
    var sorted: [(key: Key, count: Count)] {
        counts.map { ($0.key, $0.value) }
            .sorted { ($1.count.rows, $0.count.first.row) < ($0.count.rows, $1.count.first.row) }
    }

    mutating func add(_ row: RunRows.Row) {
        guard row.needsAttention else { return }
        let key = Key(outcome: row.outcome.outcome, code: row.code)
        let first = (row.entry.row, row.entry.line, row.message ?? "")
        counts[key, default: Count(first: first)].rows += 1
    }
}

/// Renders counts as one JSON object; its keys are described in docs/reports.md.
final class SummaryRenderer: RunRenderer {
    private struct Document: Encodable {
        struct Reason: Encodable {
            let outcome: String
            let errorCode: String?
            let rows: Int
        }

        let format = "mava-bulk-report"
        let version = 1
        let input: String
        let runs: [ReportSubject.Run]
        let rows: Int
        let outcomes: [String: Int]
        let otherShards: Int?
        let reasons: [Reason]
        let missing: [String]
    }

    private let subject: ReportSubject
    private var tally = CodeTally()
    private var text = OutputBuffer()

    init(_ subject: ReportSubject) { self.subject = subject }

    var count: Int { text.count }
    func append(_ row: RunRows.Row) { tally.add(row) }

    func drain(into buffer: inout OutputBuffer) { text.drain { buffer.append($0) } }

    func finish(_ end: ReportEnd) {
        let counts = end.counts
        let document = Document(
            input: subject.input.name, runs: subject.runs, rows: counts.rows,
            outcomes: Dictionary(
                uniqueKeysWithValues: Outcome.allCases.map { ($0.rawValue, counts[$0]) }),
            otherShards: subject.header.shard == nil
                ? nil : subject.header.counts.otherShards,
            reasons: tally.sorted.map {
                .init(
                    outcome: $0.key.outcome.rawValue, errorCode: $0.key.code, rows: $0.count.rows)
            }, missing: end.missing)
        text.append(text: ReadableJSON.text(document))
    }
}

/// Renders a summary for a pull request or a job, shorter than ``PlanSummary/markdownLimit`` bytes.
///
/// Text from files or servers is shown as text. It cannot make links, mentions or markup.
final class MarkdownRenderer: RunRenderer {
    /// The most rows that are listed.
    private static let mostRows = 50
    /// The most reasons that are listed.
    private static let mostReasons = 40
    /// The most bytes before the list of rows, which has the room that is left.
    private static let roomForReasons = 30_000

    private let subject: ReportSubject
    private var tally = CodeTally()
    private var first: [String] = []
    /// The rows whose requests a running run has no answer to.
    private var inFlight = 0
    private var text = OutputBuffer()

    init(_ subject: ReportSubject) { self.subject = subject }

    var count: Int { text.count }
    func drain(into buffer: inout OutputBuffer) { text.drain { buffer.append($0) } }

    func append(_ row: RunRows.Row) {
        tally.add(row)
        if row.isInFlight { inFlight += 1 }
        guard row.needsAttention, first.count < Self.mostRows else { return }
        first.append(
            "| \(row.entry.row) | \(row.entry.line) "
                + "| \(row.entry.ticketID.map(PlanSummary.code) ?? "") "
                + "| \(row.outcome.outcome.rawValue) | \(row.code.map { "`\($0)`" } ?? "") "
                + "| \(PlanSummary.plain(row.message ?? "", to: 200)) |\n")
    }

    func finish(_ end: ReportEnd) {
        let tail = tail(end)
        var page = head(end)
        page += reasons(Self.roomForReasons - page.utf8.count)
        page += rows(
            end, PlanSummary.markdownLimit - page.utf8.count - tail.utf8.count - 200)
        text.append(text: page + tail)
    }

    private func head(_ end: ReportEnd) -> String {
        let counts = end.counts
        let verdict: String
        if subject.facts.isRunning {
            verdict =
                "still running, \(Words.rows(counts[.updated])) updated, "
                + "\(Words.number(inFlight)) in flight, "
                + "\(Words.number(counts[.unsent])) not sent yet"
        } else if counts[.unsent] > 0 {
            let unknown = counts[.unknown]
            verdict =
                "\(Words.rows(counts[.unsent])) not sent"
                + (unknown > 0 ? ", \(Words.number(unknown)) with unknown effect" : "")
        } else if counts.hasTroubledRows {
            let troubled = counts.toRunAgain
            verdict = "\(Words.rows(troubled)) \(troubled == 1 ? "needs" : "need") attention"
        } else {
            verdict = "every row is as asked"
        }
        let name = subject.input.name == "-" ? "standard input" : subject.input.name
        let sent = subject.runs.reduce(0) { $0 + $1.updatesSent }
        let runs = subject.runs.prefix(20).map { PlanSummary.code($0.name) }.joined(
            separator: subject.isMerged ? ", " : ", then ")
        let more = subject.runs.count > 20 ? " and \(subject.runs.count - 20) more" : ""
        let outcomes = Outcome.allCases.filter { counts[$0] > 0 }
        let table =
            outcomes.isEmpty
            ? ""
            : "| \(outcomes.map(\.rawValue).joined(separator: " | ")) |\n"
                + "|\(outcomes.map { _ in " ---: |" }.joined())\n"
                + "| \(outcomes.map { Words.number(counts[$0]) }.joined(separator: " | ")) |\n\n"
        let missing = (end.notes + end.missing).prefix(20).map {
            "**\(PlanSummary.plain($0))**\n\n"
        }.joined()
        let others = subject.header.counts.otherShards
        let shards =
            others == 0
            ? "" : "\(Words.number(others)) of the excluded rows are of other shards.\n\n"
        return "## \(title): \(verdict)\n\n"
            + "\(Words.rows(counts.rows)) of \(PlanSummary.code(name)), "
            + "\(Words.counted(sent, "update")) sent by \(runs)\(more).\n\n" + table + shards
            + missing
    }

    private var title: String {
        if subject.isMerged {
            return "Runs of \(Words.counted(subject.runs.count { $0.shard != nil }, "shard"))"
        }
        let shard = subject.header.shard.map { ", shard \($0.name)" } ?? ""
        return (subject.runs.count > 1 ? "Run with retries" : "Run") + shard
    }

    private func reasons(_ room: Int) -> String {
        let all = tally.sorted
        guard !all.isEmpty else { return "" }
        var text =
            "### Why\n\n| rows | outcome | code | first | |\n| ---: | --- | --- | --- | --- |\n"
        var shown = 0
        for (key, count) in all.prefix(Self.mostReasons) {
            let line =
                "| \(Words.number(count.rows)) | \(key.outcome.rawValue) "
                + "| \(key.code.map { "`\($0)`" } ?? "") | row \(count.first.row) "
                + "| \(PlanSummary.plain(count.first.message)) |\n"
            if text.utf8.count + line.utf8.count > room { break }
            text += line
            shown += 1
        }
        if shown < all.count {
            text += "\nand \(Words.counted(all.count - shown, "more reason"))\n"
        }
        return text + "\n"
    }

    private func rows(_ end: ReportEnd, _ room: Int) -> String {
        guard !first.isEmpty else { return "" }
        var text =
            "### First rows\n\n| row | line | ticket | outcome | code | |\n"
            + "| ---: | ---: | --- | --- | --- | --- |\n"
        var shown = 0
        for line in first {
            if text.utf8.count + line.utf8.count > room { break }
            text += line
            shown += 1
        }
        let rest = end.counts.toRunAgain - shown
        if rest > 0 { text += "\nand \(Words.counted(rest, "more row"))\n" }
        return text + "\n"
    }

    private func tail(_ end: ReportEnd) -> String {
        guard !end.nextCommands.isEmpty else { return "" }
        let commands = end.nextCommands.map(TerminalText.escaped).joined(separator: "\n")
        let fence = commands.contains("```") ? "~~~~" : "```"
        return "### Next\n\n\(fence)sh\n\(commands)\n\(fence)\n"
    }
}
