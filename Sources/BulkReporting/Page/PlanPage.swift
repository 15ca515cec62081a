package import BulkPlan
package import BulkSystem

/// A plan as a page: what it would do, what it costs, and which rows to leave out.
package struct PlanPage: ~Copyable {
    /// The most rows that are listed.
    package static let mostRows = 1000
    /// The most groups that are shown.
    private static let mostGroups = 200
    /// The most bytes of the list of rows, before rows are left out.
    private static let mostRowBytes = 1_000_000
    /// The most bytes that the row numbers of one ticket use, of one group, and of all groups.
    private static let mostNumberBytes = (ticket: 1000, group: 20_000, all: 400_000)
    /// The most rows whose groups are kept for rows that share their request.
    private static let mostCarriers = 50_000

    private let summary: PlanSummary
    /// The group of changes of each group that is shown.
    private var places: [[FieldChange]: Int] = [:]
    private var numbers: [RowNumbers]
    private var groupOfCarrier: [Int: Int] = [:]
    private var canFollowCarriers = true
    private var rows = HTMLWriter()
    private var listed = 0
    private let directory: NameDirectory
    /// The rows of tickets that are left out as a whole; `nil` where each row is left out by itself.
    private let ticketRows: TicketRows?

    /// Begins with no rows.
    ///
    /// - Parameters:
    ///   - summary: The plan's summary.
    ///   - ticketRows: The rows of tickets with several, where the last row of a ticket counts.
    package init(_ summary: PlanSummary, _ ticketRows: TicketRows? = nil) {
        self.summary = summary
        self.ticketRows = ticketRows
        directory = NameDirectory(summary.header)
        let shown = summary.groups.prefix(Self.mostGroups)
        numbers = shown.map { _ in RowNumbers() }
        for (index, group) in shown.enumerated() {
            let changes = group.changes.map {
                FieldChange(field: $0.field, before: $0.before, after: $0.after)
            }
            places[changes] = index
        }
    }

    /// Appends the next row of the plan.
    package mutating func append(_ entry: PlanEntry) {
        if entry.disposition == .update { addToGroup(entry) }
        guard listed < Self.mostRows, rows.count < Self.mostRowBytes else { return }
        listed += 1
        list(entry)
    }

    private mutating func addToGroup(_ entry: PlanEntry) {
        if let ticketRows {
            // The row that counts adds those that it replaces.
            guard entry.mergedInto == nil, let group = places[entry.changes] else { return }
            for row in ticketRows[entry] ?? [entry.row] { numbers[group].add(row) }
        } else if let carrier = entry.mergedInto {
            if let group = groupOfCarrier[carrier] {
                numbers[group].add(entry.row)
            } else {
                canFollowCarriers = canFollowCarriers && groupsAreFew
            }
        } else if let group = places[entry.changes] {
            if sharesRequests, groupsAreFew { groupOfCarrier[entry.row] = group }
            numbers[group].add(entry.row)
        }
    }

    private var groupsAreFew: Bool { groupOfCarrier.count < Self.mostCarriers }
    private var sharesRequests: Bool { summary.header.counts.update > summary.header.requests }

    /// The row numbers of the groups that can be left out; `nil` where they are too many.
    private var lists: [String?] {
        guard canFollowCarriers, ticketRows?.areTooMany != true else {
            return numbers.map { _ in nil }
        }
        var room = Self.mostNumberBytes.all
        return numbers.map { numbers in
            guard let text = numbers.text,
                text.utf8.count <= min(Self.mostNumberBytes.group, room)
            else { return nil }
            room -= text.utf8.count
            return text
        }
    }

    /// The rows that are left out with a row, with itself; `nil` where they are too many.
    private func rowsLeftOut(with entry: PlanEntry) -> String? {
        guard let ticketRows, let rows = ticketRows[entry] else { return "\(entry.row)" }
        guard !ticketRows.areTooMany, let text = RowNumbers(rows).text,
            text.utf8.count <= Self.mostNumberBytes.ticket
        else { return nil }
        return text
    }

    private mutating func list(_ entry: PlanEntry) {
        rows.markup("<tr")
        rows.attribute("data-kind", entry.disposition.rawValue)
        rows.markup("><td class=\"pick\">")
        if entry.disposition == .update, let numbers = rowsLeftOut(with: entry) {
            rows.markup("<input type=\"checkbox\" checked disabled autocomplete=\"off\"")
            rows.attribute("data-row", numbers, limit: .max)
            let isAlone = numbers.allSatisfy(\.isNumber)
            rows.attribute("aria-label", isAlone ? "Keep row \(numbers)" : "Keep rows \(numbers)")
            rows.markup(">")
        }
        rows.markup("</td><td class=\"number\">")
        rows.decimal(entry.row)
        rows.markup("</td><td class=\"number\">")
        rows.decimal(entry.line)
        rows.markup("</td><td><code>")
        rows.value(entry.ticketID ?? "", limit: 60)
        rows.markup("</code></td><td>")
        rows.text(entry.disposition.rawValue)
        rows.markup("</td><td class=\"change\">")
        rows.changes(entry.changes.map { PlanSummary.Change($0, directory) })
        rows.markup("</td><td class=\"message\">")
        if let mergedInto = entry.mergedInto {
            rows.markup("with row ")
            rows.decimal(mergedInto)
        }
        if entry.isUndiffed { rows.markup(" not read") }
        if let issue = entry.issue {
            rows.markup("<code>")
            rows.text(issue.code.rawValue)
            rows.markup("</code> ")
            if let column = issue.column {
                rows.value(column)
                rows.markup(": ")
            }
            rows.text(issue.message)
        }
        rows.markup("</td></tr>\n")
    }

    /// Renders the page of the rows so far.
    ///
    /// - Parameters:
    ///   - nextCommand: The command that applies the plan; `nil` for none.
    ///   - edit: The command that leaves rows out of the plan, before and after the row numbers; `nil` where the plan
    ///     is not saved.
    ///   - buffer: Gets the page.
    package mutating func render(
        nextCommand: String?, edit: (before: String, after: String)?,
        into buffer: inout OutputBuffer
    ) {
        var page = HTMLWriter()
        let header = summary.header
        PageFrame.begin(&page, title: "\(verdict) mava-bulk plan \(header.id.prefix(8))")
        page.text(verdict)
        page.markup("</h1>\n<p class=\"lead\">")
        page.text(Words.rows(header.counts.rows))
        page.markup(" of <code>")
        page.input(header.input)
        page.markup("</code>, ")
        page.text(
            header.source == .none
                ? "without reading the tickets"
                : "compared with \(Words.tickets(header.ticketsRead)) read (\(header.source.rawValue))"
        )
        page.markup(".</p>\n")
        page.production(summary.production)
        page.markup("</header>\n<main>\n")
        dispositions(&page)
        notices(&page)
        let command = edit.flatMap { header.hasChanges ? $0 : nil }
        groups(&page, canPick: command != nil)
        problems(&page)
        rowList(&page)
        edits(&page, command)
        if let nextCommand {
            page.markup(
                "<section id=\"apply\" aria-labelledby=\"next\">\n<h2 id=\"next\">Apply it</h2>\n<pre><code>"
            )
            page.text(nextCommand, limit: 4000)
            page.markup("</code></pre>\n</section>\n")
        }
        page.about(summary)
        PageFrame.end(&page, tool: header.tool)
        page.drain(into: &buffer)
    }

    private var verdict: String {
        let header = summary.header
        let counts = header.counts
        let refused = counts.invalid + counts.conflict + counts.held
        let others =
            refused == 0
            ? "" : ", \(Words.rows(refused)) \(refused == 1 ? "is" : "are") not carried out"
        guard header.hasChanges else { return "Nothing would change\(others)." }
        return "\(Words.tickets(header.requests)) would change\(others)."
    }

    private func dispositions(_ page: inout HTMLWriter) {
        let header = summary.header
        let price = header.price
        page.markup(
            "<section aria-labelledby=\"rows-by\">\n<h2 id=\"rows-by\">What it would do</h2>\n")
        let parts = Disposition.allCases.map { ($0.rawValue, header.counts[$0]) }
        page.bar(
            parts,
            label: parts.filter { $0.1 > 0 }.map { "\(Words.number($0.1)) \($0.0)" }
                .joined(separator: ", "))
        page.markup("<p>")
        if header.hasChanges {
            let atMost = header.undiffed > 0 ? "at most " : ""
            page.text(
                "Price: \(Words.counted(price.writes, "request")) (\(price.readingText)), \(atMost)"
                    + "\(Words.number(price.auditEntries)) audit "
                    + "\(price.auditEntries == 1 ? "entry" : "entries"), \(price.timeText(now: nil))."
            )
        } else {
            page.markup("Nothing to send.")
        }
        page.markup("</p>\n</section>\n")
    }

    private func notices(_ page: inout HTMLWriter) {
        guard !summary.notices.isEmpty else { return }
        page.markup("<section aria-labelledby=\"look\">\n<h2 id=\"look\">Take a second look</h2>\n")
        for notice in summary.notices.prefix(100) {
            page.markup("<p class=\"warning\">")
            page.text(notice.message, limit: 500)
            if !notice.samples.isEmpty {
                for (index, sample) in notice.samples.enumerated() {
                    page.markup(index == 0 ? " <code>" : ", ")
                    page.value(sample)
                }
                page.markup("</code>")
            }
            page.markup("</p>\n")
        }
        page.markup("</section>\n")
    }

    private func groups(_ page: inout HTMLWriter, canPick: Bool) {
        guard !summary.groups.isEmpty else { return }
        let lists = lists
        page.markup("<section aria-labelledby=\"groups\">\n<h2 id=\"groups\">Changes</h2>\n")
        page.table("Groups of equal changes", id: nil, isLong: true)
        page.markup("<thead><tr>")
        if canPick { page.markup("<th scope=\"col\" class=\"pick\">keep</th>") }
        page.markup(
            """
            <th scope="col" class="number">tickets</th><th scope="col">change</th>
            <th scope="col">for example</th></tr></thead>
            <tbody>

            """)
        for (index, group) in summary.groups.prefix(Self.mostGroups).enumerated() {
            page.markup("<tr>")
            if canPick {
                page.markup("<td class=\"pick\">")
                if let list = lists[index] {
                    page.markup("<input type=\"checkbox\" checked disabled autocomplete=\"off\"")
                    page.attribute("data-rows", list, limit: .max)
                    page.attribute("aria-label", Self.label(group))
                    page.markup(">")
                }
                page.markup("</td>")
            }
            page.markup("<td class=\"number\">")
            page.number(group.tickets)
            page.markup("</td><td class=\"change\">")
            page.changes(group.changes)
            if let lines = summary.mapLines(of: group) {
                page.markup("<br><span class=\"note\">by ")
                page.text(lines)
                page.markup("</span>")
            }
            page.markup("</td><td class=\"samples\">")
            for (index, sample) in group.samples.enumerated() {
                page.markup(index == 0 ? "<code>" : ", <code>")
                page.value(sample)
                page.markup("</code>")
            }
            page.markup("</td></tr>\n")
        }
        page.endTable()
        let rest = summary.groups.dropFirst(Self.mostGroups)
        let tickets = rest.reduce(0) { $0 + $1.tickets } + summary.ticketsInOtherGroups
        if tickets > 0 {
            page.markup("<p class=\"note\">and ")
            page.text(Words.tickets(tickets))
            page.markup(" in smaller groups</p>\n")
        }
        page.markup("</section>\n")
    }

    /// What a person who cannot see the table hears of a group's box.
    private static func label(_ group: PlanSummary.Group) -> String {
        "Keep \(Words.tickets(group.tickets)): "
            + group.changes.map(\.plainText).joined(separator: ", ")
    }

    private func edits(
        _ page: inout HTMLWriter, _ command: (before: String, after: String)?
    ) {
        guard summary.header.hasChanges else { return }
        guard let command else {
            page.markup("<p class=\"note\">Save the plan to leave rows out of it here.</p>\n")
            return
        }
        page.markup(
            """
            <p id="edit-status" class="heard" role="status" aria-live="polite"></p>
            <section id="edit" aria-labelledby="edit-title" hidden>
            <h2 id="edit-title">Leave out <span id="edit-count">no rows</span></h2>
            <p>This command writes a new plan without them, and says how to apply that one. The plan of this page
            keeps them.</p>
            <pre><code id="edit-command"
            """)
        page.attribute("data-before", command.before, limit: 4000)
        page.attribute("data-after", command.after, limit: 4000)
        page.markup("></code></pre>\n</section>\n")
    }

    private func problems(_ page: inout HTMLWriter) {
        guard !summary.problems.isEmpty else { return }
        page.markup(
            "<section aria-labelledby=\"problems\">\n<h2 id=\"problems\">Not carried out</h2>\n")
        page.table("Problems by cause", id: nil)
        page.markup(
            """
            <thead><tr><th scope="col" class="number">rows</th><th scope="col">cause</th>
            <th scope="col">first row</th></tr></thead>
            <tbody>

            """)
        for problem in summary.problems {
            page.markup("<tr><td class=\"number\">")
            page.number(problem.rows)
            page.markup("</td><td><code>")
            page.text(problem.code.rawValue)
            page.markup("</code></td><td class=\"message\">")
            if let first = problem.samples.first {
                page.markup("Row ")
                page.decimal(first.row)
                page.markup(": ")
                page.text(first.issue.message, limit: 300)
            }
            if problem.values.areSeveral {
                for value in problem.values.listed.prefix(20) {
                    page.markup("<br>")
                    page.text(problem.values.text(value))
                }
            }
            page.markup("</td></tr>\n")
        }
        page.endTable()
        page.markup("</section>\n")
    }

    private mutating func rowList(_ page: inout HTMLWriter) {
        guard listed > 0 else { return }
        let counts = summary.header.counts
        page.markup("<section aria-labelledby=\"list\">\n<h2 id=\"list\">Rows</h2>\n")
        page.controls(Disposition.allCases.filter { counts[$0] > 0 }.map(\.rawValue))
        page.table("Rows of the plan", id: "rows", isLong: true)
        page.markup("<thead><tr><th scope=\"col\" class=\"pick\">keep</th>")
        page.markup(
            """
            <th scope="col" class="number">row</th><th scope="col" class="number">line</th><th scope="col">ticket</th>
            <th scope="col">outcome</th><th scope="col">change</th><th scope="col">note</th></tr></thead>
            <tbody id="rows-body">

            """)
        page.append(&rows)
        page.endTable()
        if counts.rows > listed {
            page.markup("<p class=\"note\">and ")
            page.text(Words.counted(counts.rows - listed, "more row"))
            page.markup("</p>\n")
        }
        page.markup("</section>\n")
    }
}
