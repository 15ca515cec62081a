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
    /// The layout of a preview on a terminal.
    public struct TextLayout: Hashable, Sendable {
        /// The terminal's width in columns.
        public var width: Int
        /// The most lines; `Int.max` shows everything.
        public var height: Int
        /// The command that applies the plan, shown at the end; `nil` for none.
        public var nextCommand: String?
        /// The current time, for the finishing time; `nil` to leave that out.
        public var now: Date?
        /// When updates may be sent, and how fast.
        public var schedule = SendSchedule()
        /// The command that shows everything, for the last line of a shortened preview.
        ///
        /// The value is `nil` if there is no such command.
        public var moreCommand: String?

        /// Describes a terminal; the default is 80 columns and 24 lines.
        public init(
            width: Int = 80, height: Int = 24, nextCommand: String? = nil, now: Date? = nil,
            moreCommand: String? = nil, schedule: SendSchedule = SendSchedule()
        ) {
            self.width = max(width, 40)
            self.height = max(height, 18)
            self.nextCommand = nextCommand
            self.now = now
            self.moreCommand = moreCommand
            self.schedule = schedule
        }
    }

    /// The preview for a terminal, with at most the layout's number of lines for a plan of any
    /// size.
    ///
    /// If something is left out or a line is cut, the last line says how to see the rest.
    ///
    /// Text from files or servers cannot control the terminal.
    ///
    /// - Parameter layout: The terminal.
    /// - Returns: Lines, each with a newline at its end.
    public func text(_ layout: TextLayout = TextLayout()) -> String {
        let whole = lines(layout, height: layout.height)
        // The user copies this command, so it is never cut.
        let next = layout.nextCommand.map { ["", "Next: \($0)"] } ?? []
        let shown = Self.fit(whole.lines, width: layout.width, height: layout.height - next.count)
        guard whole.isCut || shown.isCut else { return Self.text(shown.lines + next) }
        let more = layout.moreCommand.map { "All of it: \($0)" } ?? Self.noMore
        let height = layout.height - 1
        let rest = Self.fit(
            lines(layout, height: height).lines, width: layout.width, height: height - next.count)
        return Self.text(rest.lines + next + [more])
    }

    /// The beginnings of lines that say what a person decides by, the most important first.
    private static let prose = ["  ! ", "  approved by ", "Cost: ", "Time: ", "Hours: ", "Plan "]

    /// Makes lines fit a terminal.
    ///
    /// As long as there is room below, prose goes on in further lines. Everything else is cut.
    ///
    /// - Parameters:
    ///   - lines: The lines.
    ///   - width: The terminal's columns.
    ///   - height: The most lines.
    /// - Returns: The lines, and whether any of them was cut.
    private static func fit(
        _ lines: [String], width: Int, height: Int
    ) -> (lines: [String], isCut: Bool) {
        let cut = lines.map { TerminalText.cut($0, to: width) }
        let long = lines.indices.filter { cut[$0] != lines[$0] }
        if long.isEmpty { return (lines, false) }
        var room = height - lines.count
        var wrapped: [Int: [String]] = [:]
        for beginning in prose {
            for index in long where lines[index].hasPrefix(beginning) {
                guard let pieces = TerminalText.wrapped(lines[index], to: width, indent: 4),
                    pieces.count - 1 <= room
                else { continue }
                room -= pieces.count - 1
                wrapped[index] = pieces
            }
        }
        let fitted = cut.indices.flatMap { wrapped[$0] ?? [cut[$0]] }
        return (fitted, wrapped.count < long.count)
    }

    private static func text(_ lines: [String]) -> String {
        var text = ""
        text.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count + 1 })
        for line in lines {
            text += line
            text += "\n"
        }
        return text
    }

    /// This fits the narrowest terminal.
    private static let noMore = "Not all is shown: print it to a file"

    /// The preview without the next command, and whether something was left out.
    private func lines(_ layout: TextLayout, height: Int) -> (lines: [String], isCut: Bool) {
        var top = [title, countLine]
        // One line for all of them, because the terminal may be low.
        if !header.conditions.isEmpty {
            top.append(
                "  where " + header.conditions.map(TerminalText.value).joined(separator: "; "))
        }
        if let parent = header.parent {
            top.insert("  edited from plan \(parent.prefix(8))", at: 1)
        }
        let approved = approvalLines(layout, height: height)
        if approved.isCut, approved.lines.isEmpty {
            let count = Words.counted(approvals.count, "approval")
            top[top.count - 1] = "  \(count);" + countLine.dropFirst()
        }
        top += approved.lines
        // All other problems most likely result from this one.
        if let notice = notices.first, notice.kind == .noObjectID {
            top.append("  ! " + notice.message)
        }
        let notices = notices.filter { $0.kind != .noObjectID }
        let bottom = costLines(layout)
        let next = layout.nextCommand == nil ? 0 : 2
        // Up to three sections need a heading and a blank line each.
        let sections = [!groups.isEmpty, !notices.isEmpty, !problems.isEmpty].filter { $0 }.count
        var room = max(height - top.count - bottom.count - next - 1 - sections * 2, 3)
        let groupCount = groups.count + (ticketsInOtherGroups > 0 ? 1 : 0)
        let problemCount = problemLineCount
        let fits = groupCount + notices.count + problemCount <= room
        let looks = fits ? notices.count : min(notices.count, max(1, room / 4))
        let wrongs =
            fits
            ? problemCount
            : min(problemCount, max(1, groups.isEmpty ? room - looks : room / 4))
        room -= looks + wrongs
        let isCut =
            approved.isCut || looks < notices.count || wrongs < problemCount
            || !groups.isEmpty && groupCount > max(room, 2)
        var lines = top
        if !groups.isEmpty {
            lines += ["", "Changes"] + groupLines(max(room, 2))
        }
        if !notices.isEmpty {
            lines +=
                ["", "Second look"]
                + Self.noticeLines(
                    notices, looks, now: layout.now?.millisecondsSince1970)
        }
        if !problems.isEmpty {
            lines += ["", "Not carried out"] + problemLines(wrongs)
        }
        return (lines + [""] + bottom, isCut)
    }

    /// The most lines for approvals.
    private static let approvalLimit = 3

    /// The approvals, and whether some are left out; the lowest terminals have room for their number only.
    private func approvalLines(_ layout: TextLayout, height: Int) -> (lines: [String], isCut: Bool)
    {
        let room = min(Self.approvalLimit, max(0, height - 18))
        let shown = approvals.count <= room ? approvals.count : max(0, room - 1)
        var lines = approvals.prefix(shown).map {
            "  " + TerminalText.sentence($0.text(now: layout.now?.millisecondsSince1970))
        }
        if approvals.count > shown, room > 0 {
            lines.append("  and \(Words.counted(approvals.count - shown, "more approval"))")
        }
        return (lines, approvals.count > shown)
    }

    private var title: String {
        let source =
            switch header.source {
            case .live: "against the tickets as they are"
            case .snapshot: "against a snapshot"
            case .none: "without reading the tickets"
            }
        let name = header.input.name == "-" ? "standard input" : header.input.name
        let shard = header.shard.map { ", shard \($0.name)" } ?? ""
        return "Plan \(header.id.prefix(8))\(shard): \(Words.rows(header.counts.rows)) of "
            + "\(TerminalText.value(name)) \(source)"
    }

    private var countLine: String {
        let counts = header.counts
        let parts = [
            (counts.update, "update"), (counts.unchanged, "unchanged"), (counts.invalid, "invalid"),
            (counts.conflict, "conflict"), (counts.held, "held"),
            (counts.excluded - counts.otherShards, "excluded"),
            (counts.otherShards, "of other shards"),
        ].enumerated().filter { $0.offset < 5 || $0.element.0 > 0 }.map(\.element)
        if counts.rows == 0 { return "  nothing to do" }
        return "  " + parts.map { "\(Words.number($0.0)) \($0.1)" }.joined(separator: ", ")
    }

    private func groupLines(_ room: Int) -> [String] {
        let isAll = groups.count <= room && ticketsInOtherGroups == 0
        let shown = isAll ? groups : Array(groups.prefix(room - 1))
        let width = shown.map { Words.number($0.tickets).count }.max() ?? 0
        // There can be 65,536 lines, so each is put together once.
        var lines = shown.map { group in
            let count = Words.number(group.tickets)
            var line = String(repeating: " ", count: 2 + width - count.utf8.count)
            line.reserveCapacity(160)
            line += count
            line += " × "
            group.appendText(to: &line)
            if let maps = mapLines(of: group) { line += "  [\(TerminalText.sentence(maps))]" }
            line += "  ("
            line += group.sampleText
            line += ")"
            return line
        }
        if !isAll {
            let rest = groups.dropFirst(shown.count)
            let tickets = rest.reduce(0) { $0 + $1.tickets } + ticketsInOtherGroups
            lines.append(
                "  and \(Words.tickets(tickets)) in "
                    + Words.counted(rest.count + otherGroups, "smaller group"))
        }
        return lines
    }

    private static func noticeLines(_ notices: [Notice], _ room: Int, now: Int64?) -> [String] {
        var lines = notices.prefix(notices.count <= room ? room : room - 1).map { notice in
            let samples =
                notice.samples.isEmpty
                ? "" : " (\(notice.samples.map(TerminalText.value).joined(separator: ", ")))"
            return "  ! \(TerminalText.sentence(notice.message(now: now)))\(samples)"
        }
        if notices.count > lines.count {
            lines.append("  ! and \(Words.counted(notices.count - lines.count, "more thing"))")
        }
        return lines
    }

    /// How many lines the problems need with all their values.
    private var problemLineCount: Int {
        problems.reduce(0) { $0 + 1 + $1.values.lines(.max).count }
    }

    /// A line for each problem, followed by one for each wrong value if there is space.
    private func problemLines(_ room: Int) -> [String] {
        let shown = problems.prefix(problems.count <= room ? room : room - 1)
        var left = room - shown.count - (shown.count < problems.count ? 1 : 0)
        var lines: [String] = []
        for problem in shown {
            let values = problem.values.lines(left)
            left -= values.count
            lines.append(line(problem, listsValues: values.isEmpty))
            lines += values
        }
        if shown.count < problems.count {
            let rest = problems.dropFirst(shown.count)
            let rows = rest.reduce(0) { $0 + $1.rows }
            lines.append(
                "  and \(Words.rows(rows)) for \(Words.counted(rest.count, "other reason"))")
        }
        return lines
    }

    /// A problem on one line: its values with their counts, or the message for a single value.
    private func line(_ problem: Problem, listsValues: Bool) -> String {
        let first = problem.samples.first
        let place = first?.place ?? ""
        let values = problem.values
        let message =
            values.areSeveral && listsValues
            ? values.listed.map { TerminalText.sentence(values.text($0)) }.joined(separator: ", ")
            : first.map { TerminalText.sentence($0.issue.message) } ?? ""
        return "  \(Words.number(problem.rows)) \(problem.code.rawValue), "
            + "\(problem.rows == 1 ? "" : "first ")\(place): \(message)"
    }

    private func costLines(_ layout: TextLayout) -> [String] {
        let price = header.price
        guard header.hasChanges else { return ["Nothing to send."] }
        let atMost = header.undiffed > 0 ? "at most " : ""
        let first =
            "Cost: \(Words.counted(price.writes, "request")) (\(price.readingText)), \(atMost)"
            + "\(Words.number(price.auditEntries)) audit "
            + (price.auditEntries == 1 ? "entry" : "entries")
        let hours = layout.schedule.words(now: layout.now?.secondsSince1970)
        return [first, "Time: \(price.timeText(now: layout.now, layout.schedule))"]
            + [hours.map { "Hours: \($0)" }].compactMap(\.self)
    }
}

