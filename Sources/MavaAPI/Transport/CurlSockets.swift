import CCurl

import CLibrary

/// The sockets that libcurl watches, and its timer.
///
/// libcurl reports changes and is called only for ready sockets, so the cost of a round depends on the
/// events, not on the number of transfers. poll(2) looks at all sockets. For at most a hundred connections
/// that is cheaper than adding each to an epoll set and removing it. This type belongs to the transport's
/// thread.
final class CurlSockets {
    /// A socket that something can be done with: libcurl's CCURL_SELECT_ bits.
    struct Ready {
        var socket: Int32
        var events: Int32
    }

    private let pipe: WakePipe
    /// What is polled; the first one is the pipe.
    private var entries: [pollfd]
    /// The index of each socket among the entries, by its number; -1 for a socket without an entry.
    private var places: [Int] = []
    private var ready: [Ready] = []
    /// When libcurl wants to be called.
    private var timer: ContinuousClock.Instant?
    /// Whether that is at once.
    private var isDueNow = false

    init(pipe: WakePipe) {
        self.pipe = pipe
        entries = [pollfd(fd: pipe.descriptor, events: Int16(POLLIN), revents: 0)]
    }

    // MARK: What libcurl wants

    /// Records which events libcurl wants of a socket.
    func watch(_ socket: Int32, _ what: Int32) {
        let number = Int(socket)
        guard number >= 0 else { return }
        if number >= places.count {
            places += Array(repeating: -1, count: number + 1 - places.count)
        }
        if what == CCURL_POLL_REMOVE { return forget(number) }
        var events: Int16 = 0
        if what & Int32(CCURL_POLL_IN) != 0 { events |= Int16(POLLIN) }
        if what & Int32(CCURL_POLL_OUT) != 0 { events |= Int16(POLLOUT) }
        if places[number] < 0 {
            places[number] = entries.count
            entries.append(pollfd(fd: socket, events: events, revents: 0))
        } else {
            entries[places[number]].events = events
        }
    }

    private func forget(_ number: Int) {
        let place = places[number]
        guard place >= 0 else { return }
        places[number] = -1
        let last = entries.removeLast()
        guard place < entries.count else { return }
        entries[place] = last
        places[Int(last.fd)] = place
    }

    /// Sets the time at which libcurl wants to be called, replacing the earlier one; negative for never.
    func setTimer(milliseconds: Int) {
        isDueNow = milliseconds == 0
        timer =
            milliseconds > 0
            ? ContinuousClock.now.advanced(by: .milliseconds(milliseconds)) : nil
    }

    /// Whether libcurl's timer has run out; libcurl then sets the next one.
    func consumeTimer() -> Bool {
        guard isDueNow || timer.map({ $0 <= .now }) ?? false else { return false }
        isDueNow = false
        timer = nil
        return true
    }

    // MARK: Waiting

    /// Waits until a socket is ready, a task wakes the thread, libcurl's timer runs out, or the given time
    /// comes.
    ///
    /// - Parameter limit: When to stop waiting; `nil` for about a minute.
    /// - Returns: The sockets that are ready; `nil` when the system cannot wait.
    func wait(until limit: ContinuousClock.Instant?) -> [Ready]? {
        ready.removeAll(keepingCapacity: true)
        let count = poll(&entries, nfds_t(entries.count), milliseconds(until: limit))
        guard count > 0 else { return count == 0 || errno == EINTR ? ready : nil }
        if entries[0].revents != 0 { pipe.drain() }
        for entry in entries.dropFirst() where entry.revents != 0 {
            var events: Int32 = 0
            if entry.revents & Int16(POLLIN) != 0 { events |= Int32(CCURL_SELECT_IN) }
            if entry.revents & Int16(POLLOUT) != 0 { events |= Int32(CCURL_SELECT_OUT) }
            if entry.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 {
                events |= Int32(CCURL_SELECT_ERR)
            }
            ready.append(Ready(socket: entry.fd, events: events))
        }
        return ready
    }

    /// Whether libcurl still watches a socket that was ready: its work on other sockets may have closed it.
    func isWatched(_ socket: Int32) -> Bool { places[Int(socket)] >= 0 }

    private func milliseconds(until limit: ContinuousClock.Instant?) -> Int32 {
        if isDueNow { return 0 }
        guard let next = [limit, timer].compactMap({ $0 }).min() else { return 60_000 }
        let remaining = ContinuousClock.now.duration(to: next)
        return remaining <= .zero ? 0 : Int32(min(60_000, remaining.wholeMilliseconds))
    }
}

/// libcurl's `CURLMOPT_SOCKETFUNCTION`; the context is the `CurlSockets`.
func curlSocketChanged(
    _ easy: OpaquePointer?, _ socket: Int32, _ what: Int32, _ context: UnsafeMutableRawPointer?,
    _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return -1 }
    Unmanaged<CurlSockets>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
    return 0
}

/// libcurl's `CURLMOPT_TIMERFUNCTION`; the context is the `CurlSockets`.
func curlTimerChanged(
    _ multi: OpaquePointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return -1 }
    Unmanaged<CurlSockets>.fromOpaque(context).takeUnretainedValue()
        .setTimer(milliseconds: milliseconds)
    return 0
}
