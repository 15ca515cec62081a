/// The limits of one run.
public struct ExecutionOptions: Hashable, Sendable {
    /// The most requests in flight; at least 1.
    ///
    /// The quota limits a run's speed; this number usually does not.
    public var concurrency = 16
    /// The most rows that may fail before the run ends; `nil` for no limit.
    public var maxFailures: Int?
    /// How long the server may be unusable, or ask to wait, before the run ends.
    public var giveUpAfter = Duration.seconds(300)
    /// The longest that the run may last; `nil` for no limit.
    public var deadline: Duration?
    /// How long requests in flight may continue after ``RunControl/stop(_:)``.
    ///
    /// After that they are abandoned, as by ``RunControl/stopNow(_:)``.
    public var drain = Duration.seconds(10)
    /// The number of rows to send before the run ends as a canary; `nil` for all.
    public var canary: Int?
    /// The hours in which updates are sent; `nil` for all.
    public var windows: SendWindows?
    /// The most that one request takes.
    ///
    /// No request starts that could last beyond the end of a window. A run takes its connection's value.
    package var requestTimeout = Duration.seconds(30)

    /// Makes the default limits.
    public init() {}
}
