import BulkHistory
import MavaBulk

/// The recent runs with which `plan` compares its plan.
struct RecentChanges {
    /// Whether there are any.
    let exist: Bool
    private let history: RunHistory
    /// Why the runs cannot be read.
    private let problem: String?

    init(_ history: RunHistory) {
        self.history = history
        do {
            exist = try history.hasRecentRuns(now: CurrentProcess.now)
            problem = nil
        } catch {
            exist = false
            problem = "the runs in \(history.directory) could not be read: \(error)"
        }
    }

    /// Adds to a plan's preview what recent runs did to its tickets.
    ///
    /// A history that cannot be read keeps no plan from being shown.
    func add(to plan: inout Plan) throws {
        if let problem { plan.summary.add(waivers: [], notes: [problem]) }
        guard exist, let path = plan.path else { return }
        let now = CurrentProcess.now
        plan.summary.add(
            try history.recentRuns(changingTicketsOf: path, now: now), now: now)
    }
}
