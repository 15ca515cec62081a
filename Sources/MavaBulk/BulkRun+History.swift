internal import BulkPlan
internal import BulkSystem
internal import MavaAPI

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension BulkRun {
    /// Adds to a preview what other runs of the last hours did to the plan's tickets.
    ///
    /// A history that cannot be read keeps no plan from being approved.
    func addRecentRuns(to summary: inout PlanSummary, _ plan: PlanFile) {
        let now = Date(millisecondsSince1970: SystemTime.millisecondsSince1970())
        do {
            summary.add(
                try RunHistory(runsDirectory).recentRuns(changingTicketsOf: plan, now: now),
                now: now)
        } catch {
            summary.add(
                waivers: [], notes: ["the runs in \(runsDirectory) could not be read: \(error)"])
        }
    }

    /// The guards, with what the runs of the label updated before.
    func guards() throws -> PlanGuards {
        var guards = planning.guards
        let name = label.map { SecretText.removed(from: $0, key: connection.reader.key) }
        try guards.readLastRuns(of: name, from: RunHistory(runsDirectory))
        return guards
    }
}
