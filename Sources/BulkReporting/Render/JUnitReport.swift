import BulkExecution
import BulkPlan
package import BulkSystem

/// A run as JUnit's XML: one case for each row that needs attention, and one for all other rows.
///
/// Build servers show such a file. Its form is the one that Jenkins and GitLab read.
package final class JUnitReport {
    /// The most rows with a case of their own; further ones are counted in one case.
    package static let mostCases = 10_000

    private var counts = OutcomeCounts()
    private var cases = HTMLWriter()
    private var listed = (failures: 0, skipped: 0)

    /// Begins with no rows.
    package init() {}

    /// Appends the next row.
    package func append(_ row: RunRows.Row) {
        let (entry, outcome) = (row.entry, row.outcome)
        counts.add(outcome.outcome)
        switch outcome.outcome {
        case .updated, .unchanged, .excluded: return
        case .invalid, .conflict, .held, .failed, .unknown, .unsent: break
        }
        guard listed.failures + listed.skipped < Self.mostCases else { return }
        let issue = outcome.issue ?? entry.issue
        let code = outcome.failure?.rawValue ?? issue?.code.rawValue ?? ""
        let message = outcome.message ?? issue?.message ?? ""
        cases.markup("<testcase")
        cases.attribute("classname", outcome.outcome.rawValue)
        cases.attribute(
            "name", "row \(entry.row)" + (entry.ticketID.map { ", ticket \($0)" } ?? ""))
        cases.attribute("time", Self.seconds(outcome.durationMilliseconds ?? 0))
        if outcome.outcome == .unsent {
            listed.skipped += 1
            cases.markup("><skipped")
            cases.attribute("message", message.isEmpty ? "not sent" : message)
            cases.markup("/></testcase>\n")
        } else {
            listed.failures += 1
            cases.markup("><failure")
            cases.attribute("type", code)
            cases.attribute("message", message)
            cases.markup(">")
            cases.exactText(message, limit: 1000)
            cases.markup("</failure></testcase>\n")
        }
    }

    /// Renders the rows so far.
    ///
    /// - Parameters:
    ///   - name: The input's name.
    ///   - startedAt: When the run began (RFC 3339, UTC); `nil` if it is not known.
    ///   - buffer: Gets the document.
    package func render(name: String, startedAt: String?, into buffer: inout OutputBuffer) {
        let good = counts[.updated] + counts[.unchanged] + counts[.excluded]
        let rest = counts.rows - good - listed.failures - listed.skipped
        var page = HTMLWriter()
        page.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite")
        page.attribute("name", "mava-bulk " + name)
        page.attribute(
            "tests", "\(listed.failures + listed.skipped + 1 + (rest > 0 ? 1 : 0))")
        page.attribute("failures", "\(listed.failures + (rest > 0 ? 1 : 0))")
        page.attribute("errors", "0")
        page.attribute("skipped", "\(listed.skipped)")
        if let startedAt { page.attribute("timestamp", startedAt) }
        page.markup(">\n")
        page.append(&cases)
        if rest > 0 {
            page.markup("<testcase classname=\"rest\"")
            page.attribute("name", "\(Words.counted(rest, "more row")) that need attention")
            page.markup("><failure type=\"rest\" message=\"see report.csv\"/></testcase>\n")
        }
        page.markup("<testcase classname=\"good\"")
        page.attribute(
            "name",
            "\(Words.rows(counts[.updated])) updated, \(Words.number(counts[.unchanged])) unchanged, "
                + "\(Words.number(counts[.excluded])) excluded")
        page.markup("/>\n</testsuite>\n</testsuites>\n")
        page.drain(into: &buffer)
    }

    private static func seconds(_ milliseconds: Int) -> String {
        let fraction = String(1000 + max(0, milliseconds) % 1000).dropFirst()
        return "\(max(0, milliseconds) / 1000).\(fraction)"
    }
}
