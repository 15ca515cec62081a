import BulkExecution
import BulkSystem
import MavaAPI
import MavaBulk
import Synchronization

/// What happens in a command, for all that follow it: the log of `--events`, the hooks of `--on`, and the messages
/// of `--notify` and `--ping`.
final class EventFeed: Sendable {
    struct State {
        /// The commands that run when something happens; `nil` where there are none.
        var hooks: EventHooks?
        /// What sends messages about changes of state; `nil` for nothing.
        var notifier: RunNotifier?
        /// Decides for which waits hooks run.
        var waits = WaitWatch(shortest: WaitWatch.shortestForHooks)
        /// What the last event says beside the exit code.
        var kept: RunEvent.Members = []
        /// What the run did; `nil` while it has no result.
        var result: RunResult?
        /// The run's directory, once it has one.
        var directory: String?
        /// Whether the command's options were understood.
        var hasBegun = false
        /// Whether the run was about to send.
        var hasStarted = false
    }

    let state = Mutex(State())
    private let log: EventLog?

    /// Makes a feed.
    ///
    /// - Parameter log: The file that gets every event; `nil` for none.
    init(log: EventLog?) { self.log = log }

    /// Whether anything follows the command.
    var isFollowed: Bool { log != nil || hasLastSteps }

    /// Whether something is left to do when the command is over that takes time.
    var hasLastSteps: Bool { state.withLock { $0.hooks != nil || $0.notifier != nil } }

    /// Whether commands run when something happens.
    var hasHooks: Bool { state.withLock { $0.hooks != nil } }

    /// Sets the hooks and the addresses of a command line and its configuration; those before are forgotten.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - warn: Reports what went wrong with a hook or a message.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    func follow(
        _ arguments: ParsedArguments, warn: @escaping @Sendable (String) -> Void
    ) throws {
        let hooks = try EventHooks(arguments, warn: warn)
        let notifier = try RunNotifier(arguments, warn: warn)
        state.withLock {
            $0.hooks = hooks
            $0.notifier = notifier
        }
    }

    /// No message may hold this key.
    func hide(_ key: APIKey) { state.withLock { $0.notifier }?.hide(key) }

    /// The command's options are understood, and its work begins.
    func begin() {
        let notifier = state.withLock { state in
            state.hasBegun = true
            return state.notifier
        }
        notifier?.begin()
    }

    /// A signal asks the program to end.
    ///
    /// - Parameter time: When the program ends at the latest.
    func signal(leavingAt time: Nanoseconds) {
        state.withLock { $0.hooks }?.signal(leavingAt: time)
    }

    /// Adds an event to the log.
    func add(_ event: RunEvent) { log?.add(event) }

    /// Adds an event to the log.
    func add(_ event: RunEvent.Name, _ members: RunEvent.Members) { add(RunEvent(event, members)) }

    /// Adds an event and runs its hooks; returns when they have ended.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - hook: Its name for hooks.
    /// - Returns: What is wrong with a hook that is required; `nil` where nothing is.
    /// - Throws: A `CancellationError` when a signal ended the command meanwhile.
    func addAndWait(_ event: RunEvent, as hook: HookEvent) throws(CancellationError) -> String? {
        log?.add(event)
        let (hooks, directory) = state.withLock { ($0.hooks, $0.directory) }
        guard let hooks else { return nil }
        let line = event.renamed(hook.rawValue, directory: directory).line
        let problem = try hooks.run(hook, line, directory: directory)
        return hooks.isRequired ? problem : nil
    }

    /// Starts the hooks of an event, and does not wait for them.
    func startHooks(of event: RunEvent, as hook: HookEvent) {
        let (hooks, directory) = state.withLock { ($0.hooks, $0.directory) }
        let line = event.renamed(hook.rawValue, directory: directory).line
        hooks?.start(hook, line, directory: directory)
    }

    /// The command is over: runs the last hooks, sends the last message and ping, and adds the last event.
    ///
    /// Wrong usage has neither, unless the command had begun.
    ///
    /// - Parameters:
    ///   - code: What it ends with.
    ///   - failure: The error that ended it; `nil` for none.
    /// - Returns: What it ends with after all, which is another code where a hook failed that is required.
    func end(_ code: ExitCode, _ failure: CommandFailure? = nil) -> ExitCode {
        func event(_ code: ExitCode, _ state: State) -> RunEvent {
            var members: RunEvent.Members = [("exitCode", .number(Int(code.rawValue)))] + state.kept
            if let failure { members.append(("error", failure.json)) }
            return RunEvent(.end, members)
        }
        var state = state.withLock { $0 }
        if !state.hasBegun, code == .usage { (state.hooks, state.notifier) = (nil, nil) }
        // A monitor gets no end without a start.
        state.notifier?.begin()
        let hook = HookEvent(
            endingWith: code, state.result?.summary.reason, hasStarted: state.hasStarted,
            hasFailed: failure != nil)
        // A hook can take long, and after a signal too long: what is known already is sent beside it.
        let mayChange = state.hooks?.isRequired == true && code == .success
        if !mayChange { state.notifier?.ended(hook, code, state.result, failure) }
        let line = event(code, state).renamed(hook.rawValue, directory: state.directory).line
        let isMissed = state.hooks?.finish(hook, line, directory: state.directory) ?? false
        let last = isMissed && mayChange ? .hookFailed : code
        log?.add(event(last, state))
        if mayChange { state.notifier?.ended(hook, last, state.result, failure) }
        return last
    }

    /// Waits until all messages are sent or given up.
    func finishSending() async { await state.withLock { $0.notifier }?.finish() }

    /// Waits until all events are written, for at most five seconds.
    ///
    /// - Returns: Why events are missing; `nil` where none are.
    func finish() -> String? { log?.finish() }
}
