/// Receives what a run does; every call may come from any task.
public protocol RunObserver: Sendable {
    /// Planning goes on.
    func planning(_ progress: PlanProgress)
    /// The run has its directory and begins to send; `progress` may be called at any time until ``ended()``.
    func began(in directory: String, progress: @escaping @Sendable () -> RunProgress)
    /// A row has its outcome: it was sent, or decided when its ticket was read again.
    ///
    /// The journal does not hold it yet. Rows that need no request have no call. The call must return soon.
    func row(_ outcome: RowOutcome)
    /// The run obeys a command of its control file, or something in the file is ignored.
    func controlFile(_ event: ControlEvent, at path: String)
    /// Nothing more is sent.
    func ended()
    /// The tickets of rows whose requests were never answered could not be read again.
    func couldNotSettle(_ error: ClientError)
    /// The run's function is about to return or to throw; nothing is called after this.
    func finished()
}

extension RunObserver {
    /// Ignores the event.
    public func planning(_ progress: PlanProgress) {}
    /// Ignores the event.
    public func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {}
    /// Ignores the event.
    public func row(_ outcome: RowOutcome) {}
    /// Ignores the event.
    public func controlFile(_ event: ControlEvent, at path: String) {}
    /// Ignores the event.
    public func ended() {}
    /// Ignores the event.
    public func couldNotSettle(_ error: ClientError) {}
    /// Ignores the event.
    public func finished() {}
}

/// An observer that ignores all events.
public struct NoObserver: RunObserver {
    /// Makes an observer that watches nothing.
    public init() {}
}
