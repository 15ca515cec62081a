internal import BulkExecution
public import BulkPlanning

extension PlanGuards {
    /// Fills in what the last runs of a label updated, where a guard compares with them.
    ///
    /// Runs count that finished and updated tickets, pruned ones too. Runs that undo others or try their rows again
    /// do not count, because they are not what the label usually does.
    ///
    /// - Parameters:
    ///   - label: The label; `nil` for a plan without one.
    ///   - history: Where the runs are.
    /// - Throws: A `FileError` when the directory of runs cannot be read.
    public mutating func readLastRuns(of label: String?, from history: RunHistory) throws {
        guard let limit = maxOfLastRuns, let label, lastRuns == nil else { return }
        let updates = try history.runs().lazy.filter { run in
            run.label == label && run.follows == nil && run[.updated] > 0
                && (run.state == .finished || run.state == .pruned)
        }.map { run in
            // Rows that share a request are several rows, and a request that was repeated is several updates.
            min(run[.updated], run.updatesSent ?? .max)
        }
        lastRuns = LastRuns(label: label, updates: Array(updates.prefix(limit.runs)))
    }
}
