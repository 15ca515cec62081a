// The one driver of a run, as a pure state machine: no clock, no tasks, no files, no randomness of its own.
// `RunLoop` asks `next` for an action, carries it out and reports what came of it; the simulation does the
// same against a model of the server. So the simulated runs test the order of steps that the program uses.
//
// This file decides that order:
//
//   permit taken -> `start` line handed to the system -> request sent -> permit's window begins
//   -> `done` line given to the journal -> the row is forgotten
//
// `Batch` holds the rows that are between the first step and the third. A row leaves it only by `send`, after
// its line was written, or by `giveBack`, when the journal did not take the line. `finish` comes when no
// request is in flight, so that `ended` is the journal's last line.

package import BulkSystem
import BulkPlan
import MavaAPI

/// Decides what a run does next, and keeps the account of it.
package struct RunDriver: Sendable {
    /// What a run does next.
    package enum Action: Hashable, Sendable {
        /// Read the plan's next entry: report it by ``RunDriver/take(_:_:at:)``, ``RunDriver/endPlan()`` or
        /// ``RunDriver/planFailed(_:)``.
        case pull
        /// Ask for a permit of the quota, and report the answer by ``RunDriver/take(permit:at:)``.
        case takePermit
        /// Hand these lines to the system; where it does not take them, call ``RunDriver/journalFailed(_:)``.
        case write([JournalLine])
        /// Send these requests; their permits are taken and their `start` lines are written.
        case send([Job])
        /// Give back so many permits: their requests are not sent.
        case giveBack(permits: Int)
        /// Give up the requests in flight: each of them is still answered, as abandoned.
        case abandon
        /// Wait for an answer, for a reason to stop, or until this time.
        case wait(until: Nanoseconds?, WaitReason)
        /// Hand these lines to the system and wait until the whole journal is on the disk; where that fails,
        /// call ``RunDriver/journalFailed(_:)``.
        case finish([JournalLine])
        /// The run is over.
        case end(RunSummary)
    }

    /// The rows on their way to being sent, by how far they are.
    enum Batch {
        /// These rows have their permits; there may be more.
        case gathering([Job])
        /// No permit is free: what was gathered is sent, then the run waits.
        case held([Job], until: Nanoseconds?, WaitReason)
        /// Their `start` lines are being handed to the system.
        case recorded([Job])
        /// The journal did not take their lines.
        case refused(permits: Int)
        /// The last lines are being handed to the system.
        case finishing(StopReason)
    }

    /// The most that is sent in one step: the first of many need not wait for the last.
    private static let mostAtOnce = 8
    /// The most lines that wait for others to be handed over with.
    private static let mostLines = 64
    /// When to look again for permits that have no known end, such as those of reads.
    static let blindWait = 50 * Nanoseconds.millisecond

    var machine: RunMachine
    var batch = Batch.gathering([])
    /// The lines that the journal has not been given yet; `nil` when it has failed and takes no more.
    var lines: [JournalLine]? = []
    /// What this part of the run did so far.
    package internal(set) var summary: RunSummary
    /// How many rows that send had their outcomes before this part of the run.
    package internal(set) var doneBefore = 0
    private let startedAt: Nanoseconds

    /// Makes the driver of a run, or of a part of one, that begins now.
    ///
    /// - Parameters:
    ///   - settings: The bounds of the run.
    ///   - isResumed: Whether earlier parts of the run have written to the journal.
    ///   - time: The time.
    package init(_ settings: RunMachine.Settings, isResumed: Bool, at time: RunInstant) {
        machine = RunMachine(settings)
        summary = RunSummary(startingAt: time.date)
        startedAt = time.now
        if isResumed { lines?.append(.resumed(at: time.date)) }
    }

    /// How many requests have their permits and no answers yet.
    package var inFlight: Int { machine.inFlight }

    /// How many requests were sent again after a failure.
    package var retries: Int { machine.retries }

    // MARK: What to do

    /// Says what to do next.
    ///
    /// - Parameter time: The time; never earlier than in any call before.
    /// - Returns: The action; after any but ``Action/end(_:)``, ask again when it is done.
    package mutating func next(at time: RunInstant) -> Action {
        switch batch {
        case .gathering(let jobs): return gather(jobs, at: time)
        case .held(let jobs, let until, let reason):
            if let action = record(jobs, at: time) { return action }
            batch = .gathering([])
            return .wait(until: until, reason)
        case .recorded(let jobs):
            batch = .gathering([])
            summary.requests += jobs.count
            return .send(jobs)
        case .refused(let permits):
            batch = .gathering([])
            return .giveBack(permits: permits)
        case .finishing(let reason): return .end(summary(of: reason, at: time))
        }
    }

    private mutating func gather(_ jobs: [Job], at time: RunInstant) -> Action {
        if jobs.isEmpty, machine.abandonsRequests(at: time.now) { return .abandon }
        let step = machine.step(at: time.now)
        switch step {
        case .pull where (lines?.count ?? 0) < Self.mostLines: return .pull
        case .send where jobs.count < Self.mostAtOnce: return .takePermit
        case .pull, .send, .wait, .finished: break
        }
        if let action = record(jobs, at: time) { return action }
        switch step {
        case .wait(let until, let reason): return .wait(until: until, reason)
        case .finished(let reason): return finish(reason, at: time)
        case .pull, .send: preconditionFailure("only rows or lines hold these steps back")
        }
    }

    /// Hands over what has to be written before the run goes on; `nil` when that is nothing.
    private mutating func record(_ jobs: [Job], at time: RunInstant) -> Action? {
        if !jobs.isEmpty {
            for job in jobs {
                lines?.append(.start(row: job.row, request: job.requests, at: time.date))
            }
            batch = .recorded(jobs)
        }
        let lines = takeLines()
        return lines.isEmpty ? nil : .write(lines)
    }

    private mutating func finish(_ reason: StopReason, at time: RunInstant) -> Action {
        batch = .finishing(reason)
        lines?.append(.ended(reason: reason.name, at: time.date))
        return .finish(takeLines())
    }

    private mutating func takeLines() -> [JournalLine] {
        guard let lines, !lines.isEmpty else { return [] }
        self.lines = []
        return lines
    }

    private func summary(of reason: StopReason, at time: RunInstant) -> RunSummary {
        var summary = summary
        // A run whose journal is not on the disk to its end is not finished.
        summary.reason = lines == nil && reason.isFinished ? .journalFailure : reason
        if reason == .outage, machine.trouble == .errors {
            summary.message = summary.message ?? summary.foreignAnswer
        }
        if reason == .localShortage { summary.message = summary.message ?? summary.shortage }
        summary.trouble = machine.trouble
        summary.retries = machine.retries
        summary.finishedAtMilliseconds = time.date
        summary.durationMilliseconds = (time.now - startedAt) / .millisecond
        return summary
    }
}
