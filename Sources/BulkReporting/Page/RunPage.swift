import BulkExecution
package import BulkPlan
package import BulkSystem

/// report.html: a run as a page, in memory that does not grow with the rows.
package final class RunPage {
    /// The most rows that are listed.
    package static let mostRows = 1000
    /// The most bytes of the list of rows, before rows are left out.
    private static let mostRowBytes = 1_200_000
    /// The most groups of changes that are counted by themselves, and the most that are shown.
    private static let mostGroups = (counted: 4096, shown: 50)
    /// The most causes that are shown.
    private static let mostCauses = 40

    private struct Cause: Hashable {
        var outcome: Outcome
        var code: String?
    }

    private let directory: NameDirectory
    private var counts = OutcomeCounts()
    private var inFlight = 0
    private var groups: [[FieldChange]: (rows: Int, updated: Int, sample: String?)] = [:]
    private var otherRows = 0
    private var causes: [Cause: (rows: Int, row: Int, message: String)] = [:]
    private var rows = HTMLWriter()
    private var listed = 0

    /// Begins with no rows.
    ///
    /// - Parameter header: The plan's header, which has the names.
    package init(header: PlanHeader) { directory = NameDirectory(header) }

    /// Appends the next row.
    package func append(_ row: RunRows.Row) {
        let (entry, outcome) = (row.entry, row.outcome)
        counts.add(outcome.outcome)
        if row.isInFlight { inFlight += 1 }
        if outcome.outcome != .unchanged, !entry.changes.isEmpty { count(entry, outcome) }
        switch outcome.outcome {
        case .updated, .unchanged, .excluded: return
        case .invalid, .conflict, .held, .failed, .unknown, .unsent: break
        }
        let issue = outcome.issue ?? entry.issue
        let code = outcome.failure?.rawValue ?? issue?.code.rawValue
        let message = outcome.message ?? issue?.message
        let cause = Cause(outcome: outcome.outcome, code: code)
        causes[cause, default: (0, entry.row, message ?? "")].rows += 1
        guard listed < Self.mostRows, rows.count < Self.mostRowBytes else { return }
        listed += 1
        list(entry, outcome.outcome, code, message)
    }

    private func count(_ entry: PlanEntry, _ outcome: RowOutcome) {
        let updated = outcome.outcome == .updated ? 1 : 0
        guard let place = groups.index(forKey: entry.changes) else {
            guard groups.count < Self.mostGroups.counted else {
                otherRows += 1
                return
            }
            groups[entry.changes] = (1, updated, entry.ticketID)
            return
        }
        groups.values[place].rows += 1
        groups.values[place].updated += updated
    }

    private func list(_ entry: PlanEntry, _ outcome: Outcome, _ code: String?, _ message: String?) {
        rows.markup("<tr")
        rows.attribute("data-kind", outcome.rawValue)
        rows.markup("><td class=\"number\">")
        rows.decimal(entry.row)
        rows.markup("</td><td class=\"number\">")
        if entry.line > 0 { rows.decimal(entry.line) }
        rows.markup("</td><td><code>")
        rows.value(entry.ticketID ?? "", limit: 60)
        rows.markup("</code></td><td>")
        rows.text(outcome.rawValue)
        rows.markup("</td><td><code>")
        rows.text(code ?? "")
        rows.markup("</code></td><td class=\"change\">")
        rows.changes(entry.changes.map { PlanSummary.Change($0, directory) })
        rows.markup("</td><td class=\"message\">")
        rows.text(message ?? "")
        rows.markup("</td></tr>\n")
    }

    /// Why rows did not succeed, most rows first; there are no more of them than outcomes and codes.
    package var reasons: [OutcomeReason] {
        causes.map { cause, count in
            OutcomeReason(
                outcome: cause.outcome, code: cause.code, rows: count.rows, row: count.row,
                message: count.message)
        }.sorted { ($1.rows, $0.row) < ($0.rows, $1.row) }
    }

    /// Renders the page of the rows so far.
    ///
    /// - Parameters:
    ///   - facts: What is known beside the rows.
    ///   - buffer: Gets the page.
    package func render(_ facts: RunPageFacts, into buffer: inout OutputBuffer) {
        var page = HTMLWriter()
        let verdict = verdict(facts)
        let name =
            facts.shards.isEmpty
            ? "run \(facts.header.id.prefix(8))" : "runs of \(facts.shardCount) shards"
        PageFrame.begin(&page, title: "\(verdict) mava-bulk \(name)")
        page.text(verdict)
        page.markup("</h1>\n<p class=\"lead\">")
        page.text(Words.rows(counts.rows))
        page.markup(" of <code>")
        page.input(facts.header.input)
        page.markup("</code>, ")
        page.text(Words.counted(facts.updatesSent, "request"))
        page.markup(" sent.</p>\n</header>\n<main>\n")
        outcomes(facts, &page)
        next(facts, &page)
        why(facts, &page)
        attention(&page)
        changes(&page)
        if let timeline = facts.timeline, timeline.requests.contains(where: { $0 > 0 }) {
            page.requests(timeline, quota: facts.quota)
            page.latencies(timeline)
        }
        about(facts, &page)
        PageFrame.end(&page, tool: facts.header.tool)
        page.drain(into: &buffer)
    }

    /// The rows with which somebody has to do something.
    private var troubled: Int {
        counts.rows - counts[.updated] - counts[.unchanged] - counts[.excluded]
    }

    private func verdict(_ facts: RunPageFacts) -> String {
        if counts.rows == 0 { return "The input has no rows." }
        let updated = "\(Words.rows(counts[.updated])) updated"
        if facts.isRunning {
            return "The run still works: \(updated), \(Words.number(inFlight)) in flight, "
                + "\(Words.number(counts[.unsent])) not sent yet."
        }
        if counts[.unsent] > 0 {
            let unknown = counts[.unknown]
            return "The run is not finished: \(updated), "
                + (unknown > 0 ? "\(Words.number(unknown)) with unknown effect, " : "")
                + "\(Words.number(counts[.unsent])) not sent."
        }
        guard troubled > 0 else {
            let kept = counts[.unchanged]
            return "Everything is as asked: \(updated)"
                + (kept > 0 ? ", \(Words.number(kept)) had the values already." : ".")
        }
        return
            "\(Words.rows(troubled)) \(troubled == 1 ? "needs" : "need") attention, \(updated)."
    }

    private func outcomes(_ facts: RunPageFacts, _ page: inout HTMLWriter) {
        page.markup("<section aria-labelledby=\"outcomes\">\n<h2 id=\"outcomes\">Outcomes</h2>\n")
        let parts = Outcome.allCases.map { ($0.rawValue, counts[$0]) }
        page.bar(
            parts,
            label: parts.filter { $0.1 > 0 }.map { "\(Words.number($0.1)) \($0.0)" }
                .joined(separator: ", "))
        if counts.rows == 0 { page.markup("<p>There was nothing to do.</p>\n") }
        if facts.isRunning {
            page.markup(
                """
                <p class="warning">The run still works: this page shows how far it got. Rows in flight have the
                outcome unknown until the answer comes.</p>

                """)
        } else if facts.reason != StopReason.finished.name {
            page.markup("<p class=\"warning\">")
            page.text(Self.ending(facts.reason))
            if let message = facts.message {
                page.markup(": ")
                page.text(message, limit: 500)
            }
            page.markup("</p>\n")
        }
        for note in facts.notes.prefix(20) {
            page.markup("<p class=\"warning\">")
            page.text(note, limit: 500)
            page.markup("</p>\n")
        }
        if counts[.unknown] > inFlight {
            page.markup(
                "<p class=\"note\">Unknown: sent, but no answer shows whether the update took effect.</p>\n"
            )
        }
        page.markup("</section>\n")
    }

    /// Why a run ended before its end, in words.
    private static func ending(_ reason: String?) -> String {
        switch reason {
        case StopReason.interrupted(signal: nil).name: "The run was interrupted"
        case StopReason.stopRequested.name: "The run's control file stopped it"
        case StopReason.keyRejected.name: "Mava rejected the key"
        case StopReason.untrustedServer.name: "The connection was not safe"
        case StopReason.transportUnavailable.name: "The machine could not send"
        case StopReason.localShortage.name: "The machine was short of resources for too long"
        case StopReason.outage.name: "Mava was unusable for too long"
        case StopReason.tooManyFailures.name: "Too many rows failed, so the run was stopped"
        case StopReason.deadline.name: "The time given to the run was over"
        case StopReason.windowClosed.name:
            "The hours in which the run may send were over"
        case StopReason.canary.name: "Only the canary's rows were sent"
        case StopReason.journalFailure.name: "The journal could not be kept"
        case StopReason.planUnreadable.name: "The plan could not be read to its end"
        case let reason?: "The run ended early (\(reason))"
        case nil: "The run was killed"
        }
    }

    private func next(_ facts: RunPageFacts, _ page: inout HTMLWriter) {
        guard !facts.nextCommands.isEmpty else { return }
        page.markup("<section aria-labelledby=\"next\">\n<h2 id=\"next\">What can come next</h2>\n")
        for command in NextStep.ordered(facts.nextCommands, retryCanHelp: retryCanHelp) {
            if let purpose = NextStep.purpose(of: command) {
                page.markup("<p>")
                page.text(purpose)
                page.markup("</p>\n")
            }
            page.markup("<pre><code>")
            page.text(command, limit: 4000)
            page.markup("</code></pre>\n")
        }
        page.markup("</section>\n")
    }

    /// Whether a request that failed may succeed when it is sent again as it is.
    private var retryCanHelp: Bool {
        causes.keys.contains { cause in
            guard cause.outcome == .failed || cause.outcome == .unknown else { return false }
            return cause.code.flatMap(FailureCode.init).map { !NextStep.final.contains($0) } ?? true
        }
    }

    private func why(_ facts: RunPageFacts, _ page: inout HTMLWriter) {
        let reasons = reasons
        guard !reasons.isEmpty else { return }
        page.markup("<section aria-labelledby=\"why\">\n<h2 id=\"why\">Why, and what to do</h2>\n")
        page.table("Causes", id: nil)
        page.markup(
            """
            <thead><tr><th scope="col" class="number">rows</th><th scope="col">outcome</th><th scope="col">cause</th>
            <th scope="col">what to do</th></tr></thead>
            <tbody>

            """)
        for reason in reasons.prefix(Self.mostCauses) {
            page.markup("<tr><td class=\"number\">")
            page.number(reason.rows)
            page.markup("</td><td>")
            page.text(reason.outcome.rawValue)
            page.markup("</td><td class=\"message\"><code>")
            page.text(reason.code ?? "")
            page.markup("</code>")
            if !reason.message.isEmpty {
                page.markup("<br>Row ")
                page.decimal(reason.row)
                page.markup(": ")
                page.text(reason.message, limit: 300)
            }
            page.markup("</td><td class=\"message\">")
            page.text(reason.code.flatMap { remedy($0, facts) } ?? "", limit: 4500)
            page.markup("</td></tr>\n")
        }
        page.endTable()
        if reasons.count > Self.mostCauses {
            page.markup("<p class=\"note\">and ")
            page.text(Words.counted(reasons.count - Self.mostCauses, "more cause"))
            page.markup("</p>\n")
        }
        page.markup("</section>\n")
    }

    /// What to do about a cause.
    ///
    /// The run is named by its directory: `last` is another one as soon as there is a newer run, or one elsewhere.
    private func remedy(_ code: String, _ facts: RunPageFacts) -> String? {
        guard let remedy = facts.remedy(code), facts.shards.isEmpty else {
            return facts.remedy(code)
        }
        let run = ShellWord.operand(FilePath.absolute(facts.directory))
        // A run with rows to send is resumed before any of its rows is tried again.
        let next = counts[.unsent] > 0 ? "resume" : "retry"
        return remedy.replacing("mava-bulk retry last", with: "mava-bulk \(next) \(run)")
            .replacing("mava-bulk resume last", with: "mava-bulk resume \(run)")
    }

    private func attention(_ page: inout HTMLWriter) {
        guard listed > 0 else { return }
        page.markup(
            "<section aria-labelledby=\"attention\">\n<h2 id=\"attention\">Rows that need attention</h2>\n"
        )
        page.controls(
            Outcome.allCases.filter { counts[$0] > 0 }.map(\.rawValue).filter { name in
                !["updated", "unchanged", "excluded"].contains(name)
            })
        page.table("Rows that need attention", id: "rows", isLong: true)
        page.markup(
            """
            <thead><tr><th scope="col" class="number">row</th><th scope="col" class="number">line</th>
            <th scope="col">ticket</th><th scope="col">outcome</th><th scope="col">code</th><th scope="col">change</th>
            <th scope="col">message</th></tr></thead>
            <tbody id="rows-body">

            """)
        page.append(&rows)
        page.endTable()
        let rest = troubled - listed
        if rest > 0 {
            page.markup("<p class=\"note\">and ")
            page.text(Words.counted(rest, "more row"))
            page.markup(" in <code>report.csv</code></p>\n")
        }
        page.markup("</section>\n")
    }

    private func changes(_ page: inout HTMLWriter) {
        guard !groups.isEmpty else { return }
        let sorted = groups.map { ($0.key, $0.value) }.sorted {
            ($1.1.rows, $0.1.sample ?? "") < ($0.1.rows, $1.1.sample ?? "")
        }
        page.markup("<section aria-labelledby=\"changes\">\n<h2 id=\"changes\">Changes</h2>\n")
        page.table("Groups of equal changes", id: nil, isLong: true)
        page.markup(
            """
            <thead><tr><th scope="col" class="number">rows</th><th scope="col" class="number">updated</th>
            <th scope="col">change</th><th scope="col">for example</th></tr></thead>
            <tbody>

            """)
        for (changes, group) in sorted.prefix(Self.mostGroups.shown) {
            page.markup("<tr><td class=\"number\">")
            page.number(group.rows)
            page.markup("</td><td class=\"number\">")
            page.number(group.updated)
            page.markup("</td><td class=\"change\">")
            page.changes(changes.map { PlanSummary.Change($0, directory) })
            page.markup("</td><td class=\"samples\"><code>")
            page.value(group.sample ?? "", limit: 60)
            page.markup("</code></td></tr>\n")
        }
        page.endTable()
        let rest =
            sorted.dropFirst(Self.mostGroups.shown).reduce(0) { $0 + $1.1.rows } + otherRows
        if rest > 0 {
            page.markup("<p class=\"note\">and ")
            page.text(Words.rows(rest))
            page.markup(" with other changes</p>\n")
        }
        page.markup("</section>\n")
    }

    private func about(_ facts: RunPageFacts, _ page: inout HTMLWriter) {
        let header = facts.header
        page.markup(
            "<section aria-labelledby=\"about\">\n<h2 id=\"about\">About this run</h2>\n<dl>\n")
        for run in facts.shards {
            page.fact(run.shard.map { "Shard \($0.name)" } ?? "Retry") { page in
                page.value(run.name)
                page.text(
                    ", plan \(run.plan.prefix(8)), " + Words.counted(run.updatesSent, "request"))
            }
        }
        if facts.shards.isEmpty { page.fact("Directory", facts.directory) }
        page.fact("Label", facts.label)
        page.fact("Begun", facts.startedAt)
        page.fact("Ended", facts.finishedAt)
        page.fact("Run by", facts.starter)
        page.fact("Job", facts.job)
        page.fact("Command", facts.command, limit: 1000)
        page.approvals(facts.approvals)
        for waiver in header.waivers + facts.waivers.filter({ !header.waivers.contains($0) }) {
            page.fact("Waived", "\(waiver.rule) up to \(Words.number(waiver.number))")
        }
        if facts.shards.isEmpty {
            page.fact("Plan", header.id)
            page.fact("Planned", header.createdAt)
        }
        page.fact("Shard", header.shardFact)
        page.fact("Input") { $0.input(header.input) }
        page.fact("Input's SHA-256", header.input.sha256)
        page.fact("API", header.baseURL)
        // The shares of several hosts are not the quota of any of them.
        if facts.shards.isEmpty { page.fact("Quota", facts.quota.description) }
        page.markup("</dl>\n</section>\n")
    }
}
