import BulkPlan
import BulkReporting

extension ReportSubject.Run {
    /// A run as a report names it.
    init(_ run: PastRun, _ header: PlanHeader, updatesSent: Int) {
        self.init(
            name: run.name, plan: header.id, state: run.state.rawValue, updatesSent: updatesSent)
        (reason, startedAt, finishedAt) = (run.reason, run.startedAt, run.finishedAt)
        shard = header.shard
        undoneBy = run.undoneBy.isEmpty ? nil : run.undoneBy
    }
}

extension PastRun {
    /// Says that a later run undid this one, so that its rows do not show what the tickets hold.
    ///
    /// - Parameter part: What the run is of the report, such as `shard 1/2`.
    /// - Returns: The sentence; `nil` if none undid it.
    func undoneNote(_ part: String) -> String? {
        guard !undoneBy.isEmpty else { return nil }
        let redone = redone.map { ", \($0)" } ?? ""
        return "\(part) (\(name)) was \(isPartlyUndone ? "partly " : "")undone by "
            + "\(undoneBy.joined(separator: ", "))\(redone): its rows show what it sent"
    }
}

extension PlanHeader {
    /// Adds the names of agents and categories that further plans of one report know.
    mutating func addNames(of others: some Sequence<PlanHeader>) {
        for other in others {
            agentNames.merge(other.agentNames) { first, _ in first }
            categoryNames.merge(other.categoryNames) { first, _ in first }
        }
    }
}
