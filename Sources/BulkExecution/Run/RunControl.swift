import Synchronization

/// The handle by which a signal handler, or any other task, ends a run.
///
/// ``stop(_:)`` lets what is in flight come to its end within ``ExecutionOptions/drain``;
/// ``stopNow(_:)`` gives it up at once.
public final class RunControl: Sendable {
    private struct State {
        var reason: StopReason?
        var isHard = false
        var listener: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Makes a control that has not been stopped.
    public init() {}

    /// Ends the run when the requests in flight are answered or given up; the first reason given is the one reported.
    ///
    /// - Parameter reason: Why.
    public func stop(_ reason: StopReason) {
        change { state in state.reason = state.reason ?? reason }
    }

    /// Ends the run now: requests in flight are given up, and their rows stay open: a resumed run
    /// reads their tickets.
    ///
    /// - Parameter reason: Why, where no reason was given before.
    public func stopNow(_ reason: StopReason) {
        change { state in
            state.reason = state.reason ?? reason
            state.isHard = true
        }
    }

    /// The reason given; `nil` while the run may go on.
    public var reason: StopReason? { state.withLock { $0.reason } }

    package var isHard: Bool { state.withLock { $0.isHard } }

    /// Sets the handler of a change.
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
