/// Told of a run's stations, for whoever shows them; every call may come from any task.
public protocol RunObserver: Sendable {
    /// Planning goes on.
    func planning(_ progress: PlanProgress)
    /// The run has its directory and begins to send; `progress` may be called at any time until ``ended()``.
    func began(in directory: String, progress: @escaping @Sendable () -> RunProgress)
    /// Nothing more is sent.
    func ended()
    /// The tickets of rows whose requests were never answered could not be read again.
    func couldNotSettle(_ error: ClientError)
}

extension RunObserver {
    /// Ignores the station.
    public func planning(_ progress: PlanProgress) {}
    /// Ignores the station.
    public func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {}
    /// Ignores the station.
    public func ended() {}
    /// Ignores the station.
    public func couldNotSettle(_ error: ClientError) {}
}

/// Watches nothing.
public struct NoObserver: RunObserver {
    /// Makes an observer that watches nothing.
    public init() {}
}
