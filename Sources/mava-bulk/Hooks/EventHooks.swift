import BulkSystem
import Dispatch
import Synchronization

/// Runs a person's own commands when something happens (`--on`).
///
/// `docs/hooks.md` says what a command gets. Hooks of events that come while updates are sent run on queues of their
/// own, one queue for each event, so that no hook holds the run. All others run where they are called.
final class EventHooks: Sendable {
    /// What a command is called with.
    private struct Call: Sendable {
        var line: String
        var directory: String?
    }

    private struct State {
        /// The latest calls that wait for the one before them to end.
        var waiting: [HookEvent: Call] = [:]
        /// Whether a hook of an event failed whose failure stops nothing.
        var hasFailed = false
        var bounds = HookBounds()
    }

    /// The variables that a hook's command gets: the event, and the run's directory.
    static let variables = (event: "MAVA_BULK_EVENT", run: "MAVA_BULK_RUN")

    /// How long a hook may take, where `--hook-timeout` gives no time.
    static let defaultLimit = 30 * Nanoseconds.second

    /// Whether a failing hook changes how the command ends.
    let isRequired: Bool
    private let commands: [HookEvent: [String]]
    private let limit: Nanoseconds
    private let warn: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let queues: [HookEvent: DispatchQueue]
    private let shell = ExternalProgram(path: "/bin/sh")

    /// Prepares the hooks.
    ///
    /// - Parameters:
    ///   - hooks: The commands, in the order in which they run.
    ///   - limit: How long each may take.
    ///   - isRequired: Whether a failing hook changes how the command ends.
    ///   - warn: Reports a hook that failed.
    init(
        _ hooks: [Hook], limit: Nanoseconds, isRequired: Bool,
        warn: @escaping @Sendable (String) -> Void
    ) {
        commands = Dictionary(grouping: hooks, by: \.event).mapValues { $0.map(\.command) }
        self.limit = limit
        self.isRequired = isRequired
        self.warn = warn
        queues = Dictionary(
            uniqueKeysWithValues: HookEvent.allCases.filter(\.isDuringSending).map {
                ($0, DispatchQueue(label: "mava-bulk \($0.rawValue) hook"))
            })
    }

    /// Whether an event has a command.
    func has(_ event: HookEvent) -> Bool { commands[event] != nil }

    /// Handles a signal that asks the program to end.
    ///
    /// - Parameter time: When the program ends at the latest.
    func signal(leavingAt time: Nanoseconds) {
        state.withLock { $0.bounds.signal(at: SystemTime.monotonic(), leavingAt: time) }
    }

    /// Runs the commands of an event, one after another, and waits for their end.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - line: The event as JSON.
    ///   - directory: The run's directory; `nil` where there is none yet.
    ///   - isLast: Whether it is the command's last event.
    /// - Returns: What is wrong with the first that failed; `nil` where none did.
    /// - Throws: A `CancellationError` when a signal ended the command meanwhile.
    func run(
        _ event: HookEvent, _ line: String, directory: String?, isLast: Bool = false
    ) throws(CancellationError) -> String? {
        let commands = commands[event] ?? []
        var first: String?
        for (index, command) in commands.enumerated() {
            let left = commands.count - index
            let problem = try problem(of: command, event, line, directory) { began in
                let bounds = self.state.withLock { $0.bounds }
                if isLast { return bounds.end(ofLastFrom: began, of: left) }
                return event.isDuringSending ? bounds.endOfEarlier : .max
            }
            guard let problem else { continue }
            warn("the hook for \(event.rawValue) \(problem)")
            first = first ?? problem
        }
        if first != nil { state.withLock { $0.hasFailed = true } }
        return first
    }

    /// Runs the commands of an event that comes while updates are sent, and does not wait for them.
    ///
    /// While they run, of the same event's further calls only the latest is kept.
    func start(_ event: HookEvent, _ line: String, directory: String?) {
        guard has(event), let queue = queues[event] else { return }
        let isFirst = state.withLock { state in
            defer { state.waiting[event] = Call(line: line, directory: directory) }
            return state.waiting[event] == nil
        }
        guard isFirst else { return }
        queue.async {
            guard let call = self.state.withLock({ $0.waiting.removeValue(forKey: event) }) else {
                return
            }
            // No task is cancelled on this queue.
            _ = try? self.run(event, call.line, directory: call.directory)
        }
    }

    /// Waits for the hooks that run, leaves those out that did not begin, and runs the last ones.
    ///
    /// - Parameters:
    ///   - event: How the command ended.
    ///   - line: The event as JSON.
    ///   - directory: The run's directory; `nil` where there is none.
    /// - Returns: Whether a hook failed that is required.
    func finish(_ event: HookEvent, _ line: String, directory: String?) -> Bool {
        state.withLock { state in
            state.waiting = [:]
            state.bounds.finish(at: SystemTime.monotonic())
        }
        for queue in queues.values { queue.sync {} }
        // The command is over, and no signal cancels its last task.
        _ = try? run(event, line, directory: directory, isLast: true)
        return isRequired && state.withLock { $0.hasFailed }
    }

    private func problem(
        of command: String, _ event: HookEvent, _ line: String, _ directory: String?,
        until bound: (Nanoseconds) -> Nanoseconds
    ) throws(CancellationError) -> String? {
        var variables = ["\(Self.variables.event)=\(event.rawValue)"]
        if let directory { variables.append("\(Self.variables.run)=\(directory)") }
        let began = SystemTime.monotonic()
        do {
            let status = try shell.runAsGroup(
                ["-c", command], input: Array((line + "\n").utf8), adding: variables,
                within: limit, orUntil: bound)
            return status == 0 ? nil : "ended with \(status)"
        } catch let error as CancellationError {
            throw error
        } catch ExternalProgram.Failure.tookTooLong {
            guard SystemTime.monotonic() >= began + limit else {
                return "was ended, because a signal ends the program"
            }
            return "did not end within \(ProgressText.exact(Duration(limit))) and was ended"
        } catch let failure as ExternalProgram.Failure {
            return "could not be started: \(failure.systemReason ?? "\(failure)")"
        } catch {
            return "could not be started: \(error)"
        }
    }
}
