import BulkSystem
import MavaBulk
import Synchronization

/// Watches a run, or the reading for one: shows its progress and passes signals to it.
final class CommandSession: RunObserver {
    struct State {
        var planning: PlanProgress?
        var reading: ReadingProgress?
        var progress: (@Sendable () -> RunProgress)?
        /// The run's directory, once it has begun to send.
        var directory: String?
        /// The directory of the run that can be resumed although this command sent nothing; `nil` for none.
        var resumable: String?
        var signals: SignalMachine

        var phase: SignalMachine.Phase {
            if progress != nil { return .sending }
            return directory == nil ? .preparing : .finishing
        }
    }

    let console: Console
    let connection: MavaConnection?
    /// What a command to resume the run repeats.
    private let options: NextCommand.Options
    /// What is said of a command that was interrupted before it sent anything.
    private let unfinished: String
    private let control = RunControl()
    let state: Mutex<State>

    /// Makes a session.
    ///
    /// - Parameters:
    ///   - console: Where progress is shown.
    ///   - connection: The connection that is read from, if any; its waits are shown.
    ///   - drain: How long requests in flight are waited for after a signal.
    ///   - options: What a command to resume the run repeats.
    ///   - resumed: The directory of the run that is resumed, if one is.
    ///   - unfinished: What is said where a signal ends the command before anything was sent.
    init(
        _ console: Console, _ connection: MavaConnection?,
        drain: Duration = ExecutionOptions().drain, options: NextCommand.Options = [],
        resumed: String? = nil, unfinished: String = "no update was sent"
    ) {
        self.unfinished = unfinished
        self.options = options
        self.console = console
        self.connection = connection
        state = Mutex(
            State(resumable: resumed, signals: SignalMachine(drain: Nanoseconds(drain))))
    }

    /// Carries out a run while showing its progress.
    ///
    /// ``SignalMachine`` decides what signals do. In every case the program ends within a bound.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - body: Begins or resumes it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and a ``CommandFailure`` when a signal ended the planning
    ///   or the making of the report.
    func watch<R: Sendable>(
        _ run: BulkRun, _ body: @escaping @Sendable (BulkRun) async throws -> R
    ) async throws -> R {
        var run = run
        run.control = control
        run.observer = self
        run.willSend = { directory in
            JobChannel.report(run: directory)
            self.state.withLock { $0.resumable = directory }
            try self.console.events?.started(in: directory, self.options)
        }
        let prepared = run
        return try await watch { try await body(prepared) }
    }

