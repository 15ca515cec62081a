import BulkSystem
import Synchronization

/// The events that reach a run while it waits: answers, timers and requests to stop.
///
/// Many tasks add events. The run's loop is the only one that takes them out.
final class RunMailbox: Sendable {
    /// One event.
    enum Event: Sendable {
        /// A request is over.
        case answer(Job, Answer, at: Nanoseconds)
        /// A timer fired at this time.
        case time(Nanoseconds)
        /// Another task wants the run to end, to pause or to go on, or the journal failed.
        case attention
    }

    private struct State {
        var events: [Event] = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func put(_ event: Event) {
        state.withLock { state in
            state.events.append(event)
            return state.waiter.take()
        }?.resume()
    }

    /// Removes and returns all events; empty when there are none.
    func consumeAll() -> [Event] {
        state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// Waits until there is an event.
    ///
    /// This wait does not watch for cancellation. The code that watches for the task's cancellation adds an
    /// event for it.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.events.isEmpty else { return true }
                state.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}
