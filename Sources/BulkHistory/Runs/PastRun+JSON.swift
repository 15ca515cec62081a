internal import BulkExecution
internal import BulkPlan
internal import BulkReporting

extension PastRun {
    /// A run for programs; its keys are described in docs/runs.md.
    private struct Document: Encodable {
        let format: String?
        let version: Int?
        let name, path, state: String
        let plan, label, startedAt, finishedAt, tool, input, reason, problem: String?
        let starter: RunStarter
        let shard: PlanHeader.Shard?
        let rows, updatesSent: Int?
        let outcomes: [String: Int]
        let follows: PlanHeader.Lineage?
        let undoneBy, retriedBy: [String]
        let prunedAt, reportSha256: String?
        let bytesRemoved: Int?

        init(_ run: PastRun, isWhole: Bool) {
            format = isWhole ? "mava-bulk-past-run" : nil
            version = isWhole ? 1 : nil
            (name, path, state) = (run.name, run.path, run.state.rawValue)
            (plan, label, startedAt) = (run.plan, run.label, run.startedAt)
            (finishedAt, tool, input) = (run.finishedAt, run.tool, run.input)
            (reason, problem, starter) = (run.reason, run.problem, run.starter)
            shard = run.shard
            (rows, updatesSent) = (run.rows, run.updatesSent)
            outcomes = Dictionary(
                uniqueKeysWithValues: run.outcomes.map { ($0.key.rawValue, $0.value) })
            (follows, undoneBy, retriedBy) = (run.follows, run.undoneBy, run.retriedBy)
            (prunedAt, reportSha256) = (run.prunedAt, run.reportSHA256)
            bytesRemoved = run.bytesRemoved
        }
    }

    private struct List: Encodable {
        let format = "mava-bulk-runs"
        let version = 1
        let runs: [Document]
    }

    /// Runs as one JSON object with a newline at its end.
    ///
    /// - Parameter runs: The runs.
    /// - Returns: The object, its keys in alphabetical order.
    public static func json(_ runs: [PastRun]) -> String {
        ReadableJSON.text(List(runs: runs.map { Document($0, isWhole: false) }))
    }

    /// One run as a JSON object with a newline at its end.
    ///
    /// - Parameter run: The run.
    /// - Returns: The object, its keys in alphabetical order.
    public static func json(_ run: PastRun) -> String {
        ReadableJSON.text(Document(run, isWhole: true))
    }
}