extension PlanPrice {
    /// What reading cost, and what it would cost without.
    var readingText: String {
        "reading took \(Words.number(reads))"
            + (writesWithoutReading.map { "; \(Words.number($0)) without reading" } ?? "")
    }

    /// How long the updates take at the quota, and when they will be finished.
    ///
    /// - Parameters:
    ///   - now: The current time; `nil` to leave the end out.
    ///   - schedule: When updates may be sent, and how fast.
    ///   - isKept: Whether the text is read later, so that it names times alone.
    /// - Returns: For example `55 min 30 s at 90 requests in 30 s, finished about 2026-11-27T10:00:00Z`.
    func timeText(now: Date?, _ schedule: SendSchedule = SendSchedule(), isKept: Bool = false)
        -> String
    {
        let quota = "at \(Words.counted(quotaLimit, "request")) in \(quotaSeconds) s"
        guard let now else { return "\(durationText) \(quota)" }
        let start = now.secondsSince1970
        guard !schedule.isPlain else {
            let end = CivilTime(secondsSince1970: start + seconds).iso8601
            return "\(durationText) \(quota), finished about \(end)"
        }
        guard let end = end(from: start, schedule) else {
            return "these hours do not suffice within 400 days"
        }
        var span = self
        span.seconds = end - start
        let beginning =
            isKept ? "after \(CivilTime(secondsSince1970: start).iso8601)" : "from now"
        let length = span.seconds == 0 ? "at once" : "\(span.durationText) \(beginning)"
        return "\(length), within these hours, finished about "
            + CivilTime(secondsSince1970: end).iso8601
    }
}

