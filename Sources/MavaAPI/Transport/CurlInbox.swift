import CCurl
import Synchronization

/// What tasks tell the transport's thread: start this, drop that, end.
///
/// The thread takes all of it at once, so that many requests cost one wake-up: only the first message
/// after a taking wakes it. It is woken under the lock (one short system call a batch), because the
/// thread frees libcurl's handle when it ends, and must not do so in the middle of a wake-up.
final class CurlInbox: Sendable {
    /// All that was waiting.
    struct Mail {
        var submitted: [CurlTransfer] = []
        var cancelled: [CurlTransfer] = []
        var isClosing = false
    }

    private struct State {
        var mail = Mail()
        var isThreadWoken = false
        var isClosed = false
        /// libcurl's handle while the thread lives.
        nonisolated(unsafe) var multi: OpaquePointer?
    }

    private let library: CurlLibrary
    private let state = Mutex(State())

    init(library: CurlLibrary) { self.library = library }

    /// Hands a transfer to the thread.
    ///
    /// - Returns: `false` when the thread takes no more.
    func submit(_ transfer: CurlTransfer) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.mail.submitted.append(transfer)
            wake(&state)
            return true
        }
    }

    /// Asks the thread to drop a transfer, whether it was submitted yet or not.
    func cancel(_ transfer: CurlTransfer) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.mail.cancelled.append(transfer)
            wake(&state)
        }
    }

    /// Takes no more, and asks the thread to end.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.mail.isClosing = true
            wake(&state)
        }
    }

    /// For the thread: takes what is waiting, so that the next message wakes it again.
    func take() -> Mail {
        state.withLock { state in
            state.isThreadWoken = false
            defer { state.mail = Mail(isClosing: state.mail.isClosing) }
            return state.mail
        }
    }

    /// For the thread: from now on it can be woken.
    func attach(_ multi: sending OpaquePointer) {
        // The handle is only ever used for libcurl's wake-up, which any thread may call.
        nonisolated(unsafe) let multi = multi
        state.withLock { $0.multi = multi }
    }

    /// For the thread, before it frees its handle: takes no more and returns what came too late.
    func detach() -> [CurlTransfer] {
        state.withLock { state in
            state.isClosed = true
            state.multi = nil
            defer { state.mail = Mail() }
            return state.mail.submitted
        }
    }

    private func wake(_ state: inout State) {
        guard !state.isThreadWoken, let multi = state.multi else { return }
        state.isThreadWoken = true
        ccurl_multi_wakeup(library.functions, multi)
    }
}
