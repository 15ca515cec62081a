public import BulkPlan
internal import BulkSystem

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension PlanSummary {
    /// The most recent runs that are named one by one.
    private static let mostNamedRuns = 3

    /// Adds what recent runs did to the tickets of the plan.
    ///
    /// - Parameters:
    ///   - recent: The recent runs.
    ///   - now: The present, before which the runs were recent.
    public mutating func add(_ recent: RecentRuns, now: Date) {
        var notices = recent.overlaps.prefix(Self.mostNamedRuns).map { overlap in
            Notice(
                recentRun: overlap.message, tickets: overlap.tickets,
                samples: overlap.samples)
        }
        let others = recent.overlaps.dropFirst(Self.mostNamedRuns)
        if !others.isEmpty {
            notices.append(
                Notice(
                    recentRun: "\(Words.counted(others.count, "more run")) of the 24 hours before "
                        + "this preview changed some of these tickets", tickets: 0, samples: []))
        }
        if recent.notCompared > 0 {
            notices.append(
                Notice(
                    recentRun: "\(Words.counted(recent.notCompared, "run")) of the 24 hours before "
                        + "this preview \(recent.notCompared == 1 ? "was" : "were") not compared with this plan, "
                        + "because there are so many", tickets: 0, samples: []))
        }
        if let name = recent.unreadable.first {
            let more =
                recent.unreadable.count > 1
                ? " and \(Words.number(recent.unreadable.count - 1)) more" : ""
            notices.append(
                Notice(
                    recentRun:
                        "the files of a recent run could not be read, so it is not known which "
                        + "tickets it changed: \(name)\(more)", tickets: 0, samples: []))
        }
        add(recentRuns: notices)
    }
}
