import CLibrary

/// How many files and sockets this process may open.
package enum DescriptorLimit {
    /// Enough for any number of requests in flight; a higher limit is not requested.
    private static let plenty = 8192

    /// Raises the process's own limit as far as the system allows, up to what is enough.
    ///
    /// - Returns: The new limit.
    @discardableResult
    package static func raise() -> Int {
        var limit = rlimit()
        guard get(&limit) else { return plenty }
        let wanted = min(rlim_t(plenty), limit.rlim_max)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if set(&raised) { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many descriptors are free, counted up to what is enough.
    package static var free: Int {
        var limit = rlimit()
        guard get(&limit) else { return plenty }
        // The limit can be lower than the number of open files. Only the descriptors below it
        // count.
        let end = min(Int(clamping: limit.rlim_cur), plenty)
        // One call for all of them: every command begins with this.
        var asked = (0..<end).map { pollfd(fd: Int32($0), events: 0, revents: 0) }
        guard poll(&asked, nfds_t(end), 0) >= 0 else { return 0 }
        return asked.count { $0.revents & Int16(POLLNVAL) != 0 }
    }

    /// Whether the next file or socket, or the one after it, cannot be opened.
    package static var isReached: Bool {
        let first = fcntl(0, F_DUPFD_CLOEXEC, 0)
        guard first >= 0 else { return errno == EMFILE || errno == ENFILE }
        defer { close(first) }
        let second = fcntl(0, F_DUPFD_CLOEXEC, 0)
        guard second >= 0 else { return errno == EMFILE || errno == ENFILE }
        close(second)
        return false
    }

    private static func get(_ limit: inout rlimit) -> Bool {
        getrlimit(PlatformConstant.descriptorLimit, &limit) == 0
    }

    private static func set(_ limit: inout rlimit) -> Bool {
        setrlimit(PlatformConstant.descriptorLimit, &limit) == 0
    }
}
