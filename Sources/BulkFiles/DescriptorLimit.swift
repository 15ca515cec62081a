#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many files and sockets this process may open.
package enum DescriptorLimit {
    /// Enough for any number of requests in flight; a limit beyond it is not asked for.
    private static let plenty = 8192

    /// Raises the process's own limit as far as the system lets it, up to what is enough.
    ///
    /// - Returns: The limit from now on.
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

    /// How many descriptors are free, as far as it matters.
    package static var free: Int {
        var limit = rlimit()
        guard get(&limit) else { return plenty }
        // A limit can be set below what is open already: only the numbers below it count.
        let end = Int32(min(Int(clamping: limit.rlim_cur), plenty))
        return (0..<end).count { fcntl($0, F_GETFD) < 0 }
    }

    /// Whether the next file or socket, or the one after that, cannot be opened.
    package static var isReached: Bool {
        let first = fcntl(0, F_DUPFD_CLOEXEC, 0)
        guard first >= 0 else { return errno == EMFILE || errno == ENFILE }
        defer { close(first) }
        let second = fcntl(0, F_DUPFD_CLOEXEC, 0)
        guard second >= 0 else { return errno == EMFILE || errno == ENFILE }
        close(second)
        return false
    }

    #if canImport(Glibc)
        private static func get(_ limit: inout rlimit) -> Bool {
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        }
        private static func set(_ limit: inout rlimit) -> Bool {
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        }
    #else
        private static func get(_ limit: inout rlimit) -> Bool {
            getrlimit(RLIMIT_NOFILE, &limit) == 0
        }
        private static func set(_ limit: inout rlimit) -> Bool {
            setrlimit(RLIMIT_NOFILE, &limit) == 0
        }
    #endif
}

/// Descriptors that are kept for later, so that a run which has used up all others can still report.
package final class DescriptorReserve: Sendable {
    private let descriptors: [Int32]

    /// How many were taken.
    package var count: Int { descriptors.count { $0 >= 0 } }

    /// Takes descriptors, fewer where that would leave too few for others.
    ///
    /// - Parameters:
    ///   - count: The descriptors to take.
    ///   - others: The descriptors to leave free.
    package init(_ count: Int, leaving others: Int) {
        let wanted = max(0, min(count, DescriptorLimit.free - others))
        descriptors = (0..<wanted).map { _ in fcntl(0, F_DUPFD_CLOEXEC, 0) }
    }

    /// Gives them back when the last reference goes.
    deinit { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
}
