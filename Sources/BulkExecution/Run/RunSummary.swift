#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// What one part of a run did, from its start or resumption to its end.
public struct RunSummary: Hashable, Sendable {
    /// Why this part ended.
    public var reason: StopReason
    /// A message about a problem of the run itself; `nil` when there was none.
    public var message: String?
    /// The problem of the last request that did not succeed; `nil` when all succeeded.
    public var trouble: RunTrouble?
    /// A message about this machine's last shortage.
    var shortage: String?
    /// A message about the last answer that did not come from the API.
    var foreignAnswer: String?
    /// Updates sent, including retries.
    public var requests: Int
    /// Requests counted in ``requests`` that repeat one which failed or was delayed.
    public var retries: Int
    /// How often the server asked to wait.
    public var pauses: Int
    /// Rows with a request of their own that got their outcome in this part.
    public var done: Int
    /// Rows that were decided again without a request, because their tickets had changed.
    public var decided: Int
    /// Rows counted in ``done`` that the server accepted.
    public var updated: Int
    /// Rows counted in ``done`` that failed.
    public var failed: Int
    /// Rows counted in ``done`` whose effect is unknown.
    public var unknown: Int
    /// When this part started, to the millisecond.
    public var startedAt: Date
    /// When this part ended, to the millisecond.
    public var finishedAt: Date
    /// How long this part lasted by a monotonic clock, to the millisecond.
    public var duration: Duration

    /// Makes the summary of a run that starts now.
    init(startingAt time: Date) {
        reason = .finished
        requests = 0
        retries = 0
        pauses = 0
        done = 0
        decided = 0
        updated = 0
        failed = 0
        unknown = 0
        startedAt = time
        finishedAt = time
        duration = .zero
    }
}
