import BulkSystem
import CLibrary
import Synchronization

/// Runs the jobs of several profiles, a few at a time, and passes signals and output on.
///
/// All jobs are started and read by one thread. The thread of the signals touches only ``State``, and a process is
/// removed from there before its number can be another's.
final class JobRunner: Sendable {
    private struct State {
        var running: [(profile: String, program: AttendedProgram)] = []
        var ended = 0
        var signals = SignalMachine(drain: .zero)
    }

    /// A job that runs, and what was read of it.
    private struct Running {
        let index: Int
        var program: AttendedProgram
        var output = WholeLines()
        var errors = WholeLines()
        /// Its standard output, where that is one JSON document.
        var document: [UInt8] = []
        var channel: [UInt8] = []
    }

    private let jobs: [ProfileJobs.Job]
    private let atOnce: Int
    private let program: @Sendable () -> ExternalProgram
    private let voice: JobVoice
    private let console: Console
    private let state = Mutex(State())

    /// The longest wait for output; a program that left others behind ends without closing its streams.
    private static let longestWait = 100 * Nanoseconds.millisecond
    /// The wait for a program whose streams have ended.
    private static let shortWait = 2 * Nanoseconds.millisecond

    /// Prepares the jobs.
    ///
    /// - Parameters:
    ///   - jobs: The jobs, in the order in which they start.
    ///   - program: Finds this program, for each start.
    ///   - voice: Where their output goes.
    ///   - console: Where messages about them go.
    init(
        _ jobs: ProfileJobs, program: @escaping @Sendable () -> ExternalProgram, voice: JobVoice,
        _ console: Console
    ) {
        self.jobs = jobs.jobs
        atOnce = jobs.atOnce
        self.program = program
        self.voice = voice
        self.console = console
    }

    /// Runs the jobs to their ends; after a signal, none is started any more.
    ///
    /// - Returns: How each ended, in the order of the jobs.
    /// - Throws: A ``CommandFailure`` when the system gives no thread for the signals.
    func run() throws -> [JobEnd] {
        let signals = try CurrentProcess.signals()
        signals.listen { self.handle($0) }
        defer { signals.listen(nil) }
        var ends: [Int: JobEnd] = [:]
        var running: [Running] = []
        var next = 0
        while true {
            while running.count < atOnce, next < jobs.count {
                switch start(next) {
                case .success(let job): running.append(job)
                case .failure(let refusal):
                    let end = JobEnd(job: jobs[next], cause: refusal.cause, directory: nil)
                    voice.printDocument([], of: end)
                    ends[next] = end
                }
                next += 1
            }
            guard !running.isEmpty else { break }
            AttendedProgram.wait(
                for: running.map(\.program),
                atMost: running.contains { $0.program.isSilent } ? Self.shortWait : Self.longestWait
            )
            for place in running.indices.reversed() {
                let end = end(of: running[place])
                read(&running[place], toItsEnd: end != nil)
                guard let end else { continue }
                let job = running.remove(at: place)
                ends[job.index] = finish(job, end)
            }
        }
        return jobs.indices.compactMap { ends[$0] }
    }

    private struct Refusal: Error {
        var cause: JobEnd.Cause
    }

    /// Starts a job, unless a signal came.
    private func start(_ index: Int) -> Result<Running, Refusal> {
        let job = jobs[index]
        return state.withLock { state in
            if let signal = state.signals.first {
                return .failure(Refusal(cause: .notStarted(signal: signal)))
            }
            do throws(ExternalProgram.Failure) {
                let started = try AttendedProgram(
                    starting: program(), job.words, adding: ["\(JobChannel.variable)=1"])
                state.running.append((job.profile, started))
                return .success(Running(index: index, program: started))
            } catch {
                var number: Int32 = 0
                if case .notStarted(let code) = error { number = code }
                return .failure(Refusal(cause: .couldNotStart(number)))
            }
        }
    }

    /// How a job ended; `nil` while it runs.
    private func end(of job: Running) -> AttendedProgram.End? {
        state.withLock { state in
            guard let end = job.program.end() else { return nil }
            state.running.removeAll { $0.program.processID == job.program.processID }
            state.ended += 1
            return end
        }
    }

    /// Passes on what a job has written.
    private func read(_ job: inout Running, toItsEnd isEnd: Bool) {
        let profile = jobs[job.index].profile
        repeat {
            let errors = job.program.read(.errors)
            for line in job.errors.add(errors) { voice.say(line, of: profile) }
            let output = job.program.read(.output)
            if voice.keepsDocuments {
                job.document += output
            } else {
                for line in job.output.add(output) { voice.print(line, of: profile) }
            }
            let channel = job.program.read(.channel)
            job.channel += channel
            guard isEnd, !(errors.isEmpty && output.isEmpty && channel.isEmpty) else { break }
        } while true
    }

    private func finish(_ job: Running, _ end: AttendedProgram.End) -> JobEnd {
        var job = job
        let profile = jobs[job.index].profile
        for line in job.errors.end() { voice.say(line, of: profile) }
        for line in job.output.end() { voice.print(line, of: profile) }
        job.program.closeStreams()
        let cause: JobEnd.Cause =
            switch end {
            case .exited(let status): .exited(status)
            case .signalled(let signal): .signalled(signal)
            }
        let result = JobEnd(
            job: jobs[job.index], cause: cause, directory: JobChannel.directory(in: job.channel))
        voice.printDocument(job.document, of: result)
        return result
    }

    // MARK: Signals

    private func handle(_ event: SignalWatch.Event) {
        switch event {
        case .timer: break
        case .stop:
            // The terminal does not know the jobs, so Ctrl-Z reaches them from here.
            passOn(SIGSTOP)
            SignalWatch.pause()
        case .continued: passOn(SIGCONT)
        case .question:
            let text = state.withLock { state in
                for job in state.running { job.program.signal(SIGUSR1) }
                return "state: \(state.ended) of \(Words.counted(jobs.count, "profile")) ended; "
                    + "running: \(Self.names(of: state))"
            }
            console.messages.writeNow(text)
        case .end(let signal):
            let (action, first, names) = state.withLock { state in
                let action = state.signals.handle(
                    signal, at: SystemTime.monotonic(), in: .sending)
                if action != .ignore {
                    for job in state.running { job.program.signal(signal) }
                }
                return (action, state.signals.first, Self.names(of: state))
            }
            switch action {
            case .drain: console.messages.writeNow("stopping: waiting for \(names)")
            // The jobs take it in the same way, and those that do not are ended when this process is gone.
            case .leave: CurrentProcess.leave(128 + (first ?? signal))
            case .ignore, .cancel, .giveUp: break
            }
        }
    }

    private func passOn(_ signal: Int32) {
        state.withLock { state in
            for job in state.running { job.program.signal(signal) }
        }
    }

    private static func names(of state: State) -> String {
        state.running.isEmpty ? "none" : state.running.map(\.profile).joined(separator: ", ")
    }
}
