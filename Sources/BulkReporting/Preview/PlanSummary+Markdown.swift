public import BulkExecution
public import BulkPlan
import BulkSystem
import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension PlanSummary {
    /// The default limit of the Markdown form in bytes; pull requests accept 65,536 characters.
    public static let markdownLimit = 60_000

    /// The preview for a pull request as Markdown, by default shorter than ``markdownLimit`` bytes.
    ///
    /// Omitted parts are counted.
    ///
    /// Text from files or servers is shown as text. It cannot make links, mentions or markup.
    ///
    /// - Parameters:
    ///   - nextCommand: The command that applies the plan; `nil` for none.
    ///   - now: The current time, for the finishing time; `nil` to leave that out.
    ///   - schedule: When updates may be sent, and how fast.
    ///   - limit: The most bytes; `Int.max` omits nothing.
    /// - Returns: Lines of Markdown.
    public func markdown(
        nextCommand: String? = nil, now: Date? = nil, schedule: SendSchedule = SendSchedule(),
        limit: Int = PlanSummary.markdownLimit
    ) -> String {
        let limit = max(0, limit)
        var text = markdownHead
        let tail = markdownTail(nextCommand, now, schedule)
        // Each section may use the space that later sections do not need. Notices and problems are
        // bounded.
        let after =
            markdownNotices(limit / 4)
            + markdownProblems(limit == .max ? limit : Self.valuesLimit)
        let room = limit - text.utf8.count - tail.utf8.count - after.utf8.count - 200
        text += markdownGroups(room)
        return text + after + tail
    }

    private var markdownHead: String {
        let name = header.input.name == "-" ? "standard input" : header.input.name
        let counts = header.counts
        let warning =
            notices.first.flatMap { $0.kind == .noObjectID ? "**\($0.message)**\n\n" : nil } ?? ""
        // Only a selection or an edit excludes rows, and most plans have none.
        let left = [
            (counts.excluded - counts.otherShards, "excluded"),
            (counts.otherShards, "other shards"),
        ].filter { $0.0 > 0 }
        let excluded = (
            left.map { " \($0.1) |" }.joined(), left.map { _ in " ---: |" }.joined(),
            left.map { " \(Words.number($0.0)) |" }.joined()
        )
        let shard = header.shard.map { ", shard \($0.name)" } ?? ""
        return """
            ## Plan `\(header.id.prefix(8))`\(shard): \(Words.tickets(header.requests)) to change

            \(markdownProduction)\
            \(Words.rows(counts.rows)) of \(Self.code(name)), \
            \(header.source == .none ? "without reading the tickets" : "against \(Words.tickets(header.ticketsRead)) read (\(header.source.rawValue))")\
            \(header.parent.map { ", edited from plan `\($0.prefix(8))`" } ?? "")\
            \(markdownConditions).

            | update | unchanged | invalid | conflict | held |\(excluded.0)
            | ---: | ---: | ---: | ---: | ---: |\(excluded.1)
            | \(Words.number(counts.update)) | \(Words.number(counts.unchanged)) \
            | \(Words.number(counts.invalid)) | \(Words.number(counts.conflict)) \
            | \(Words.number(counts.held)) |\(excluded.2)

            \(warning)\(markdownApprovals)
            """
    }

    /// How rows were chosen; empty where all take part.
    private var markdownConditions: String {
        let conditions = header.conditions.map(Self.code)
        return conditions.isEmpty ? "" : ", where " + conditions.joined(separator: " and ")
    }

    /// What a person must see first of a plan for a production organisation.
    private var markdownProduction: String {
        guard let production else { return "" }
        let profile = production.profile.map { "profile \(Self.code($0)), " } ?? ""
        return "**PRODUCTION**: \(profile)\(Self.code(production.baseURL))\n\n"
    }

    /// A line for each approval; the time is written out, because the text stays while time passes.
    private var markdownApprovals: String {
        let lines = approvals.prefix(20).map { approval in
            let note = approval.note.isEmpty ? "" : ": \(Self.code(approval.note))"
            return "- Approved by \(Self.code(approval.who)) at \(approval.at)"
                + (approval.verified ? "" : " (not verified)")
                + ", until \(approval.expires)\(note)\n"
        }
        return lines.isEmpty ? "" : lines.joined() + "\n"
    }

    private func markdownGroups(_ room: Int) -> String {
        guard !groups.isEmpty else { return "" }
        var text = "### Changes\n\n| tickets | change | for example |\n| ---: | --- | --- |\n"
        var shown = 0
        for group in groups {
            let changes = group.changes.map { change in
                let before = change.beforeName.map { Self.code($0) + " " } ?? ""
                return "\(change.field.rawValue) \(before)→ \(Self.code(change.afterName))"
            }
            let samples = group.samples.prefix(2).map(Self.code).joined(separator: ", ")
            let maps = mapLines(of: group).map { " (\(Self.code($0)))" } ?? ""
            let line =
                "| \(Words.number(group.tickets)) | \(changes.joined(separator: ", "))\(maps) | \(samples) |\n"
            if text.utf8.count + line.utf8.count > room { break }
            text += line
            shown += 1
        }
        let rest = groups.dropFirst(shown)
        let tickets = rest.reduce(0) { $0 + $1.tickets } + ticketsInOtherGroups
        if tickets > 0 {
            text +=
                "\nand \(Words.tickets(tickets)) in "
                + Words.counted(rest.count + otherGroups, "smaller group") + "\n"
        }
        return text + "\n"
    }

    private func markdownNotices(_ room: Int) -> String {
        let notices = notices.filter { $0.kind != .noObjectID }
        guard !notices.isEmpty else { return "" }
        var lines: [String] = []
        var used = 0
        for notice in notices {
            let samples = notice.samples.map(Self.code).joined(separator: ", ")
            let line =
                "- " + Self.plain(notice.message) + (samples.isEmpty ? "" : " (\(samples))")
            used += line.utf8.count + 1
            if used > room { break }
            lines.append(line)
        }
        if lines.count < notices.count {
            lines.append("- and \(Words.counted(notices.count - lines.count, "more thing"))")
        }
        return "### Second look\n\n\(lines.joined(separator: "\n"))\n\n"
    }

    /// The most bytes that all lists of wrong values use together.
    private static let valuesLimit = 16_000

    private func markdownProblems(_ limit: Int) -> String {
        guard !problems.isEmpty else { return "" }
        var text =
            "### Not carried out\n\n| rows | reason | first | |\n| ---: | --- | --- | --- |\n"
        var room = limit
        for problem in problems {
            let first = problem.samples.first
            let place = first?.place ?? ""
            text += "| \(Words.number(problem.rows)) | `\(problem.code.rawValue)` | \(place) "
            text +=
                "| \(markdownValues(problem, &room) ?? Self.plain(first?.issue.message ?? "")) |\n"
        }
        return text + "\n"
    }

    /// The wrong values of a problem with their counts; `nil` for a single value or without space.
    private func markdownValues(_ problem: Problem, _ room: inout Int) -> String? {
        guard problem.values.areSeveral else { return nil }
        var lines: [String] = []
        for value in problem.values.listed {
            let line = Self.plain(problem.values.text(value), to: Self.longestText)
            if line.utf8.count > room { break }
            room -= line.utf8.count
            lines.append(line)
        }
        guard !lines.isEmpty else { return nil }
        if let rest = problem.values.rest(after: lines.count) { lines.append(rest) }
        return lines.joined(separator: "<br>")
    }

    private func markdownTail(
        _ nextCommand: String?, _ now: Date?, _ schedule: SendSchedule
    ) -> String {
        let price = header.price
        var text = "### Cost\n\n"
        if header.hasChanges {
            text +=
                "\(Words.counted(price.writes, "request")) (\(price.readingText)), "
                + "\(header.undiffed > 0 ? "at most " : "")\(Words.number(price.auditEntries)) audit "
                + "\(price.auditEntries == 1 ? "entry" : "entries"), \(price.timeText(now: now, schedule, isKept: true)).\n"
            if let hours = schedule.words(now: now?.secondsSince1970) {
                text += "\nUpdates are sent in these hours: \(hours).\n"
            }
        } else {
            text += "Nothing to send.\n"
        }
        text += "\nPlan id: `\(header.id)`\n"
        if let nextCommand {
            let fence = nextCommand.contains("```") ? "~~~~" : "```"
            text += "\n\(fence)sh\n\(TerminalText.escaped(nextCommand))\n\(fence)\n"
        }
        return text
    }

    /// The longest external text that is shown, in characters.
    private static let longestText = 120

    /// An external text as a code span, in which nothing is markup.
    static func code(_ text: String) -> String {
        let shortened = shortened(text)
        // Most values have neither of the characters that mean something here. Below U+0300, which begins with CC, a
        // scalar is a character that equals only itself.
        let isPlain = shortened.utf8.allSatisfy {
            $0 < 0xCC && $0 != UInt8(ascii: "|") && $0 != UInt8(ascii: "`")
        }
        if isPlain { return "`\(shortened)`" }
        let shown = shortened.replacing("|", with: "\\|")
        // A copy of what is in the span has the text alone.
        return RightToLeft.isolated(
            shown.contains("`")
                ? "`` \(shown.replacing("``", with: "` `")) ``" : "`\(shown)`")
    }

    /// Our own text, which may quote external text, with all markup escaped.
    static func plain(_ text: String, to limit: Int = 400) -> String {
        RightToLeft.isolatedStretches(shortened(text, to: limit)).reduce(into: "") {
            result, character in
            if "\\`*_{}[]<>#|~&!".contains(character) {
                result.append("\\")
                result.append(character)
            } else if character == "@" {
                // Prevents a mention or a mail link.
                result += "@<!-- -->"
            } else if (":.").contains(character), beginsLink(result.suffix(6) + String(character)) {
                // Prevents a link.
                result.append(character)
                result += "<!-- -->"
            } else {
                result.append(character)
            }
        }
    }

    /// Whether a text ends with what begins a bare address that pages make a link of.
    private static func beginsLink(_ text: some StringProtocol) -> Bool {
        let text = text.lowercased()
        return ["http:", "https:", "ftp:", "mailto:", "xmpp:", "www."].contains {
            text.hasSuffix($0)
        }
    }

    private static func shortened(_ text: String, to limit: Int = longestText) -> String {
        let escaped = TerminalText.escaped(text)
        // One character can consist of any number of scalars, so the scalars are counted.
        guard escaped.utf8.count > limit, escaped.unicodeScalars.count > limit else {
            return escaped
        }
        return String(String.UnicodeScalarView(escaped.unicodeScalars.prefix(limit))) + "…"
    }
}
