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
    /// When this part started, in milliseconds since 1970.
    public var startedAtMilliseconds: Int64
    /// When this part ended, in milliseconds since 1970.
    public var finishedAtMilliseconds: Int64
    /// How long this part lasted by a monotonic clock, in milliseconds.
    public var durationMilliseconds: Int64

    /// Makes the summary of a run that starts now.
    init(startingAt time: Int64) {
        reason = .finished
        requests = 0
        retries = 0
        pauses = 0
        done = 0
        decided = 0
        updated = 0
        failed = 0
        unknown = 0
        startedAtMilliseconds = time
        finishedAtMilliseconds = time
        durationMilliseconds = 0
    }
}
