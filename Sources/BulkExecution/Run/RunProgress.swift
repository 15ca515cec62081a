import BulkSystem

/// Where a run stands: a value to be shown.
public struct RunProgress: Hashable, Sendable {
    /// The requests that the plan sends; `nil` where it is unknown.
    public var total: Int?
    /// The rows with a request of their own that have their outcome, in earlier parts of the run too.
    public var done: Int = 0
    /// Those of ``done`` that were done before this part of the run began.
    public var doneBefore: Int = 0
    /// Those of ``done`` that failed, in this part of the run.
    public var failed: Int = 0
    /// The requests that wait for their answers.
    public var inFlight: Int = 0
    /// The requests sent in this part of the run.
    public var requests: Int = 0
    /// Those of ``requests`` that repeat one which failed.
    public var retries: Int = 0
    /// How often the server asked to wait.
    public var pauses: Int = 0
    /// What the run waits for.
    public var waiting: WaitReason = .none
    /// How long the wait will last, in seconds; `nil` where that is not known.
    public var waitSeconds: Double?
    /// How long this part of the run has lasted, in seconds.
    public var elapsedSeconds: Double = 0
    /// The quota that was given; `nil` where there is none.
    public var quota: Quota?
    /// The quota as it is in force: lowered by the server's answers, by others who use the key, and by
    /// other runs; `nil` where nothing bounds the requests.
    public var quotaInForce: Quota?
    /// The seconds until the quota lets the last request be sent; `nil` where nothing bounds them.
    public var secondsUntilSent: Double?
    /// Whether the run has had to wait for the quota, for a pause or for a server that did not work.
    public var hasWaited = false

    /// When the wait ends and when this part of the run began, on the gate's clock: what is shown follows
    /// the time between two of the run's steps.
    var waitUntil: Nanoseconds?
    var startedAt: Nanoseconds?

    /// Makes the progress of a run that has not begun.
    public init() {}

    /// The rows done a second, on the whole of this part; 0 in its first moment.
    public var rate: Double {
        elapsedSeconds > 0 ? Double(done - doneBefore) / elapsedSeconds : 0
    }

    /// The seconds until the run ends, as far as is known; `nil` where it is not.
    ///
    /// The quota in force decides, and the wait that goes on. While the quota has held nothing up, the pace so
    /// far tells where it is slower. How long a server will be down is unknown.
    public var secondsLeft: Double? {
        guard let total, waiting != .outage, waiting != .localShortage else { return nil }
        let left = Double(max(0, total - done))
        if left == 0 { return 0 }
        let byPace = !hasWaited && rate > 0 && elapsedSeconds > 2 ? left / rate : nil
        let parts = [secondsUntilSent, byPace, waitSeconds].compactMap { $0 }
        return secondsUntilSent == nil && byPace == nil ? nil : parts.max()
    }

    /// The requests that are still to be sent; `nil` where the number is unknown.
    var unsent: Int? { total.map { max(0, $0 - done - inFlight) } }

    /// The progress as it stands now.
    ///
    /// - Parameters:
    ///   - now: The time on the gate's clock.
    ///   - estimate: The quota in force, and the seconds until the last request may be sent.
    /// - Returns: The same progress with what the time changes.
    func live(
        at now: Nanoseconds, _ estimate: (quota: Quota?, seconds: Double?)
    ) -> RunProgress {
        var progress = self
        progress.quotaInForce = estimate.quota
        progress.secondsUntilSent = estimate.seconds
        progress.waitSeconds = waitUntil.map { max(0, Double($0 - now) / 1e9) }
        if let startedAt { progress.elapsedSeconds = max(0, Double(now - startedAt) / 1e9) }
        return progress
    }
}
