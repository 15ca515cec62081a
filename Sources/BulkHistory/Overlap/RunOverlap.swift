internal import BulkSystem
internal import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A recent run that changes tickets which a plan changes, too.
public struct RunOverlap: Hashable, Sendable {
    /// The run.
    public var run: PastRun
    /// How many tickets both change.
    public var tickets: Int
    /// The ids of the first few of them.
    public var samples: [String]

    /// The most ids that are kept as samples.
    static let sampleLimit = 3

    /// The overlap in words, such as `a run of 10 min ago changed 388 of these tickets: 2026…`.
    ///
    /// - Parameter now: The present.
    /// - Returns: The words.
    public func message(now: Date) -> String {
        let label = run.label.map { " (\($0))" } ?? ""
        let count = tickets == 1 ? "1" : Words.number(tickets)
        guard run.state != .running else {
            return "a run that is going on now changes \(count) of these tickets: "
                + "\(run.name)\(label)"
        }
        let seconds = run.startedAt.flatMap(microsecondsSince1970).map {
            max(0, Int64(now.secondsSince1970) - $0 / 1_000_000)
        }
        let age = seconds.map { "of \(Words.wait(seconds: $0)) ago" } ?? "before this one"
        return "a run \(age) changed \(count) of these tickets: \(run.name)\(label)"
    }
}

/// What recent runs have in common with a plan.
public struct RecentRuns: Hashable, Sendable {
    /// The runs that change tickets of the plan, the newest first.
    public var overlaps: [RunOverlap] = []
    /// The runs whose files could not be read.
    public var unreadable: [String] = []
    /// How many recent runs were not compared, because there are many or they have many rows.
    public var notCompared = 0

    /// Finds nothing.
    public init() {}
}
