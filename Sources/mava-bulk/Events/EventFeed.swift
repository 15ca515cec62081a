import BulkExecution
import BulkSystem
import MavaBulk
import Synchronization

/// What happens in a command, for all that follow it: the log of `--events` and the hooks of `--on`.
final class EventFeed: Sendable {
    struct State {
        /// The commands that run when something happens; `nil` where there are none.
        var hooks: EventHooks?
        /// What the last event says beside the exit code.
        var kept: RunEvent.Members = []
        /// Why the run ended; `nil` while it has no result.
        var reason: StopReason?
        /// The run's directory, once it has one.
        var directory: String?
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
    var isFollowed: Bool { log != nil || state.withLock { $0.hooks != nil } }

    /// Whether something is left to do when the command is over that takes time.
    var hasLastSteps: Bool { state.withLock { $0.hooks != nil } }

    /// Takes the hooks of a command line and its configuration; those before them are forgotten.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - warn: Reports what went wrong with a hook.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    func follow(
        _ arguments: ParsedArguments, warn: @escaping @Sendable (String) -> Void
    ) throws {
        let hooks = try EventHooks(arguments, warn: warn)
        state.withLock { $0.hooks = hooks }
    }

    /// Adds an event to the log.
    func add(_ event: RunEvent) { log?.add(event) }

    /// Adds an event to the log.
    func add(_ event: String, _ members: RunEvent.Members) { add(RunEvent(event, members)) }

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

    /// Adds an event and starts its hooks.
    func addAndStart(_ event: RunEvent, as hook: HookEvent) {
        log?.add(event)
        let (hooks, directory) = state.withLock { ($0.hooks, $0.directory) }
        let line = event.renamed(hook.rawValue, directory: directory).line
        hooks?.start(hook, line, directory: directory)
    }

    /// The command is over: runs the last hooks, and adds the last event.
    ///
    /// - Parameters:
    ///   - code: What it ends with.
    ///   - failure: The error that ended it; `nil` for none.
    /// - Returns: What it ends with after all, which is another code where a hook failed that is required.
    func end(_ code: ExitCode, _ failure: CommandFailure? = nil) -> ExitCode {
        let state = state.withLock { $0 }
        func event(_ code: ExitCode) -> RunEvent {
            var members: RunEvent.Members = [("exitCode", .number(Int(code.rawValue)))] + state.kept
            if let failure { members.append(("error", failure.json)) }
            return RunEvent("end", members)
        }
        let hook = HookEvent(
            endingWith: code, state.reason, hasStarted: state.hasStarted,
            hasFailed: failure != nil)
        let line = event(code).renamed(hook.rawValue, directory: state.directory).line
        let isMissed =
            state.hooks?.finish(hook, line, directory: state.directory) ?? false
        let code = isMissed && code == .success ? .hookFailed : code
        log?.add(event(code))
        return code
    }

    /// Waits until all events are written, for at most five seconds.
    ///
    /// - Returns: Why events are missing; `nil` where none are.
    func finish() -> String? { log?.finish() }
}
