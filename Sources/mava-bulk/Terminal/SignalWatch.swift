#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Synchronization

/// Waits for SIGINT, SIGTERM and SIGHUP on a thread of its own and tells whoever is listening.
///
/// The signals are blocked in every thread and taken with sigwait(3), so what happens then is ordinary
/// code, not a signal handler's.
final class SignalWatch: Sendable {
    private let listener = Mutex<(@Sendable (Int32) -> Void)?>(nil)

    /// Blocks the signals; must be called before any other thread starts.
    static func blockSignals() {
        var set = watched
        pthread_sigmask(SIG_BLOCK, &set, nil)
        // A reader that goes away, or a file that may not grow, is an error of a write: the run ends in
        // order and says so.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Starts the thread; without a listener a signal ends the program as it would have.
    init() {
        let reference = Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t.none
        let failed = pthread_create(&thread, nil, { SignalWatch.loop($0) }, reference)
        precondition(failed == 0, "the system has no thread left")
        pthread_detach(thread.started)
    }

    /// Waits for one signal.
    func next() async -> Int32 {
        await withCheckedContinuation { continuation in
            listen { number in
                // The first one is taken; the next ends the program.
                self.listen(nil)
                continuation.resume(returning: number)
            }
        }
    }

    /// Takes the signals from now on, or, with `nil`, lets them end the program again.
    func listen(_ newListener: (@Sendable (Int32) -> Void)?) {
        listener.withLock { $0 = newListener }
    }

    private static var watched: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        return set
    }

    private static func loop(_ reference: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let reference else { return nil }
        let watch = Unmanaged<SignalWatch>.fromOpaque(reference).takeUnretainedValue()
        while true {
            var set = watched
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { continue }
            if let listener = watch.listener.withLock({ $0 }) {
                listener(number)
            } else {
                _exit(128 + number)
            }
        }
    }
}

#if canImport(Darwin)
    extension Optional where Wrapped == pthread_t {
        static var none: pthread_t? { nil }
        var started: pthread_t { self! }
    }
#else
    extension pthread_t {
        static var none: pthread_t { 0 }
        var started: pthread_t { self }
    }
#endif
