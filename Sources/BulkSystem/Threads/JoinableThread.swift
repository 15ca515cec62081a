import CLibrary

/// One system thread that runs a function and can be waited for.
///
/// For work that blocks and must not hold a thread of the cooperative pool. The thread takes no
/// signals, so the program's own handlers never run on it and a lost TLS connection's `SIGPIPE` cannot
/// end the program.
package struct JoinableThread: Sendable {
    #if canImport(Darwin)
        // An opaque pointer that only pthread_join and pthread_equal look at.
        private nonisolated(unsafe) let handle: pthread_t
    #else
        private let handle: pthread_t
    #endif

    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts the thread; `nil` when the system has none to give.
    ///
    /// - Parameter body: What it runs.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Darwin)
            var started: pthread_t?
        #else
            var started = pthread_t()
        #endif
        let result = pthread_create(&started, nil, threadMain, work.toOpaque())
        guard result == 0 else {
            work.release()
            return nil
        }
        #if canImport(Darwin)
            guard let started else { return nil }
        #endif
        handle = started
    }

    /// Whether the caller runs on this thread, which therefore cannot wait for itself.
    package var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    /// Waits until the thread's function has returned, once.
    package func join() { pthread_join(handle, nil) }

    /// Lets the thread end by itself, where no code can call ``join()``.
    package func detach() { pthread_detach(handle) }

    /// What the new thread does first and last.
    fileprivate static func run(_ pointer: UnsafeMutableRawPointer) {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run()
    }
}

#if canImport(Darwin)
    private func threadMain(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        JoinableThread.run(pointer)
        return nil
    }
#else
    private func threadMain(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let pointer { JoinableThread.run(pointer) }
        return nil
    }
#endif
