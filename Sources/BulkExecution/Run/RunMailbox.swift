import BulkSystem
import Synchronization

/// What happens while a run waits: answers, the passing of time, a request to stop.
///
/// Many tasks put events in; the run's one loop takes them out.
final class RunMailbox: Sendable {
    /// Something that happened.
    enum Event: Sendable {
        /// A request is over.
        case answer(Job, Answer, at: Nanoseconds)
        /// A timer ran out; its time.
        case time(Nanoseconds)
        /// Somebody wants the run to end, or the journal failed.
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

    /// Takes what has come; empty when nothing has.
    func takeAll() -> [Event] {
        state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// Waits until something is there.
    ///
    /// The task's cancellation is itself an event, added by the code that watches for it, so this wait needs no
    /// watch of its own.
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
