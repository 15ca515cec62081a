// The decisions about a run's rows, as a pure state machine. It has no tasks, clock or randomness of its own.
// `RunDriver` calls `step` until it returns a wait, and reports what happened by `begin`, `complete` and
// `stop`. The state is bounded by the requests in flight and those that wait for another attempt. Finished
// rows are dropped, so memory does not grow with the plan.

package import BulkSystem
import MavaAPI

/// Decides which row is sent next, what an answer means for its row, and when the run ends.
package struct RunMachine: Sendable {
    /// The next step.
    package enum Step: Hashable, Sendable {
        /// Pass the plan's next entry to ``RunMachine/feed(_:)``, or call ``RunMachine/endPlan()``.
        case pull
        /// Take a permit and then call ``RunMachine/begin(at:)``.
        case send
        /// Wait for an answer, or until this time.
        case wait(until: Nanoseconds?, WaitReason)
        /// Nothing is left to do.
        case finished(StopReason)
    }

    /// What happens to a row after an answer.
    package enum Decision: Hashable, Sendable {
        /// The row has its outcome.
        case done(outcome: Outcome, failure: FailureCode?)
        /// The row is not finished: this run sends it again, or a later one does after a stop.
        case unfinished(failure: FailureCode, mayHaveTakenEffect: Bool)
    }

    package let settings: Settings
    var parked: [Job] = []
    /// The tickets of the requests in flight.
    ///
    /// Two requests for one ticket are never in flight together: the API does not say what the ticket holds then.
    private var busyTickets: Set<TicketID> = []
    var supply = Supply.open
    private var course = Course.going
    var breaker = CircuitBreaker()
    /// The number of consecutive requests that were not answered by the API itself.
    private var foreignInARow = 0
    /// The number of updates that Mava refused for a reason that is not documented, while it has accepted none; `nil`
    /// once it has accepted one.
    var unknownRefusals: Int? = 0
    private var budget = RetryBudget()
    var busySince: Nanoseconds?
    var shortage = LocalShortage()
    /// Since when requests are held back from outside; `nil` while they are not.
    var pausedSince: Nanoseconds?
    /// The current limit of requests in flight: lower than configured when this machine could not open more.
    package private(set) var concurrency: Int
    private var begun = 0
    /// The number of requests that wait for their answers.
    package private(set) var inFlight = 0
    /// The number of rows that have failed.
    package private(set) var failures = 0

    package init(_ settings: Settings) {
        self.settings = settings
        concurrency = settings.concurrency
    }

    /// The number of requests sent again after a failure.
    package private(set) var retries = 0
    /// The problem of the last request that did not succeed.
    package private(set) var trouble: RunTrouble?
    /// Why the run is ending; `nil` while it is not.
    package var stopReason: StopReason? { course.reason }

    /// The most rows in memory: those in flight and those that wait for another attempt.
    var capacity: Int { max(64, 4 * settings.concurrency) }

    // MARK: Asking

    /// Returns what to do next.
    ///
    /// - Parameter now: The time; never earlier than in an earlier call.
    /// - Returns: The step. After `pull` and `send`, perform it and call this again.
    package mutating func step(at now: Nanoseconds) -> Step {
        endIfDue(at: now)
        if let reason = stopReason {
            return inFlight == 0 ? .finished(reason) : .wait(until: course.drainEnd, .draining)
        }
        if pausedSince != nil { return stepWhilePaused() }
        if let until = shortage.end(at: now) {
            return .wait(until: earliest(until, settings.deadline), .localShortage)
        }
        if inFlight >= concurrency { return .wait(until: settings.deadline, .answers) }
        switch breaker.decision(at: now) {
        case .open(let probeAt):
            let giveUpAt = breaker.openSince.map { $0 + settings.giveUpAfter }
            let next = earliest(probeAt, giveUpAt)
            return .wait(until: earliest(next, settings.deadline), .outage)
        case .closed: return stepWhileClosed(at: now)
        case .probe: return stepToProbe()
        }
    }

    private mutating func stepWhileClosed(at now: Nanoseconds) -> Step {
        if supply.isReady || parked.contains(where: { $0.notBefore <= now && isFree($0) }) {
            return .send
        }
        if case .open = supply, inFlight + parked.count < capacity { return .pull }
        let next = parked.filter(isFree).map(\.notBefore).min()
        if next == nil, inFlight == 0, case .ended(let ending) = supply { return .finished(ending) }
        return .wait(until: earliest(next, settings.deadline), next == nil ? .answers : .backOff)
    }

    /// Returns the step when a probe is due.
    ///
    /// A row that was never sent comes first, because its answer says most about the server. A row that has
    /// failed says least.
    private func stepToProbe() -> Step {
        switch supply {
        case .open where inFlight + parked.count < capacity: return .pull
        case .ready: return .send
        case .open, .ended: break
        }
        if parked.contains(where: isFree) { return .send }
        if inFlight == 0, case .ended(let ending) = supply { return .finished(ending) }
        return .wait(until: settings.deadline, .answers)
    }

    /// Whether no request for the row's ticket is in flight.
    private func isFree(_ job: Job) -> Bool { !busyTickets.contains(job.update.ticketID) }

    private mutating func endIfDue(at now: Nanoseconds) {
        guard case .going = course else { return }
        if let deadline = settings.deadline, now >= deadline {
            stop(.deadline)
        } else if pausedSince != nil {
            return
        } else if let since = breaker.openSince, now - since >= settings.giveUpAfter {
            stop(.outage)
        } else if let since = shortage.since, now - since >= settings.giveUpAfter {
            stop(.localShortage)
        } else if let since = busySince, now - since >= settings.giveUpAfter {
            stop(.outage)
        }
    }

    private func earliest(_ left: Nanoseconds?, _ right: Nanoseconds?) -> Nanoseconds? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    // MARK: The plan

    /// Adds a row that is to be sent.
    package mutating func feed(_ job: Job) {
        if let canary = settings.canary, begun >= canary {
            // The plan has more rows than the canary asks for. A later part of the run sends the rest.
            supply = .ended(.canary)
            return
        }
        let ticket = job.update.ticketID
        guard isFree(job), !parked.contains(where: { $0.update.ticketID == ticket }) else {
            // The row waits for the answer to another row of its ticket.
            parked.append(job)
            begun += 1
            budget.noteRequest()
            return
        }
        supply = .ready(job)
    }

    /// Notes that the plan has no more entries.
    package mutating func endPlan() { supply = .ended(.finished) }

    /// Ends the run: it sends nothing more and waits for the requests in flight.
    ///
    /// - Parameters:
    ///   - reason: Why the run ends.
    ///   - time: When the requests in flight are abandoned; `nil` for never.
    package mutating func stop(_ reason: StopReason, abandoningAt time: Nanoseconds? = nil) {
        course.stop(reason, abandoningAt: time)
    }

    /// Whether to abandon the requests in flight now; returns true only once.
    package mutating func abandonsRequests(at now: Nanoseconds) -> Bool {
        guard case .draining(let reason, let until?) = course, now >= until else { return false }
        course = .abandoning(reason)
        return true
    }

    // MARK: Requests

    /// Starts the request that ``step(at:)`` asked for.
    ///
    /// - Returns: The row, with its attempt counted.
    package mutating func begin(at now: Nanoseconds) -> Job {
        var job: Job
        let isProbe = breaker.decision(at: now) == .probe
        if let index = nextParked(at: now, isProbe: isProbe) {
            job = parked.remove(at: index)
            if job.firstSentAt != nil { retries += 1 }
        } else {
            guard case .ready(let next) = supply else {
                preconditionFailure("begin without a step that says send")
            }
            job = next
            supply = .open
            begun += 1
            budget.noteRequest()
        }
        if isProbe { breaker.beginProbe() }
        job.isProbe = isProbe
        job.attempts += 1
        job.requests += 1
        job.firstSentAt = job.firstSentAt ?? now
        inFlight += 1
        busyTickets.insert(job.update.ticketID)
        return job
    }

    private func nextParked(at now: Nanoseconds, isProbe: Bool) -> Int? {
        if isProbe {
            if supply.isReady { return nil }
            return parked.indices.filter { isFree(parked[$0]) }
                .min { parked[$0].notBefore < parked[$1].notBefore }
        }
        return parked.indices.filter { parked[$0].notBefore <= now && isFree(parked[$0]) }
            .min { parked[$0].row < parked[$1].row }
    }

    /// Reverts a request that could not be sent, for example because its journal line failed.
    package mutating func withdraw(_ job: Job) {
        inFlight -= 1
        busyTickets.remove(job.update.ticketID)
        var job = job
        job.attempts -= 1
        job.requests -= 1
        parked.append(job)
    }

    /// Processes an answer and decides what happens to its row.
    ///
    /// - Parameters:
    ///   - job: The row, as ``begin(at:)`` returned it.
    ///   - answer: The result of the request.
    ///   - now: The time.
    ///   - roll: A random number, at least 0 and below 1, for the back-off.
    /// - Returns: The decision, for the journal.
    package mutating func complete(
        _ job: Job, _ answer: Answer, at now: Nanoseconds, roll: @autoclosure () -> Double
    ) -> Decision {
        inFlight -= 1
        busyTickets.remove(job.update.ticketID)
        switch answer.verdict {
        case .shortage: return wait(job, inShortageAt: now)
        case .untrusted, .unsendable, .abandoned, .noAnswer: break
        case .accepted, .refused, .unconfirmed, .keyRejected, .busy, .serverError: shortage.end()
        }
        switch answer.verdict {
        case .shortage: return leave(job, .connectionFailed)
        case .accepted:
            noteWorkingServer()
            unknownRefusals = nil
            return .done(outcome: .updated, failure: nil)
        case .refused(let code):
            noteWorkingServer()
            noteRefusal(code)
            return fail(job, code)
        case .unconfirmed:
            // Another request would not say more. The ticket is read after the run.
            noteWorkingServer()
            return .done(outcome: .unknown, failure: .unexpectedAnswer)
        case .keyRejected:
            stop(.keyRejected)
            return leave(job, .keyRejected)
        case .untrusted:
            stop(.untrustedServer)
            return leave(job, .connectionFailed)
        case .unsendable(let reached):
            var job = job
            job.wasLeftOpen = job.wasLeftOpen || reached
            stop(.transportUnavailable)
            return leave(job, .connectionFailed)
        case .busy(let retryAfter):
            trouble = answer.status == 429 ? .quotaUsed : .pause
            return wait(job, retryAfter: retryAfter, at: now)
        case .serverError:
            trouble = .errors
            var job = job
            job.hadServerError = true
            // Mava answers a malformed id with 500. That says nothing about other requests.
            let isTelling = answer.isForeign || job.update.ticketID.isObjectID
            foreignInARow = answer.isForeign ? foreignInARow + 1 : 0
            return again(job, .serverError, isTelling: isTelling, at: now, roll: roll())
        case .noAnswer(let code, let reached):
            trouble = code == .unexpectedAnswer ? .errors : .noAnswer
            var job = job
            job.wasLeftOpen = job.wasLeftOpen || reached
            foreignInARow = answer.isForeign ? foreignInARow + 1 : 0
            return again(
                job, code, costsBudget: !answer.isOfReusedConnection, at: now, roll: roll())
        case .abandoned(let reached):
            var job = job
            job.wasLeftOpen = job.wasLeftOpen || reached
            return leave(job, job.mayHaveTakenEffect ? .givenUp : .notSent)
        }
    }

    /// Notes that the server has asked every user of the key to wait, in this run or another.
    ///
    /// - Parameters:
    ///   - until: When the pause ends.
    ///   - now: The time.
    /// - Returns: Whether the run ends because the pause is longer than `giveUpAfter`.
    package mutating func notePause(until: Nanoseconds, at now: Nanoseconds) -> Bool {
        if busySince == nil { trouble = .pause }
        busySince = busySince ?? now
        guard until - now > settings.giveUpAfter else { return false }
        stop(.outage)
        return true
    }

    private mutating func noteWorkingServer() {
        busySince = nil
        foreignInARow = 0
        breaker.noteSuccess()
    }

    /// Ends a row that did not succeed.
    ///
    /// It is `failed` only if none of its requests can have changed the ticket.
    private mutating func fail(_ job: Job, _ code: FailureCode) -> Decision {
        failures += 1
        if let most = settings.maxFailures, failures > most { stop(.tooManyFailures) }
        return .done(outcome: job.mayHaveTakenEffect ? .unknown : .failed, failure: code)
    }

    private func leave(_ job: Job, _ code: FailureCode) -> Decision {
        .unfinished(failure: code, mayHaveTakenEffect: job.mayHaveTakenEffect)
    }

    /// Keeps the row for later: a request that the server delayed does not count as an attempt.
    private mutating func wait(
        _ job: Job, retryAfter: Nanoseconds?, at now: Nanoseconds
    ) -> Decision {
        breaker.noteInconclusive(at: now, isProbe: job.isProbe)
        busySince = busySince ?? now
        if let retryAfter, retryAfter > settings.giveUpAfter { stop(.outage) }
        if case .going = course {
            var job = job
            job.attempts -= 1
            job.notBefore = now
            parked.append(job)
        }
        return leave(job, .rateLimited)
    }

    /// Keeps the row for later: a local shortage is no attempt, and says nothing about the server.
    private mutating func wait(_ job: Job, inShortageAt now: Nanoseconds) -> Decision {
        trouble = .localShortage
        breaker.noteInconclusive(at: now, isProbe: job.isProbe)
        shortage.note(at: now)
        // Limit the requests in flight to the number that could be opened.
        concurrency = max(1, min(concurrency, inFlight))
        if case .going = course {
            var job = job
            job.attempts -= 1
            job.notBefore = now
            parked.append(job)
        }
        return leave(job, .connectionFailed)
    }

    private mutating func again(
        _ job: Job, _ code: FailureCode, isTelling: Bool = true, costsBudget: Bool = true,
        at now: Nanoseconds, roll: Double
    ) -> Decision {
        if isTelling {
            breaker.noteFailure(at: now, isProbe: job.isProbe)
        } else {
            breaker.noteInconclusive(at: now, isProbe: job.isProbe)
        }
        guard case .going = course else { return leave(job, code) }
        // While the breaker is open, it already limits the retries. A server that closes its connections is not in
        // trouble.
        let isLast = job.attempts >= settings.retry.attempts
        if isLast || costsBudget && breaker.openSince == nil && !budget.spend() {
            // Failures in an outage say nothing about the row, so they do not end it. With few rows, an outage
            // may not have opened the breaker yet. It counts as one as soon as the API itself has answered none
            // of the last requests, as many as a row has attempts.
            let isSilent = foreignInARow >= settings.retry.attempts
            guard isTelling, breaker.openSince != nil || isSilent else { return fail(job, code) }
            breaker.open(at: now)
        }
        var job = job
        job.notBefore = now + settings.retry.delay(afterFailures: job.attempts, roll: roll)
        parked.append(job)
        return leave(job, code)
    }
}
