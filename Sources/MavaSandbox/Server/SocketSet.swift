import CPoll

import CLibrary

/// The sockets that one thread waits for.
final class SocketSet {
    private let set: OpaquePointer
    private var found = [CPollReady](repeating: CPollReady(), count: 128)

    /// Makes an empty set.
    ///
    /// - Parameter way: The system's method of waiting.
    init(_ way: CPollWay = CPOLL_BEST) {
        guard let set = cpoll_new(way) else {
            preconditionFailure("no memory for a set of sockets")
        }
        self.set = set
    }

    deinit { cpoll_free(set) }

    /// Watches a socket for events, replacing earlier ones; errors are always watched.
    ///
    /// - Returns: `false` when the system cannot watch it.
    func watch(_ descriptor: Int32, for events: Int32) -> Bool {
        cpoll_watch(set, descriptor, Int16(events)) == 0
    }

    /// Stops watching a socket; call it before the socket is closed.
    func forget(_ descriptor: Int32) { cpoll_forget(set, descriptor) }

    /// Waits until a socket is ready.
    ///
    /// - Parameter limit: The most nanoseconds to wait.
    /// - Returns: The ready sockets, or some of them if there are many, valid until the next call.
    ///   The slice is also empty after a signal. It is `nil` when the system cannot wait.
    func wait(atMost limit: UInt64) -> ArraySlice<CPollReady>? {
        let count = cpoll_wait(set, &found, Int32(found.count), limit)
        guard count >= 0 else { return errno == EINTR ? [] : nil }
        return found.prefix(Int(count))
    }
}
