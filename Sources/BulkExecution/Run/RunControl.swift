import Synchronization

/// The handle by which a signal handler, or any other task, ends a run.
///
/// A first request lets what is in flight come to its end; a second ends that too.
public final class RunControl: Sendable {
    private struct State {
        var reason: StopReason?
        var isHard = false
        var listener: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Makes a handle on which nobody has pulled.
    public init() {}

    /// Ends the run after the requests in flight; the first reason given is the one reported.
    ///
    /// - Parameter reason: Why.
    public func stop(_ reason: StopReason) {
        change { state in state.reason = state.reason ?? reason }
    }

    /// Ends the run now: requests in flight are given up, and their rows end as unknown.
    ///
    /// - Parameter reason: Why, where nobody gave a reason before.
    public func stopNow(_ reason: StopReason) {
        change { state in
            state.reason = state.reason ?? reason
            state.isHard = true
        }
    }

    /// The reason given; `nil` while the run may go on.
    public var reason: StopReason? { state.withLock { $0.reason } }

    package var isHard: Bool { state.withLock { $0.isHard } }

    /// Sets who is told of a change.
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
