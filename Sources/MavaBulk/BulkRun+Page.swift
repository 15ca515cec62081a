internal import BulkReporting
internal import BulkSystem
internal import MavaAPI

/// What the program that makes a run adds to its page, because the library knows no command line.
package struct RunPageGuidance: Sendable {
    /// Returns the commands that can come next, from how the run ended.
    package var nextCommands: @Sendable (RunResult) -> [String] = { _ in [] }
    /// Returns what to do about a code of a report; `nil` for nothing beyond the row's own message.
    package var remedy: @Sendable (String) -> String? = { _ in nil }

    /// Adds nothing.
    package init() {}
}

extension BulkRun {
    /// Writes report.html.
    ///
    /// The other files are complete before, and a page that cannot be written changes nothing about them.
    ///
    /// - Parameters:
    ///   - page: The run's rows.
    ///   - result: How the run ended.
    ///   - journal: What the journal says.
    ///   - grants: What the run needed to begin.
    ///   - directory: The run's directory.
    /// - Returns: Why the page was not written; `nil` when it was.
    func write(
        _ page: RunPage, of result: RunResult, _ journal: JournalIndex, _ grants: RunGrants,
        in directory: RunDirectory
    ) -> String? {
        var facts = RunPageFacts(header: result.header, directory: directory.path)
        facts.reason = result.summary.reason.name
        facts.message = result.summary.message
        facts.startedAt = CivilTime.iso8601(millisecondsSince1970: journal.header.startedAt)
        facts.finishedAt = CivilTime.iso8601(
            millisecondsSince1970: result.summary.finishedAt.millisecondsSince1970)
        facts.timeline = journal.timeline
        facts.updatesSent = journal.requests
        facts.nextCommands = guidance.nextCommands(result)
        facts.remedy = guidance.remedy
        do {
            if let settings = try RunSettings.read(from: directory.path) { facts.add(settings) }
            facts.approvals = grants.approvals
            facts.waivers = grants.waivers
            facts.quota = connection.quota
            try page.write(facts, to: directory.page)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
