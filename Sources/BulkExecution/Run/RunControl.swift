import Synchronization

/// Stops or pauses a run from a signal handler or another task.
///
/// ``stop(_:)`` lets requests in flight finish within ``ExecutionOptions/drain``. ``stopNow(_:)`` abandons
/// them at once. ``pause()`` holds back further updates until ``resume()``.
public final class RunControl: Sendable {
    private struct State {
        var reason: StopReason?
        var isHard = false
        var isPaused = false
        var listener: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Makes a control that has not been stopped.
    public init() {}

    /// Ends the run when the requests in flight are answered or abandoned.
    ///
    /// The run reports the first reason given.
    ///
    /// - Parameter reason: Why the run ends.
    public func stop(_ reason: StopReason) {
        change { state in state.reason = state.reason ?? reason }
    }

    /// Ends the run now and abandons the requests in flight.
    ///
    /// Their rows stay open, and a resumed run reads their tickets.
    ///
    /// - Parameter reason: Why the run ends, unless a reason was given before.
    public func stopNow(_ reason: StopReason) {
        change { state in
            state.reason = state.reason ?? reason
            state.isHard = true
        }
    }

    /// Holds back further updates; requests in flight finish.
    ///
    /// A deadline still counts, and a run without rows left ends.
    public func pause() { change { $0.isPaused = true } }

    /// Sends updates again after ``pause()``.
    public func resume() { change { $0.isPaused = false } }

    /// Whether updates are held back.
    public var isPaused: Bool { state.withLock { $0.isPaused } }

    /// The reason given; `nil` while the run continues.
    public var reason: StopReason? { state.withLock { $0.reason } }

    package var isHard: Bool { state.withLock { $0.isHard } }

    /// Sets the handler that is called when the state changes.
    package func setListener(_ listener: (@Sendable () -> Void)?) {
        state.withLock { $0.listener = listener }
    }

    private func change(_ body: (inout State) -> Void) {
        let listener = state.withLock { state in
            body(&state)
            return state.listener
        }
        listener?()
    }
}
