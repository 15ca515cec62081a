import CCurl

import CLibrary

/// The sockets that libcurl wants to hear about, and when it wants to be called anyway.
///
/// libcurl says what changes, and hears only of the sockets that are ready: so a round costs
/// what has happened, not what is under way. poll(2) looks at all of them, which for the hundred
/// connections that there may be is cheaper than entering and leaving each in an epoll set. It belongs to
/// the transport's thread.
final class CurlSockets {
    /// A socket that something can be done with: libcurl's CCURL_SELECT_ bits.
    struct Ready {
        var socket: Int32
        var events: Int32
    }

    private let pipe: WakePipe
    /// What is polled; the first one is the pipe.
    private var entries: [pollfd]
    /// Where each socket stands among the entries, by its number; -1 for those that do not.
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

    /// Takes what libcurl wants to know about a socket.
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

    /// Takes when libcurl wants to be called, in place of what it said before; below 0 for not at all.
    func setTimer(milliseconds: Int) {
        isDueNow = milliseconds == 0
        timer =
            milliseconds > 0
            ? ContinuousClock.now.advanced(by: .milliseconds(milliseconds)) : nil
    }

    /// Whether libcurl is to be called because of the time; then it says again when.
    func takeTimer() -> Bool {
        guard isDueNow || timer.map({ $0 <= .now }) ?? false else { return false }
        isDueNow = false
        timer = nil
        return true
    }

    // MARK: Waiting

    /// Waits until something is ready, somebody wakes the thread, libcurl wants to be called, or it is
    /// time.
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

    /// Whether a socket that was ready is still one that libcurl wants to hear of: what it did with others
    /// may have closed it.
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
