// The driver of a run, as a pure state machine. It has no clock, tasks, files or randomness of its own.
// `RunLoop` asks `next` for an action, performs it and reports the result. The simulation does the same
// against a model of the server. So simulated runs test the same order of steps as the program uses.
//
// This file decides that order:
//
//   permit taken -> `start` line handed to the system -> request sent -> permit's window begins
//   -> `done` line given to the journal -> the row is forgotten
//
// `Batch` holds the rows between the first step and the third. A row leaves it only by `send`, after its line
// was written, or by `giveBack`, when the journal rejected the line. `finish` is returned only when no
// request is in flight, so that `ended` is the journal's last line.

package import BulkSystem
import BulkPlan
import MavaAPI

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Decides what a run does next, and keeps the run's counts.
package struct RunDriver: Sendable {
    /// What a run does next.
    package enum Action: Hashable, Sendable {
        /// Read the plan's next entry.
        ///
        /// Report it by ``RunDriver/handle(_:_:at:)``, ``RunDriver/endPlan()`` or ``RunDriver/planFailed(_:)``.
        case pull
        /// Ask the quota for a permit, and report the answer by ``RunDriver/handle(permit:at:)``.
        case acquirePermit
        /// Write these lines to the journal; if that fails, call ``RunDriver/journalFailed(_:)``.
        case write([JournalLine])
        /// Send these requests; their permits are taken and their `start` lines are written.
        case send([Job])
        /// Return this many permits: their requests are not sent.
        case giveBack(permits: Int)
        /// Abandon the requests in flight; each of them still gets an answer, `abandoned`.
        case abandon
        /// Wait for an answer, a reason to stop, or this time.
        case wait(until: Nanoseconds?, WaitReason)
        /// Write these lines and sync the whole journal to the disk.
        ///
        /// If that fails, call ``RunDriver/journalFailed(_:)``.
        case finish([JournalLine])
        /// The run is over.
        case end(RunSummary)
    }

    /// The rows that are about to be sent, by how far they are.
    enum Batch {
        /// These rows have their permits; more may follow.
        case gathering([Job])
        /// No permit is free: the gathered rows are sent, then the run waits.
        case held([Job], until: Nanoseconds?, WaitReason)
        /// Their `start` lines are being written.
        case recorded([Job])
        /// The journal rejected their lines.
        case refused(permits: Int)
        /// The last lines are being written.
        case finishing(StopReason)
    }

    /// The most requests sent in one step, so that the first of many need not wait for the last.
    private static let mostAtOnce = 8
    /// The most lines that are collected before they are written together.
    private static let mostLines = 64
    /// How long to wait for permits without a known end, such as those of reads, before asking again.
    static let blindWait = 50 * Nanoseconds.millisecond

    var machine: RunMachine
    var batch = Batch.gathering([])
    /// The lines that are not written yet; `nil` when the journal has failed and takes no more.
    var lines: [JournalLine]? = []
    /// What this part of the run has done so far.
    package internal(set) var summary: RunSummary
    /// The number of rows with a request that had their outcomes before this part of the run.
    package internal(set) var doneBefore = 0
    private let startedAt: Nanoseconds
    /// Says when updates may be sent; `nil` for always.
    private var watch: WindowWatch?
    /// Until when the run has been found outside its windows; `nil` while it is inside.
    var outsideAt: Nanoseconds?

    /// Makes the driver of a run, or of one part of it, that starts now.
    ///
    /// - Parameters:
    ///   - settings: The limits of the run.
    ///   - isResumed: Whether earlier parts of the run have written to the journal.
    ///   - time: The time.
    package init(_ settings: RunMachine.Settings, isResumed: Bool, at time: RunInstant) {
        machine = RunMachine(settings)
        watch = settings.windows.map { WindowWatch($0, timeout: settings.requestTimeout) }
        summary = RunSummary(startingAt: Date(millisecondsSince1970: time.date))
        startedAt = time.now
        if isResumed { lines?.append(.resumed(at: time.date)) }
    }

    /// The number of requests that have a permit and no answer yet.
    package var inFlight: Int { machine.inFlight }

    /// The number of requests sent again after a failure.
    package var retries: Int { machine.retries }

    // MARK: What to do

    /// Returns what to do next.
    ///
    /// - Parameter time: The time; never earlier than in an earlier call.
    /// - Returns: The action. After any action but ``Action/end(_:)``, perform it and call this again.
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
        noteTimeOutside(at: time.now)
        let step = insideWindows(machine.step(at: time.now), at: time)
        switch step {
        case .pull where (lines?.count ?? 0) < Self.mostLines: return .pull
        case .send where jobs.count < Self.mostAtOnce: return .acquirePermit
        case .pull, .send, .wait, .finished: break
        }
        if let action = record(jobs, at: time) { return action }
        switch step {
        case .wait(let until, let reason): return .wait(until: until, reason)
        case .finished(let reason): return finish(reason, at: time)
        case .pull, .send: preconditionFailure("only rows or lines hold these steps back")
        }
    }

    /// Leaves the time outside the windows out of the time for which the server may be unusable.
    ///
    /// The machine itself does so for the time in which the run is paused.
    mutating func noteTimeOutside(at now: Nanoseconds) {
        guard let last = outsideAt else { return }
        if machine.pausedSince == nil { machine.leaveOut(from: last, to: now) }
        outsideAt = now
    }

    /// Returns a step of the machine, or what the run does instead outside its windows.
    private mutating func insideWindows(
        _ step: RunMachine.Step, at time: RunInstant
    ) -> RunMachine.Step {
        guard watch != nil, step == .send else { return step }
        guard let opening = watch!.opening(at: time.date) else {
            outsideAt = nil
            return step
        }
        outsideAt = time.now
        guard watch!.windows.outside == .wait else {
            machine.stop(.windowClosed)
            return machine.step(at: time.now)
        }
        let opensAt = time.now + .milliseconds(Int(opening - time.date))
        return .wait(until: min(opensAt, machine.settings.deadline ?? opensAt), .window)
    }

    /// Returns the action that writes the pending lines; `nil` when there are none.
    private mutating func record(_ jobs: [Job], at time: RunInstant) -> Action? {
        if !jobs.isEmpty {
            for job in jobs {
                lines?.append(.start(row: job.row, request: job.requests, at: time.date))
            }
            batch = .recorded(jobs)
        }
        let lines = consumeLines()
        return lines.isEmpty ? nil : .write(lines)
    }

    private mutating func finish(_ reason: StopReason, at time: RunInstant) -> Action {
        batch = .finishing(reason)
        lines?.append(.ended(reason: reason.name, at: time.date))
        return .finish(consumeLines())
    }

    private mutating func consumeLines() -> [JournalLine] {
        guard let lines, !lines.isEmpty else { return [] }
        self.lines = []
        return lines
    }

    private func summary(of reason: StopReason, at time: RunInstant) -> RunSummary {
        var summary = summary
        // A run is finished only when its whole journal is on the disk.
        summary.reason = lines == nil && reason.isFinished ? .journalFailure : reason
        if reason == .outage, machine.trouble == .errors {
            summary.message = summary.message ?? summary.foreignAnswer
        }
        if reason == .localShortage { summary.message = summary.message ?? summary.shortage }
        summary.trouble = machine.trouble
        summary.retries = machine.retries
        summary.finishedAt = Date(millisecondsSince1970: time.date)
        summary.duration = .milliseconds((time.now - startedAt).quotient(by: .millisecond))
        return summary
    }
}
