package import BulkReporting

/// How a run ended, and where its files are.
public struct RunResult: Sendable {
    /// The run's directory.
    public var directory: String
    /// The path of report.csv: a line for each row of the input.
    public var report: String
    /// The path of report.html, a page for people; `nil` when it could not be written.
    public var page: String?
    /// The path of failed.csv, or failed.jsonl for an input in JSON Lines: the rows to correct and apply again.
    ///
    /// It is written only where there are any (``counts``).
    public var failedRows: String
    /// The approvals with which the run began; empty where none were asked for.
    public var approvals: [ApprovalRecord]
    /// The plan's header.
    public var header: PlanHeader
    /// What this part of the run did.
    public var summary: RunSummary
    /// How many rows of the input ended in each outcome.
    public var counts: OutcomeCounts
    /// The text of summary.json.
    public var json: String
    /// Why rows did not succeed, most rows first.
    package var reasons: [OutcomeReason] = []
    /// Why there is no page; `nil` when there is one.
    package var pageProblem: String?

    /// Whether every row was updated, was already right or was excluded.
    public var isSuccess: Bool {
        summary.reason.isFinished && !counts.hasTroubledRows && counts[.unsent] == 0
    }
}
