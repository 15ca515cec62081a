import BulkFiles
import MavaBulk
import Synchronization

/// Watches a run, or what is read for one: shows its progress and hands signals on to it.
final class RunSession: RunObserver {
    private struct State {
        var planning: PlanProgress?
        var progress: (@Sendable () -> RunProgress)?
        /// The run's directory, once it has begun to send.
        var directory: String?
        var signals = 0
    }

    private let talk: Talk
    private let connection: MavaConnection?
    /// Whether nothing is asked, so that the command to resume a run asks nothing either.
    private let isUnattended: Bool
    private let control = RunControl()
    private let state = Mutex(State())

    /// Makes a session.
    ///
    /// - Parameters:
    ///   - talk: Where progress is shown.
    ///   - connection: What is read from, if anything is: when its reads have to wait, that is said.
    ///   - isUnattended: Whether the command asks nothing.
    init(_ talk: Talk, _ connection: MavaConnection?, isUnattended: Bool = false) {
        self.isUnattended = isUnattended
        self.talk = talk
        self.connection = connection
    }

    /// Carries out a run while showing its progress.
    ///
    /// The first signal ends a run after what is in flight, or ends reading and planning at once; the second
    /// gives up what is in flight; a third ends the program.
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
        let prepared = run
        return try await watch { try await body(prepared) }
    }

    /// Does something while showing how far its reading, its planning or its run is; a signal ends it.
    ///
    /// - Parameter body: What to do.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and a ``CommandFailure`` when a signal ended it or a run had begun.
    func watch<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        // A task with a handle, because the thread that takes the signals has to cancel it.
        let work = Task { try await body() }
        CurrentProcess.signals.listen { number in self.take(signal: number) { work.cancel() } }
        defer { CurrentProcess.signals.listen(nil) }
        async let _ = showProgress()
        do {
            return try await work.value
        } catch {
            let directory = state.withLock { $0.directory }
            guard work.isCancelled else { throw failure(error, in: directory) }
            let code = exitCode
            guard let directory else {
                throw CommandFailure(code, "interrupted: no update was sent")
            }
            // All that was sent is in the journal; resuming makes the report.
            throw CommandFailure(
                code,
                "interrupted before the report was made; the journal is whole, make it with: "
                    + NextCommand.resume(directory, isUnattended: isUnattended))
        }
    }

    /// An error, and how to go on where a run had begun to send.
    private func failure(_ error: any Error, in directory: String?) -> any Error {
        guard let directory else { return error }
        var failure = CommandFailure(error)
        guard FilePath.isDirectory(directory) else {
            failure.message +=
                "; the run's directory is gone, and with it what was written down of it: move it back "
                + "to \(directory) and resume it, or plan again, which skips what was done"
            return failure
        }
        failure.message +=
            "; all that was sent is in the journal: when this is mended, go on with: "
            + NextCommand.resume(directory, isUnattended: isUnattended)
        return failure
    }

    /// What a signal that came ends the program with.
    private var exitCode: ExitCode {
        guard case .interrupted(let signal) = control.reason else { return .terminated }
        return ExitCode(signal: signal)
    }

    private func take(signal number: Int32, cancel: () -> Void) {
        let (count, isRunning) = state.withLock { state in
            state.signals += 1
            return (state.signals, state.progress != nil)
        }
        switch (count, isRunning) {
        case (1, true):
            talk.say("stopping: waiting for the requests in flight (again to leave at once)")
            control.stop(.interrupted(signal: number))
        case (1, false):
            control.stop(.interrupted(signal: number))
            cancel()
        case (2, _): control.stopNow(.interrupted(signal: number))
        default: CurrentProcess.leave(128 + number)
        }
    }

    func planning(_ progress: PlanProgress) { state.withLock { $0.planning = progress } }

    /// There is something to be looked at: how it came about is told no more.
    func prepared() {
        state.withLock { $0.planning = nil }
        // What goes into a file leaves the terminal as it is.
        talk.endProgress()
    }

    func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {
        state.withLock { state in
            state.planning = nil
            state.progress = progress
            state.directory = directory
        }
    }

    func couldNotSettle(_ error: ClientError) {
        talk.warn("rows of which no answer told the end stay as they are: \(error)")
    }

    func ended() { state.withLock { $0.progress = nil } }

    /// Redraws the line five times a second on a terminal, and says one every 30 seconds elsewhere.
    private func showProgress() async {
        let pause: Duration = talk.isTerminal ? .milliseconds(200) : .seconds(30)
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: pause)
            } catch {
                return
            }
            let (planning, progress) = state.withLock { ($0.planning, $0.progress) }
            guard
                let line = progress.map({ ProgressText.line($0()) })
                    ?? ProgressText.line(planning, waiting: connection?.readWait)
            else { continue }
            if talk.isTerminal { talk.progress(line) } else { talk.say(line) }
        }
    }
}