    /// Runs `body` and shows the progress of its reading, its planning or its run; a signal ends it.
    ///
    /// - Parameter body: What to do.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and a ``CommandFailure`` when a signal ended it or a run had begun.
    func watch<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        // A task with a handle, because the thread that takes the signals has to cancel it.
        let work = Task { try await body() }
        let signals = try CurrentProcess.signals()
        signals.listen { event in self.handle(event, from: signals) { work.cancel() } }
        // Only the message about the end is left, and the next signal may end that.
        defer { signals.listen { event in self.handleAfterwards(event, from: signals) } }
        async let _ = showProgress()
        async let _ = reportEvents()
        do {
            let value = try await work.value
            try requireApproval()
            return value
        } catch {
            let directory = state.withLock { $0.directory }
            guard let code = exitCode, work.isCancelled else {
                throw failure(error, in: directory)
            }
            throw CommandFailure(code, interruption(in: directory))
        }
    }

    /// Refuses to continue when a signal ended the preparations in a way that looks like success.
    private func requireApproval() throws {
        guard let code = exitCode, state.withLock({ $0.phase }) == .preparing else { return }
        throw CommandFailure(code, interruption(in: nil))
    }

    private func interruption(in directory: String?) -> String {
        guard let directory else {
            guard let resumable = state.withLock({ $0.resumable }) else {
                return "interrupted: \(unfinished)"
            }
            return
                "interrupted: \(unfinished); go on with: \(NextCommand.resume(resumable, options))"
        }
        return "interrupted before the report was made; make it with: "
            + NextCommand.resume(directory, options)
    }

    /// An error, with the command to resume when a run had begun to send.
    private func failure(_ error: any Error, in directory: String?) -> any Error {
        guard let directory else { return beforeSending(error) }
        var failure = CommandFailure(error)
        // These codes say that the command sent nothing.
        if [.usage, .unusableInput, .refused].contains(failure.code) {
            failure.code = .internalError
        }
        // A machine that is short of descriptors or memory has them again later.
        if (error as? FileError)?.isShortage == true { failure.code = .stoppedEarly }
        guard FilePath.isDirectory(directory) else {
            failure.message +=
                "; the run's directory is gone, and with it what was written down of it: move it back "
                + "to \(directory) and resume it, or plan again, which skips what was done"
            return failure
        }
        failure.message +=
            "; when this is fixed, go on with: "
            + NextCommand.resume(directory, options)
        return failure
    }

    /// An error before anything was sent, and how to go on where there is a run that can be resumed.
    private func beforeSending(_ error: any Error) -> any Error {
        guard let resumable = state.withLock({ $0.resumable }),
            error is ClientError || error is FileError
        else {
            return error
        }
        var failure = CommandFailure(error)
        if failure.message.hasSuffix(".") { failure.message.removeLast() }
        failure.message +=
            "; no update was sent now, and the run can be resumed when this is fixed: "
            + NextCommand.resume(resumable, options)
        return failure
    }

    /// The failure with which a received signal ends the program; `nil` when none came.
    private var exitCode: ExitCode? {
        state.withLock { $0.signals.first }.map { ExitCode(signal: $0) }
    }

    private func handle(
        _ event: SignalWatch.Event, from watch: SignalWatch, cancel: () -> Void
    ) {
        switch event {
        case .continued: console.showAgain()
        case .question:
            console.messages.writeNow(stateText)
            // A question that the line interrupted is asked again.
            console.showAgain()
        case .timer, .stop: break
        case .end(let signal):
            let (action, phase) = handle(signal)
            act(action, in: phase, signal, cancel: cancel)
        }
        leaveWhenDue(watch)
    }

    /// Decides what a signal means, and gives hooks and messages their part of the time that is left.
    private func handle(
        _ signal: Int32, in phase: SignalMachine.Phase? = nil
    ) -> (SignalMachine.Action, SignalMachine.Phase) {
        let (action, phase, end) = state.withLock { state in
            let phase = phase ?? state.phase
            let action = state.signals.handle(signal, at: SystemTime.monotonic(), in: phase)
            return (action, phase, state.signals.leavesAt(in: .finishing))
        }
        if let end { console.events?.signal(leavingAt: end) }
        return (action, phase)
    }

    private func act(
        _ action: SignalMachine.Action, in phase: SignalMachine.Phase, _ signal: Int32,
        cancel: () -> Void
    ) {
        let reason = StopReason.interrupted(signal: signal)
        if action == .cancel || action == .drain { console.events?.stopped(reason.name) }
        switch action {
        case .ignore: break
        case .cancel:
            control.stop(reason)
            console.endQuestions()
            cancel()
            if phase == .finishing { console.messages.writeNow("stopping: writing the report") }
        case .drain:
            control.stop(reason)
            console.endQuestions()
            console.messages.writeNow(drainText)
        case .giveUp:
            control.stopNow(reason)
            console.messages.writeNow("stopping now: the requests in flight are given up")
        case .leave: leave()
        }
    }

    /// What the command is doing now, for a person who asks by SIGUSR1.
    private var stateText: String {
        let state = state.withLock { $0 }
        let trouble = console.lastTrouble.withLock { $0 }
        let line =
            switch state.phase {
            case .sending: state.progress.map { ProgressText.line($0(), trouble) } ?? "sending"
            case .preparing:
                ProgressText.line(
                    state.planning, state.reading, waiting: connection?.readWait, trouble)
                    ?? unfinished
            case .finishing: "checking rows or writing the report"
            }
        return "state: \(line)" + (state.directory.map { "; run directory: \($0)" } ?? "")
    }

    private var drainText: String {
        let (progress, drain) = state.withLock { ($0.progress, $0.signals.drain) }
        let count = progress.map { $0().inFlight } ?? 0
        guard count > 0 else { return "stopping" }
        let time = ProgressText.duration(Duration(drain))
        return "stopping: \(Words.counted(count, "request")) in flight, waiting up to \(time) "
            + "(again to give up)"
    }

    private func handleAfterwards(_ event: SignalWatch.Event, from watch: SignalWatch) {
        if case .end(let signal) = event {
            // The work is done, and its exit code will follow.
            switch handle(signal, in: .finishing).0 {
            case .ignore: break
            case .cancel where console.events?.hasLastSteps == true:
                console.messages.writeNow(
                    "stopping: waiting for hooks and messages (again to end now)")
            case .cancel, .drain, .giveUp, .leave:
                console.messages.endProgressNow()
                CurrentProcess.leave(128 + signal)
            }
        }
        leaveWhenDue(watch, isOver: true)
    }

    /// Ends the program when what a signal should have ended has not come to its end in time.
    ///
    /// - Parameters:
    ///   - watch: Wakes up at that time.
    ///   - isOver: Whether the work is done, so that only hooks and the last messages are left.
    private func leaveWhenDue(_ watch: SignalWatch, isOver: Bool = false) {
        let needsTime = isOver && console.events?.hasLastSteps == true
        let (time, signal) = state.withLock {
            ($0.signals.leavesAt(in: needsTime ? .finishing : $0.phase), $0.signals.first)
        }
        guard let time else { return }
        let left = time - SystemTime.monotonic()
        if left <= .zero {
            if needsTime { CurrentProcess.leave(128 + (signal ?? 15)) }
            leave()
        }
        watch.wake(after: left)
    }

    private func leave() -> Never {
        let (directory, signal) = state.withLock { ($0.directory, $0.signals.first) }
        console.messages.writeNow("mava-bulk: " + interruption(in: directory))
        CurrentProcess.leave(128 + (signal ?? 15))
    }

    func planning(_ progress: PlanProgress) {
        let isNext = state.withLock { state in
            defer { state.planning = progress }
            return state.planning?.phase != progress.phase
        }
        if isNext { console.detail(progress.phase.rawValue) }
    }

    /// Called after each page of tickets that is read for an export or a count.
    func reading(_ progress: ReadingProgress) { state.withLock { $0.reading = progress } }

    /// Called when the plan is ready to be shown: clears the planning progress.
    func prepared() {
        state.withLock { state in
            state.planning = nil
            state.reading = nil
        }
        // What goes into a file leaves the terminal as it is.
        console.messages.endProgress()
    }

    func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {
        state.withLock { state in
            state.planning = nil
            state.progress = progress
            state.directory = directory
        }
    }

    func couldNotSettle(_ error: ClientError) {
        console.warn("rows without an answer stay unknown: \(error)")
    }

    func controlFile(_ event: ControlEvent, at path: String) {
        switch event {
        case .ignored(let reason): console.warn(reason)
        case .obeyed(let command):
            console.events?.control(command)
            let count = state.withLock { $0.progress }.map { $0().inFlight } ?? 0
            let inFlight = "\(Words.counted(count, "request")) in flight"
            switch command {
            case .pause:
                let next = "echo resume > \(ShellWord.operand(path))"
                console.say("control file: paused, \(inFlight); go on with: \(next)")
            case .resume: console.say("control file: goes on with the configured quota")
            case .quota(let quota): console.say("control file: goes on with \(quota)")
            case .stop:
                console.events?.stopped(StopReason.stopRequested.name)
                console.endQuestions()
                console.say("control file: stopping, \(inFlight)")
            }
        }
    }

    func row(_ outcome: RowOutcome) { console.events?.row(outcome) }

    func ended() { state.withLock { $0.progress = nil } }
}

extension PlanProgress {
    /// The steps of planning, as a message names them.
    fileprivate enum Phase: String {
        case rows = "reading the rows"
        case tickets = "reading the tickets"
        case plan = "writing the plan"
    }

    fileprivate var phase: Phase {
        switch self {
        case .readingRows: .rows
        case .readingTickets: .tickets
        case .writingRows: .plan
        }
    }
}
