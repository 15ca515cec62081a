internal import BulkExecution
package import BulkPlan
package import BulkSystem

/// A form in which a run, or a chain of runs, can be rendered from its files.
///
/// A new form is one more case here and one more class that conforms to ``RunRenderer``.
public enum ReportFormat: String, CaseIterable, Hashable, Sendable {
    /// As report.csv.
    case csv
    /// One JSON object for each row, with the keys of report.csv.
    case jsonl
    /// As failed.csv or failed.jsonl.
    case failed
    /// A summary for a pull request or a job.
    case markdown
    /// As report.html.
    case html
    /// A case for each row that needs attention, as JUnit's XML.
    case junit
    /// Counts for programs, as one JSON object.
    case summary
    /// Counts for the textfile collector of Prometheus' node exporter.
    case metrics

    /// Makes a renderer.
    ///
    /// - Parameter subject: What is rendered.
    /// - Returns: The renderer.
    package func renderer(_ subject: ReportSubject) -> any RunRenderer {
        switch self {
        case .csv: CSVRenderer(subject)
        case .jsonl: LinesRenderer(subject)
        case .failed: FailedRenderer(subject)
        case .markdown: MarkdownRenderer(subject)
        case .html: PageRenderer(subject)
        case .junit: JUnitRenderer(subject)
        case .summary: SummaryRenderer(subject)
        case .metrics: MetricsRenderer(subject)
        }
    }

    /// Whether the form is JSON, for a terminal.
    package var isJSON: Bool { self == .jsonl || self == .summary }
}

/// What is rendered: a run, or a run with its retries.
package struct ReportSubject: Sendable {
    /// One run.
    package struct Run: Hashable, Sendable, Encodable {
        /// The name of its directory.
        package var name: String
        /// The id of its plan.
        package var plan: String
        /// How far it has come, such as `finished`.
        package var state: String
        /// Why its last part ended; `nil` when it was killed, or still runs.
        package var reason: String?
        /// When it began (RFC 3339, UTC).
        package var startedAt: String?
        /// When its last part ended (RFC 3339, UTC).
        package var finishedAt: String?
        /// The updates that its journal says were sent.
        package var updatesSent: Int
        /// The part of the input that its plan is for; `nil` for all of it.
        package var shard: PlanHeader.Shard?
        /// The names of the later runs that undid it, the newest first; `nil` for none.
        package var undoneBy: [String]?

        /// Describes a run.
        package init(name: String, plan: String, state: String, updatesSent: Int) {
            self.name = name
            self.plan = plan
            self.state = state
            self.updatesSent = updatesSent
        }
    }

    /// What the page says beside the rows.
    ///
    /// Its header is that of the first run's plan, with the names of all.
    package let facts: RunPageFacts
    /// The runs, the oldest first; the runs of shards in the order of the shards.
    package let runs: [Run]
    /// Whether the runs are those of all shards, and not a run with its retries.
    package var isMerged: Bool { !facts.shards.isEmpty }

    /// Describes a subject.
    package init(facts: RunPageFacts, runs: [Run]) {
        self.facts = facts
        self.runs = runs
    }

    /// The header of the first run's plan.
    package var header: PlanHeader { facts.header }
    /// The input of the first run.
    package var input: PlanHeader.Input { facts.header.input }
}

/// What is known after the last row.
package struct ReportEnd: Sendable {
    /// How many rows had each outcome.
    package var counts = OutcomeCounts()
    /// What is missing in the run's files, in words.
    package var missing: [String] = []
    /// What else is known of the runs, in words, such as that one was undone.
    package var notes: [String] = []
    /// Commands that can come next.
    package var nextCommands: [String] = []

    /// Begins with no rows.
    package init() {}
}

/// Writes rows in one form, into a buffer that its owner empties.
package protocol RunRenderer: AnyObject {
    /// Appends the next row.
    func append(_ row: RunRows.Row)
    /// Completes the text with what is known after the last row.
    func finish(_ end: ReportEnd)
    /// The number of bytes that can be taken.
    var count: Int { get }
    /// Moves the bytes into a buffer.
    func drain(into buffer: inout OutputBuffer)
}

extension RunRows.Row {
    /// The code of why the row did not succeed, as reports write it.
    package var code: String? {
        outcome.failure?.rawValue ?? (outcome.issue ?? entry.issue)?.code.rawValue
    }

    /// Why the row did not succeed, in words.
    var message: String? { outcome.message ?? (outcome.issue ?? entry.issue)?.message }

    /// What the row changes: nothing where its ticket had the requested values.
    var changes: [FieldChange] { outcome.outcome == .unchanged ? [] : entry.changes }

    /// Whether somebody has to do something about the row.
    var needsAttention: Bool {
        switch outcome.outcome {
        case .updated, .unchanged, .excluded: false
        case .invalid, .conflict, .held, .failed, .unknown, .unsent: true
        }
    }
}
