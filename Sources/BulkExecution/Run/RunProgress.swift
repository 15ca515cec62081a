/// Where a run stands: a value to be shown.
public struct RunProgress: Hashable, Sendable {
    /// The requests that the plan sends; `nil` where nobody said.
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
    /// The quota; `nil` where there is none.
    public var quota: Quota?

    /// Makes the progress of a run that has not begun.
    public init() {}

    /// The rows done a second, on the whole of this part; 0 in its first moment.
    public var rate: Double {
        elapsedSeconds > 0 ? Double(done - doneBefore) / elapsedSeconds : 0
    }

    /// The seconds until the run ends, as far as can be told: by the quota or by the pace so far,
    /// whichever is slower; `nil` where neither tells.
    public var secondsLeft: Double? {
        guard let total else { return nil }
        let left = Double(max(0, total - done))
        if left == 0 { return 0 }
        let byQuota = quota.map { quota in
            left / Double(quota.share) * (Double(Nanoseconds(quota.window)) / 1e9)
        }
        let byPace = rate > 0 && elapsedSeconds > 2 ? left / rate : nil
        guard let byQuota else { return byPace }
        // A burst at the start is faster than the quota allows for long.
        return max(byQuota, waitSeconds ?? 0)
    }
}
