// A run's loop and the tasks of its requests have a thread of their own. Writing the journal blocks that
// thread for microseconds, and never blocks the cooperative pool. `RunDriver` decides the order of steps.

import BulkSystem
import MavaAPI

/// Carries out a plan: each update once, within the quota, with each step written to the journal.
package struct Executor<C: Clock>: Sendable where C.Duration == Duration {
    private let writer: any TicketWriting
    private let gate: QuotaGate<C>
    private let clock: C
    private let options: ExecutionOptions
    private let quota: Quota?
    private let timeOfDay: @Sendable () -> Int64
    private let random: @Sendable () -> Double
    private let board: ProgressBoard

    /// Makes an executor.
    ///
    /// - Parameters:
    ///   - writer: Sends one update.
    ///   - gate: Gives out the permits of the key.
    ///   - quota: The quota, for the estimate of the time left.
    ///   - clock: The gate's clock.
    ///   - options: The limits of the run.
    ///   - timeOfDay: Milliseconds since 1970, for the journal.
    ///   - random: A random number, at least 0 and below 1, for the back-off.
    package init(
        writer: any TicketWriting, gate: QuotaGate<C>, quota: Quota?, clock: C,
        options: ExecutionOptions = ExecutionOptions(),
        timeOfDay: @escaping @Sendable () -> Int64 = SystemTime.millisecondsSince1970,
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.writer = writer
        self.gate = gate
        self.quota = quota
        self.clock = clock
        self.options = options
        self.timeOfDay = timeOfDay
        self.random = random
        board = ProgressBoard(quota: quota)
    }

    /// The run's current progress; can be read from any task or thread.
    package var progress: RunProgress {
        let progress = board.snapshot
        var estimate = gate.estimate(for: progress.unsent ?? 0)
        if let windows = options.windows, let time = estimate.untilSent {
            estimate.untilSent = windows.duration(
                of: time, from: timeOfDay(), lasting: options.requestTimeout)
        }
        return progress.live(at: gate.now, estimate)
    }

    /// Carries out the rest of a plan.
    ///
    /// It returns when every row has its outcome, or earlier as ``StopReason`` says. No request is in flight
    /// then. It never throws: the summary says what ended the run.
    ///
    /// - Parameters:
    ///   - source: The plan's entries, starting with the first.
    ///   - journal: The journal to which each step is written.
    ///   - earlier: What earlier parts of the run did, from the same journal; `nil` for a new run.
    ///   - total: The number of requests that the whole plan sends, for the progress.
    ///   - control: Stops the run from outside.
    ///   - first: What this part of the run did before, for the progress; `nil` for nothing.
    /// - Returns: What this part of the run did since.
    @specialized(where C == ContinuousClock)
    package func run(
        _ source: any PlanSource, journal: JournalWriter, earlier: JournalIndex? = nil,
        total: Int? = nil, control: RunControl = RunControl(), after first: RunSummary? = nil
    ) async -> RunSummary {
        let mailbox = RunMailbox()
        control.setListener({ mailbox.put(.attention) }, of: mailbox)
        journal.setFailureHandler { _ in mailbox.put(.attention) }
        defer {
            control.setListener(nil, of: mailbox)
            journal.setFailureHandler(nil)
        }
        let session = RunSession(
            writer: writer, gate: gate, clock: clock, options: options, timeOfDay: timeOfDay,
            random: random, board: board, mailbox: mailbox, journal: journal, earlier: earlier,
            control: control, first: first)
        board.begin(total: total)
        return await withTaskCancellationHandler {
            await TaskThread.run {
                await withDiscardingTaskGroup { group in
                    var loop = RunLoop(session: session, source: source)
                    return await loop.run(in: &group)
                }
            }
        } onCancel: {
            control.stopNow(.interrupted(signal: nil))
        }
    }
}

/// The state shared by the tasks of one part of a run; a class, because the task of every request has it.
final class RunSession<C: Clock>: Sendable where C.Duration == Duration {
    let writer: any TicketWriting
    let gate: QuotaGate<C>
    let clock: C
    let options: ExecutionOptions
    let timeOfDay: @Sendable () -> Int64
    let random: @Sendable () -> Double
    let board: ProgressBoard
    let mailbox: RunMailbox
    let journal: JournalWriter
    let earlier: JournalIndex?
    let control: RunControl
    /// What this part of the run did before, such as its canary; `nil` for nothing.
    let first: RunSummary?

    /// The current time on both of the run's clocks.
    var time: RunInstant { RunInstant(now: gate.now, date: timeOfDay()) }

    init(
        writer: any TicketWriting, gate: QuotaGate<C>, clock: C, options: ExecutionOptions,
        timeOfDay: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> Double,
        board: ProgressBoard, mailbox: RunMailbox, journal: JournalWriter, earlier: JournalIndex?,
        control: RunControl, first: RunSummary?
    ) {
        self.writer = writer
        self.gate = gate
        self.clock = clock
        self.options = options
        self.timeOfDay = timeOfDay
        self.random = random
        self.board = board
        self.mailbox = mailbox
        self.journal = journal
        self.earlier = earlier
        self.control = control
        self.first = first
    }
}
