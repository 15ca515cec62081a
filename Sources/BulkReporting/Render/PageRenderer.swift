import BulkExecution
import BulkPlan
import BulkSystem

/// Renders a run as report.html.
final class PageRenderer: RunRenderer {
    private let subject: ReportSubject
    private let page: RunPage
    private var text = OutputBuffer()

    init(_ subject: ReportSubject) {
        self.subject = subject
        page = RunPage(header: subject.header)
    }

    var count: Int { text.count }
    func append(_ row: RunRows.Row) { page.append(row) }
    func drain(into buffer: inout OutputBuffer) { text.drain { buffer.append($0) } }

    func finish(_ end: ReportEnd) {
        var facts = subject.facts
        facts.nextCommands = end.nextCommands
        facts.notes = end.notes + end.missing
        page.render(facts, into: &text)
    }
}

/// Renders a run as JUnit's XML.
final class JUnitRenderer: RunRenderer {
    private let subject: ReportSubject
    private let report = JUnitReport()
    private var text = OutputBuffer()

    init(_ subject: ReportSubject) { self.subject = subject }

    var count: Int { text.count }
    func append(_ row: RunRows.Row) { report.append(row) }
    func drain(into buffer: inout OutputBuffer) { text.drain { buffer.append($0) } }

    func finish(_ end: ReportEnd) {
        report.render(
            name: subject.input.name == "-" ? "standard input" : subject.input.name,
            startedAt: subject.facts.startedAt, into: &text)
    }
}

/// Renders counts for Prometheus.
final class MetricsRenderer: RunRenderer {
    private let subject: ReportSubject
    private var text = OutputBuffer()

    init(_ subject: ReportSubject) { self.subject = subject }

    var count: Int { text.count }
    func append(_ row: RunRows.Row) {}
    func drain(into buffer: inout OutputBuffer) { text.drain { buffer.append($0) } }

    func finish(_ end: ReportEnd) {
        let counts = end.counts
        let isFinished = subject.facts.reason == StopReason.finished.name
        text.append(
            text: RunMetrics(
                counts: counts, requests: subject.facts.updatesSent,
                finishedAt: subject.facts.finishedAt.flatMap(microsecondsSince1970).map {
                    $0 / 1000
                },
                isSuccess: isFinished && !counts.hasTroubledRows && counts[.unsent] == 0
            ).text)
    }
}
