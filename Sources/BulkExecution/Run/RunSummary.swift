/// What one part of a run did: from its start, or from where it was taken up, to its end.
public struct RunSummary: Hashable, Sendable {
    /// Why it ended.
    public var reason: StopReason
    /// What went wrong with the run itself, in words; `nil` where nothing did.
    public var message: String?
    /// What the last requests that did not succeed ran into; `nil` where all did.
    public var trouble: RunTrouble?
    /// What this machine was short of at last, in words.
    var shortage: String?
    /// What answered last in the API's place, in words.
    var foreignAnswer: String?
    /// The updates sent, retries included.
    public var requests: Int
    /// Those of ``requests`` that repeat one which failed or was delayed.
    public var retries: Int
    /// How often the server answered that it is to be left alone for a while.
    public var pauses: Int
    /// The rows with a request of their own that have their outcome from this part.
    public var done: Int
    /// The rows that were decided again without a request, because their tickets had changed.
    public var decided: Int
    /// Those of ``done`` that the server accepted.
    public var updated: Int
    /// Those of ``done`` that failed.
    public var failed: Int
    /// Those of ``done`` whose effect is unknown.
    public var unknown: Int
    /// When it began, in milliseconds since 1970.
    public var startedAtMilliseconds: Int64
    /// When it ended, in milliseconds since 1970.
    public var finishedAtMilliseconds: Int64
    /// How long it lasted by a monotonic clock, in milliseconds.
    public var durationMilliseconds: Int64

    /// Makes the summary of a run that begins now.
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
