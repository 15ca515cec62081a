import BulkSystem
import BulkPlan
import MavaAPI

extension RunDriver {
    // MARK: The plan

    /// Handles the plan's next entry.
    ///
    /// - Parameters:
    ///   - step: The entry.
    ///   - history: What earlier parts of the run did with its row.
    ///   - time: The time.
    package mutating func handle(_ step: PlanStep, _ history: RowHistory, at time: RunInstant) {
        guard step.isDecidedHere else { return }
        let entry = step.entry
        guard case .open(let requests, let mayHaveTakenEffect) = history else {
            doneBefore += 1
            return
        }
        guard entry.disposition == .update else { return decide(entry, at: time) }
        let job = Job(entry, requests: requests, mayHaveTakenEffect: mayHaveTakenEffect)
        if let job { return machine.feed(job) }
        var refused = entry
        refused.disposition = .invalid
        refused.issue = RowIssue(
            code: .valueInvalid,
            message: "the plan holds a value that no update can carry; plan the input again")
        decide(refused, at: time)
    }

    private mutating func decide(_ entry: PlanEntry, at time: RunInstant) {
        let outcome = Outcome(withoutUpdate: entry.disposition) ?? .invalid
        lines?.append(
            .decided(
                RowOutcome(
                    row: entry.row, outcome: outcome, finishedAtMilliseconds: time.date,
                    issue: entry.issue)))
        summary.decided += 1
    }

    /// Notes that the plan has no more entries.
    package mutating func endPlan() { machine.endPlan() }

    /// Notes that the rest of the plan cannot be read, so the run ends.
    package mutating func planFailed(_ message: String) {
        summary.message = summary.message ?? message
        machine.stop(.planUnreadable)
    }

    // MARK: Permits and lines

    /// Handles the result of ``Action/acquirePermit``.
    package mutating func handle(permit: QuotaWindow.Decision, at time: RunInstant) {
        guard case .gathering(var jobs) = batch else {
            preconditionFailure("a permit that was not asked for")
        }
        switch permit {
        case .granted:
            // The array has only one owner while it grows, so it is not copied.
            batch = .gathering([])
            jobs.append(machine.begin(at: time.now))
            batch = .gathering(jobs)
        case .wait(let until, let reason):
            if reason == .paused, let until, machine.notePause(until: until, at: time.now) {
                return noteLongPause(until - time.now)
            }
            // Permits held by reads have no known end, so ask again from time to time.
            let blind = machine.inFlight == 0 ? time.now + Self.blindWait : nil
            let next = [until ?? blind, machine.settings.deadline].compactMap { $0 }.min()
            batch = .held(jobs, until: next, WaitReason(reason))
        }
    }

    /// Notes that the journal takes no more lines.
    ///
    /// The run ends, and rows whose lines are not written are not sent.
    package mutating func journalFailed(_ message: String) {
        summary.message = summary.message ?? message
        lines = nil
        machine.stop(.journalFailure)
        switch batch {
        case .gathering(let jobs), .held(let jobs, _, _), .recorded(let jobs):
            for job in jobs { machine.withdraw(job) }
            batch = jobs.isEmpty ? .gathering([]) : .refused(permits: jobs.count)
        case .refused, .finishing: break
        }
    }

    // MARK: Answers and the end

    /// Handles the answer to a request.
    ///
    /// - Parameters:
    ///   - answer: The result of the request.
    ///   - job: The row, as ``Action/send(_:)`` passed it.
    ///   - time: When the answer arrived.
    ///   - roll: A random number, at least 0 and below 1, for the back-off.
    package mutating func handle(
        _ answer: Answer, of job: Job, at time: RunInstant, roll: @autoclosure () -> Double
    ) {
        switch machine.complete(job, answer, at: time.now, roll: roll()) {
        case .done(let outcome, let failure):
            lines?.append(
                .done(
                    RowOutcome(
                        row: job.row, outcome: outcome, attempts: job.requests,
                        httpStatus: answer.status, failure: failure, message: answer.message,
                        durationMilliseconds: Int(
                            (time.now - (job.firstSentAt ?? time.now)).quotient(by: .millisecond)),
                        finishedAtMilliseconds: time.date)))
            count(outcome)
        case .unfinished(let failure, let mayHaveTakenEffect):
            lines?.append(
                .again(
                    JournalLine.Unfinished(
                        row: job.row, requests: job.requests, failure: failure,
                        mayHaveTakenEffect: mayHaveTakenEffect, httpStatus: answer.status,
                        message: answer.message, at: time.date)))
        }
        noteWords(of: answer)
    }

    private mutating func count(_ outcome: Outcome) {
        summary.done += 1
        switch outcome {
        case .updated: summary.updated += 1
        case .failed: summary.failed += 1
        case .unknown: summary.unknown += 1
        case .unchanged, .invalid, .conflict, .held, .excluded, .unsent: break
        }
    }

    /// Keeps what an answer says about the run as a whole, for the summary.
    private mutating func noteWords(of answer: Answer) {
        switch answer.verdict {
        case .keyRejected, .untrusted, .unsendable: summary.message = answer.message
        case .busy(let pause?) where pause > machine.settings.giveUpAfter: noteLongPause(pause)
        case .shortage: summary.shortage = answer.message
        case .noAnswer(.unexpectedAnswer, _): summary.foreignAnswer = answer.message
        case .serverError where answer.isForeign: summary.foreignAnswer = answer.message
        case .refused where machine.isRefused: noteRefusals(answer)
        case .accepted, .refused, .unconfirmed, .busy, .serverError, .noAnswer, .abandoned: break
        }
    }

    private mutating func noteRefusals(_ answer: Answer) {
        summary.message =
            summary.message
            ?? "each of the first \(RunMachine.mostUnknownRefusals) updates was refused"
            + (answer.message.map { " (\($0))" } ?? "")
    }

    private mutating func noteLongPause(_ pause: Nanoseconds) {
        summary.message =
            summary.message ?? "it asked to wait for \(Words.wait(seconds: pause.wholeSeconds))"
    }

    /// Holds back further requests, or sends them again.
    package mutating func setPaused(_ isPaused: Bool, at time: RunInstant) {
        noteTimeOutside(at: time.now)
        machine.setPaused(isPaused, at: time.now)
    }

    /// Ends the run: nothing more is sent.
    ///
    /// - Parameters:
    ///   - reason: Why the run ends; an earlier reason is kept.
    ///   - isHard: Whether to abandon the requests in flight at once; otherwise they have
    ///     ``RunMachine/Settings/drain``.
    ///   - time: The time.
    package mutating func stop(_ reason: StopReason, isHard: Bool, at time: RunInstant) {
        let patience = isHard ? .zero : machine.settings.drain
        machine.stop(reason, abandoningAt: time.now + patience)
    }
}