extension PlanPrice {
    /// When the last update may be sent; `nil` where the hours of 400 days do not suffice.
    func end(from start: Int, _ schedule: SendSchedule) -> Int? {
        let pace = Quota(requests: quotaLimit, window: .seconds(quotaSeconds))
        return schedule.end(ofRequests: writes, pace, from: start)
    }
}

extension PlanSummary.Group {
    /// Appends the changes, such as `assignedTo Ada → Grace, priority 2 → 3`, safe for a terminal.
    fileprivate func appendText(to text: inout String) {
        for (index, change) in changes.enumerated() {
            if index > 0 { text += ", " }
            change.appendText(to: &text)
        }
    }

    /// The ids of a few of the tickets.
    var sampleText: String {
        let few = samples.prefix(tickets > 2 ? 1 : 2).map(TerminalText.value)
        return few.joined(separator: ", ") + (tickets > few.count ? ", …" : "")
    }
}

extension PlanSummary.Change {
    /// The change in words, safe for a terminal, with values of right-to-left scripts in order.
    package var text: String {
        var text = ""
        appendText(to: &text)
        return text
    }

    /// The change in words, safe for a terminal, as data: nothing is added for its display.
    package var plainText: String {
        let before = beforeName.map { " " + TerminalText.escaped($0) } ?? ""
        return "\(field.rawValue)\(before) → \(TerminalText.escaped(afterName))"
    }

    fileprivate func appendText(to text: inout String) {
        text += field.rawValue
        if let beforeName {
            text += " "
            text += TerminalText.value(beforeName)
        }
        text += " → "
        text += TerminalText.value(afterName)
    }
}
