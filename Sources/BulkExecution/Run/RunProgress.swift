import BulkSystem

/// The progress of a run, to be shown.
public struct RunProgress: Hashable, Sendable {
    /// The number of requests that the plan sends; `nil` when it is unknown.
    public var total: Int?
    /// Rows with a request of their own that have their outcome, including earlier parts of the run.
    public var done: Int = 0
    /// Rows counted in ``done`` before this part of the run started.
    public var doneBefore: Int = 0
    /// Rows counted in ``done`` that failed in this part of the run.
    public var failed: Int = 0
    /// Requests that wait for their answers.
    public var inFlight: Int = 0
    /// Requests sent in this part of the run.
    public var requests: Int = 0
    /// Requests counted in ``requests`` that repeat a failed one.
    public var retries: Int = 0
    /// How often the server asked to wait.
    public var pauses: Int = 0
    /// What the run waits for.
    public var waiting: WaitReason = .none
    /// How long the wait will last; `nil` when that is unknown.
    public var timeToWait: Duration?
    /// How long this part of the run has lasted.
    public var elapsed = Duration.zero
    /// The configured quota; `nil` when there is none.
    public var quota: Quota?
    /// The quota in force; `nil` when nothing limits the requests.
    ///
    /// The server's answers, other users of the key and other runs can lower it.
    public var quotaInForce: Quota?
    /// The time until the quota lets the last request be sent; `nil` when nothing limits the requests.
    public var timeUntilSent: Duration?
    /// Whether the run has had to wait for the quota, for a pause or for an unusable server.
    public var hasWaited = false

    /// When the wait ends and when this part of the run started, on the gate's clock.
    ///
    /// So the shown times advance between two steps of the run.
    var waitUntil: Nanoseconds?
    var startedAt: Nanoseconds?

    /// Makes the progress of a run that has not started.
    public init() {}

    /// Rows done per second, averaged over this part of the run; 0 at its start.
    public var rate: Double {
        elapsed > .zero ? Double(done - doneBefore) / (elapsed / .seconds(1)) : 0
    }

    /// The estimated time until the run ends; `nil` when there is no estimate.
    ///
    /// The estimate is the largest of three times: the quota's time, the current wait, and the time at the
    /// current pace. The pace counts only while the run has not had to wait. There is no estimate in an outage,
    /// in a local shortage or while a person has paused the run, because its length is unknown.
    public var timeLeft: Duration? {
        guard let total, ![.outage, .localShortage, .pausedByControl].contains(waiting) else {
            return nil
        }
        let left = Double(max(0, total - done))
        if left == 0 { return .zero }
        let byPace: Duration? =
            !hasWaited && rate > 0 && elapsed > .seconds(2) ? .seconds(left / rate) : nil
        let parts = [timeUntilSent, byPace, timeToWait].compactMap { $0 }
        return timeUntilSent == nil && byPace == nil ? nil : parts.max()
    }

    /// The number of requests still to be sent; `nil` when it is unknown.
    var unsent: Int? { total.map { max(0, $0 - done - inFlight) } }

    /// Returns the progress at the current time.
    ///
    /// - Parameters:
    ///   - now: The time on the gate's clock.
    ///   - estimate: The quota in force, and the time until the last request may be sent.
    /// - Returns: The same progress with its times updated.
    func live(
        at now: Nanoseconds, _ estimate: (quota: Quota?, untilSent: Duration?)
    ) -> RunProgress {
        var progress = self
        progress.quotaInForce = estimate.quota
        progress.timeUntilSent = estimate.untilSent
        progress.timeToWait = waitUntil.map { Duration(max(.zero, $0 - now)) }
        if let startedAt { progress.elapsed = Duration(max(.zero, now - startedAt)) }
        return progress
    }
}
