import Synchronization

/// The messages from tasks to the transport's thread: start a transfer, cancel one, end.
///
/// The thread takes all messages at once and is woken only when it waits. Many requests cost one wake-up, and
/// none while the thread works.
final class CurlInbox: Sendable {
    /// All that was waiting.
    struct Mail {
        var submitted: [CurlTransfer] = []
        var cancelled: [CurlTransfer] = []
        var isClosing = false

        var isEmpty: Bool { submitted.isEmpty && cancelled.isEmpty && !isClosing }
    }

    private struct State {
        var mail = Mail()
        var isThreadWaiting = false
        var isClosed = false

        /// Whether the thread has to be woken; from then on it counts as awake.
        mutating func consumeWaiting() -> Bool {
            defer { isThreadWaiting = false }
            return isThreadWaiting
        }
    }

    /// What the thread waits at.
    let pipe: WakePipe
    private let state = Mutex(State())

    init(pipe: WakePipe) { self.pipe = pipe }

    /// Hands a transfer to the thread.
    ///
    /// - Returns: `false` when the thread takes no more.
    func submit(_ transfer: CurlTransfer) -> Bool {
        let (isTaken, isWaiting) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.mail.submitted.append(transfer)
            return (true, state.consumeWaiting())
        }
        if isWaiting { pipe.wake() }
        return isTaken
    }

    /// Asks the thread to drop a transfer, whether it was submitted yet or not.
    func cancel(_ transfer: CurlTransfer) {
        change { state in
            if !state.isClosed { state.mail.cancelled.append(transfer) }
        }
    }

    /// Closes the inbox, and asks the thread to end.
    func close() {
        change { state in
            state.isClosed = true
            state.mail.isClosing = true
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let isWaiting = state.withLock { state in
            body(&state)
            return state.consumeWaiting()
        }
        if isWaiting { pipe.wake() }
    }

    /// For the thread: takes what is waiting.
    func consume() -> Mail {
        state.withLock { state in
            state.isThreadWaiting = false
            defer { state.mail = Mail(isClosing: state.mail.isClosing) }
            return state.mail
        }
    }

    /// For the thread, before it waits: from now on a message wakes it.
    ///
    /// - Returns: `false` when there is something to take already.
    func beginWaiting() -> Bool {
        state.withLock { state in
            state.isThreadWaiting = state.mail.isEmpty
            return state.isThreadWaiting
        }
    }

    /// For the thread, after it has waited: messages no longer wake it until it waits again.
    func endWaiting() { state.withLock { $0.isThreadWaiting = false } }

    /// For the thread, before it ends: closes the inbox and returns the messages that came too late.
    func detach() -> [CurlTransfer] {
        state.withLock { state in
            state.isClosed = true
            state.isThreadWaiting = false
            defer { state.mail = Mail() }
            return state.mail.submitted
        }
    }
}
