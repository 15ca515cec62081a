import CLibrary

/// One system thread that runs a function and can be joined.
///
/// It is for work that blocks and must not hold a thread of the cooperative pool. The thread blocks
/// all signals. The program's own handlers therefore never run on it, and a lost TLS connection's
/// `SIGPIPE` cannot end the program.
package struct JoinableThread: Sendable {
    #if canImport(Darwin)
        // An opaque pointer that only pthread_join and pthread_equal use.
        private nonisolated(unsafe) let handle: pthread_t
    #else
        private let handle: pthread_t
    #endif

    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts the thread; `nil` when the system cannot create one.
    ///
    /// - Parameter body: The function to run.
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

    /// Whether the caller runs on this thread, which cannot wait for itself.
    package var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    /// Waits until the thread's function has returned; call it at most once.
    package func join() { pthread_join(handle, nil) }

    /// Lets the thread end by itself, when no caller can call ``join()``.
    package func detach() { pthread_detach(handle) }

    /// The entry function of the new thread.
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
