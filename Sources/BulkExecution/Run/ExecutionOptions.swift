/// The bounds of one run.
public struct ExecutionOptions: Hashable, Sendable {
    /// The most requests in flight; at least 1.
    ///
    /// The quota is the limit, not this.
    public var concurrency = 16
    /// The most rows that may fail before the run ends; `nil` for any number.
    public var maxFailures: Int?
    /// How long the server may be unusable, or ask to wait, before the run ends.
    public var giveUpAfter = Duration.seconds(300)
    /// How long the run may last; `nil` for as long as it takes.
    public var deadline: Duration?
    /// The most that requests in flight get after ``RunControl/stop(_:)``; then they are given up, as by
    /// ``RunControl/stopNow(_:)``.
    public var drain = Duration.seconds(10)
    /// How many rows to send before the run ends as a canary; `nil` for all.
    public var canary: Int?

    /// Makes the bounds that a run has by default.
    public init() {}
}
