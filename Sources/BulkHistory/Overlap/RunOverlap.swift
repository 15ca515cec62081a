internal import BulkSystem

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

    /// The overlap in words, such as `a run of 2026-11-27T11:00:00Z changed 388 of these tickets: 2026…`.
    public var message: String {
        let label = run.label.map { " (\($0))" } ?? ""
        let count = tickets == 1 ? "1" : Words.number(tickets)
        guard run.state != .running else {
            return "a run that is going on now changes \(count) of these tickets: "
                + "\(run.name)\(label)"
        }
        let time = run.startedAt.map { "of \($0)" } ?? "before this one"
        return "a run \(time) changed \(count) of these tickets: \(run.name)\(label)"
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
