import CLibrary
import BulkExecution
import BulkSystem
import Synchronization

/// Waits for signals on a thread of its own and hands them to a listener.
///
/// The signals are blocked in every thread and received with sigwait(3), so ordinary code handles them, not a
/// signal handler. The same thread has a timer: SIGALRM.
final class SignalWatch: Sendable {
    /// What the thread wakes up for.
    enum Event: Sendable {
        /// SIGINT, SIGTERM or SIGHUP: the program is asked to end.
        case end(signal: Int32)
        /// A person wants the program to pause, as by Ctrl-Z; only where ``SignalWatch/blockSignals(andStop:)`` says so.
        case stop
        /// The program goes on after it was stopped, as by Ctrl-Z and `fg`.
        case continued
        /// SIGUSR1: a person asks what the program is doing.
        case question
        /// The timer of ``SignalWatch/wake(after:)`` ran out.
        case timer
    }

    /// The system has no thread for the watch.
    struct NoThread: Error {}

    private let listener = Handler<Event, Void>()

    /// The signals that are taken; one that was ignored when the program started stays ignored, as nohup(1)
    /// and the background jobs of a shell want it.
    private static let watched: [Int32] =
        ([SIGINT, SIGTERM, SIGHUP, SIGUSR1] + (takesStop.withLock { $0 } ? [SIGTSTP] : []))
        .filter { !isIgnored($0) } + [SIGALRM, SIGCONT]

    /// Whether Ctrl-Z is taken, too.
    private static let takesStop = Mutex(false)

    /// Blocks SIGUSR1, the first thing that the program does; its children get their own mask.
    static func holdQuestions() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGUSR1)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Blocks the signals; must be called before any other thread starts.
    ///
    /// - Parameter andStop: Whether the program has jobs that have to pause when it does.
    static func blockSignals(andStop: Bool) {
        takesStop.withLock { $0 = andStop }
        // The timer signal belongs to this program, whatever the parent process set for it.
        signal(SIGALRM, SIG_DFL)
        var set = watchedSet
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Starts the thread; without a listener a signal ends the program as it would have.
    ///
    /// - Throws: ``NoThread`` when the system gives no thread.
    init() throws(NoThread) {
        let reference = Unmanaged.passRetained(self)
        var thread = pthread_t.none
        let failed = pthread_create(
            &thread, nil, { SignalWatch.loop($0) }, reference.toOpaque())
        guard failed == 0 else {
            reference.release()
            throw NoThread()
        }
        pthread_detach(thread.started)
    }

    /// Listens for signals from now on; the sequence has the first one that asks the program to end.
    ///
    /// A signal that comes within a second of it is the same request; a later one ends the program.
    func ending() -> AsyncStream<Int32> {
        let machine = Mutex(SignalMachine(drain: .zero))
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        listen { event in
            guard case .end(let signal) = event else { return }
            let action = machine.withLock {
                $0.handle(signal, at: SystemTime.monotonic(), in: .finishing)
            }
            switch action {
            case .cancel:
                continuation.yield(signal)
                continuation.finish()
            case .leave: CurrentProcess.leave(128 + signal)
            case .ignore, .drain, .giveUp: break
            }
        }
        return signals
    }

    /// Listens for signals from now on, or, with `nil`, lets them end the program again.
    func listen(_ newListener: (@Sendable (Event) -> Void)?) {
        listener.set(newListener)
    }

    /// Sets the timer; an earlier setting is replaced.
    ///
    /// - Parameter time: After how long the listener gets a ``Event/timer``.
    func wake(after time: Nanoseconds) {
        AlarmTimer.set(microseconds: max(1, time.quotient(by: .microsecond)))
    }

    /// Pauses the program as Ctrl-Z does.
    static func pause() { kill(getpid(), SIGSTOP) }

    private static var watchedSet: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in watched { sigaddset(&set, number) }
        return set
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // The handler is a number or an address in a union that each C library names its own way.
        return withUnsafeBytes(of: &action) { $0.load(as: UInt.self) }
            == UInt(bitPattern: unsafeBitCast(SIG_IGN, to: Int.self))
    }

    private static func loop(_ reference: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let reference else { return nil }
        let watch = Unmanaged<SignalWatch>.fromOpaque(reference).takeUnretainedValue()
        while true {
            var set = watchedSet
            var number: Int32 = 0
            guard sigwait(&set, &number) == 0 else { continue }
            let event: Event =
                switch number {
                case SIGALRM: .timer
                case SIGCONT: .continued
                case SIGTSTP: .stop
                case SIGUSR1: .question
                default: .end(signal: number)
                }
            if watch.listener(event) != nil {
                continue
            } else if case .end = event {
                CurrentProcess.leave(128 + number)
            } else if case .stop = event {
                pause()
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
