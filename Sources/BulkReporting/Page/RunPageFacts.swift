package import BulkExecution
package import BulkPlan
internal import BulkSystem

/// What a page says about a run beside its rows.
package struct RunPageFacts: Sendable {
    /// The plan's header.
    package var header: PlanHeader
    /// The run's directory.
    package var directory: String
    /// Why the run's last part ended, such as `finished`; `nil` when it was killed, or still runs.
    package var reason: String?
    /// What the run reported about its end.
    package var message: String?
    /// Whether a process works on one of the runs.
    package var isRunning = false
    /// What else is known of the runs, such as that a later one undid them.
    package var notes: [String] = []
    /// What the run is called.
    package var label: String?
    /// When the run began (RFC 3339, UTC).
    package var startedAt: String?
    /// When its last part ended (RFC 3339, UTC).
    package var finishedAt: String?
    /// Who began the run, such as `ada on desk`.
    package var starter: String?
    /// The address of the job that began the run.
    package var job: String?
    /// The command line that began the run.
    package var command: String?
    /// The runs of all shards, where the page is about several runs; empty for one run.
    package var shards: [ReportSubject.Run] = []
    /// The approvals with which the run began.
    package var approvals: [ApprovalRecord] = []
    /// The waivers that the run needed.
    package var waivers: [PlanHeader.Waiver] = []
    /// The quota that the run kept to.
    package var quota = Quota.mava
    /// When requests were sent; `nil` when nothing was.
    package var timeline: RunTimeline?
    /// The updates sent in the whole run.
    package var updatesSent = 0
    /// Commands that can come next.
    package var nextCommands: [String] = []
    /// Returns what to do about a code of a report; `nil` for nothing beyond the row's own message.
    package var remedy: @Sendable (String) -> String? = { _ in nil }

    /// The number of shards of a page about several runs.
    var shardCount: Int { shards.count { $0.shard != nil } }

    /// Describes a run.
    package init(header: PlanHeader, directory: String) {
        self.header = header
        self.directory = directory
    }
}
