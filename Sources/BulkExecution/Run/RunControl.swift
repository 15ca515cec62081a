import Synchronization

/// Stops or pauses runs from another task, or from a dispatch source that takes signals.
///
/// ``stop(_:)`` lets requests in flight finish within ``ExecutionOptions/drain``. ``stopNow(_:)`` abandons
/// them at once. ``pause()`` holds back further updates until ``resume()``.
///
/// All runs that have the same control obey it, also those that begin later: a control that was stopped stays
/// stopped. What ends or pauses only one of them, such as its task's cancellation or its control file, leaves the
/// control as it is.
public final class RunControl: Sendable {
    private struct State {
        var reason: StopReason?
        var isHard = false
        var isPaused = false
        var listeners: [ObjectIdentifier: @Sendable () -> Void] = [:]

        mutating func stop(_ reason: StopReason) {
            self.reason = self.reason ?? (reason == .finished ? .stopRequested : reason)
        }
    }

    private let state = Mutex(State())
    /// The control that this one obeys, too.
    private let parent: RunControl?

    /// Makes a control that has not been stopped.
    public convenience init() { self.init(obeying: nil) }

    /// Makes a control of one run, which obeys another control, too.
    package init(obeying parent: RunControl?) { self.parent = parent }

    /// Ends the run when the requests in flight are answered or abandoned.
    ///
    /// The run reports the first reason given.
    ///
    /// - Parameter reason: Why the run ends; `stopRequested` is taken for `finished`, which is no such reason.
    public func stop(_ reason: StopReason) {
        // What the other control was stopped for came first.
        let first = parent?.reason ?? reason
        change { $0.stop(first) }
    }

    /// Ends the run now and abandons the requests in flight.
    ///
    /// Their rows stay open, and a resumed run reads their tickets.
    ///
    /// - Parameter reason: Why the run ends, unless a reason was given before.
    public func stopNow(_ reason: StopReason) {
        let first = parent?.reason ?? reason
        change { state in
            state.stop(first)
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
    public var isPaused: Bool { state.withLock { $0.isPaused } || parent?.isPaused ?? false }

    /// The reason given; `nil` while the run continues.
    public var reason: StopReason? { state.withLock { $0.reason } ?? parent?.reason }

    package var isHard: Bool { state.withLock { $0.isHard } || parent?.isHard ?? false }

    /// Sets the handler that is called when the state changes.
    ///
    /// - Parameters:
    ///   - listener: The handler; `nil` for none.
    ///   - owner: Whose handler it is; each owner has one.
    package func setListener(
        _ listener: (@Sendable () -> Void)?, of owner: some AnyObject & Sendable
    ) {
        state.withLock { $0.listeners[ObjectIdentifier(owner)] = listener }
        parent?.setListener(listener, of: owner)
    }

    private func change(_ body: (inout State) -> Void) {
        let listeners = state.withLock { state in
            body(&state)
            return Array(state.listeners.values)
        }
        for listener in listeners { listener() }
    }
}
