// What a run decides about its rows, as a pure state machine: no tasks, no clock, no randomness of its own.
// `RunDriver` asks `step` what to do next until it says to wait, and reports what happened by `begin`,
// `complete` and `stop`. What is kept is bounded by the requests in flight and those that wait for another
// attempt; rows that are done are forgotten, so memory does not grow with the plan.

package import BulkSystem
import MavaAPI

/// Decides which row is sent next, what an answer means for its row, and when the run ends.
package struct RunMachine: Sendable {
    /// The bounds of a run.
    package struct Settings: Hashable, Sendable {
        /// The most requests in flight.
        package var concurrency = 16
        /// When to try again.
        package var retry = RetryPolicy()
        /// The most rows that may fail; one more ends the run.
        package var maxFailures: Int?
        /// How long the server may be unusable before the run ends.
        package var giveUpAfter: Nanoseconds = 300 * .second
        /// When the run ends, whatever is left; on the clock of the calls.
        package var deadline: Nanoseconds?
        /// How many rows are sent before the run ends as a canary; `nil` for all.
        package var canary: Int?
        /// How long requests in flight are waited for when the run is asked to stop.
        package var drain: Nanoseconds = 10 * .second

        package init() {}
    }

    /// What to do next.
    package enum Step: Hashable, Sendable {
        /// Hand over the plan's next entry, by ``RunMachine/feed(_:)`` or ``RunMachine/endPlan()``.
        case pull
        /// Take a permit and then call ``RunMachine/begin(at:)``.
        case send
        /// Wait for an answer, or until this time.
        case wait(until: Nanoseconds?, WaitReason)
        /// Nothing is left to do.
        case finished(StopReason)
    }

    /// What becomes of a row after an answer.
    package enum Decision: Hashable, Sendable {
        /// It has its outcome.
        case done(outcome: Outcome, failure: FailureCode?)
        /// It is not finished: it will be sent again, in this run or, after a stop, in a later one.
        case unfinished(failure: FailureCode, mayHaveTakenEffect: Bool)
    }

    package let settings: Settings
    private var parked: [Job] = []
    private var supply = Supply.open
    private var course = Course.going
    private var breaker = CircuitBreaker()
    /// How many requests in a row were not answered by the API itself.
    private var foreignInARow = 0
    private var budget = RetryBudget()
    private var busySince: Nanoseconds?
    private var shortage = LocalShortage()
    /// The most requests in flight for now: fewer than asked for where this machine could not open more.
    package private(set) var concurrency: Int
    private var begun = 0
    /// How many requests wait for their answers.
    package private(set) var inFlight = 0
    /// How many rows have failed.
    package private(set) var failures = 0

    package init(_ settings: Settings) {
        self.settings = settings
        concurrency = settings.concurrency
    }

    /// How many requests were sent again after a failure.
    package private(set) var retries = 0
    /// What the last request that did not succeed ran into.
    package private(set) var trouble: RunTrouble?
    /// Why the run is ending; `nil` while it is not.
    package var stopReason: StopReason? { course.reason }

    /// The rows that may be on their way at once: those in flight and those that wait for another try.
    private var capacity: Int { max(64, 4 * settings.concurrency) }

    // MARK: Asking

    /// Says what to do next.
    ///
    /// - Parameter now: The time; never earlier than in any call before.
    /// - Returns: The step; after `pull` and `send`, ask again when they are done.
    package mutating func step(at now: Nanoseconds) -> Step {
        endIfDue(at: now)
        if let reason = stopReason {
            return inFlight == 0 ? .finished(reason) : .wait(until: course.drainEnd, .draining)
        }
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
        if supply.isReady || parked.contains(where: { $0.notBefore <= now }) { return .send }
        if case .open = supply, inFlight + parked.count < capacity { return .pull }
        let next = parked.map(\.notBefore).min()
        if next == nil, inFlight == 0, case .ended(let ending) = supply { return .finished(ending) }
        return .wait(until: earliest(next, settings.deadline), next == nil ? .answers : .backOff)
    }

    /// A row that was never sent tells most about the server, a row that has failed least.
    private func stepToProbe() -> Step {
        switch supply {
        case .open where inFlight + parked.count < capacity: return .pull
        case .ready: return .send
        case .open, .ended: break
        }
        if !parked.isEmpty { return .send }
        if inFlight == 0, case .ended(let ending) = supply { return .finished(ending) }
        return .wait(until: settings.deadline, .answers)
    }

    private mutating func endIfDue(at now: Nanoseconds) {
        guard case .going = course else { return }
        if let deadline = settings.deadline, now >= deadline {
            stop(.deadline)
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

    /// Takes a row that is to be sent.
    package mutating func feed(_ job: Job) {
        if let canary = settings.canary, begun >= canary {
            // There is more to send than the canary asks for: the rest is another part's.
            supply = .ended(.canary)
            return
        }
        supply = .ready(job)
    }

    /// Notes that the plan has no more entries.
    package mutating func endPlan() { supply = .ended(.finished) }

    /// Ends the run: nothing more is sent, what is in flight is waited for.
    ///
    /// - Parameters:
    ///   - reason: Why.
    ///   - time: When the requests in flight are given up; `nil` for never.
    package mutating func stop(_ reason: StopReason, abandoningAt time: Nanoseconds? = nil) {
        course.stop(reason, abandoningAt: time)
    }

    /// Whether the requests in flight are to be given up now; it says so once.
    package mutating func abandonsRequests(at now: Nanoseconds) -> Bool {
        guard case .draining(let reason, let until?) = course, now >= until else { return false }
        course = .abandoning(reason)
        return true
    }

    // MARK: Requests

    /// Starts the request that ``step(at:)`` asked for.
    ///
    /// - Returns: The row, its attempt counted.
    package mutating func begin(at now: Nanoseconds) -> Job {
        var job: Job
        let isProbe = breaker.decision(at: now) == .probe
        if let index = nextParked(at: now, isProbe: isProbe) {
            job = parked.remove(at: index)
            retries += 1
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
        return job
    }

    private func nextParked(at now: Nanoseconds, isProbe: Bool) -> Int? {
        if isProbe {
            if supply.isReady { return nil }
            return parked.indices.min { parked[$0].notBefore < parked[$1].notBefore }
        }
        return parked.indices.filter { parked[$0].notBefore <= now }
            .min { parked[$0].row < parked[$1].row }
    }

    /// Takes back a request that could not be sent after all, as when its journal line failed.
    package mutating func withdraw(_ job: Job) {
        inFlight -= 1
        var job = job
        job.attempts -= 1
        job.requests -= 1
        parked.append(job)
    }

    /// Takes an answer and decides about its row.
    ///
    /// - Parameters:
    ///   - job: The row, as ``begin(at:)`` returned it.
    ///   - answer: What came of the request.
    ///   - now: The time.
    ///   - roll: A random number, at least 0 and below 1, for the back-off.
    /// - Returns: What becomes of the row, for the journal.
    package mutating func complete(
        _ job: Job, _ answer: Answer, at now: Nanoseconds, roll: @autoclosure () -> Double
    ) -> Decision {
        inFlight -= 1
        switch answer.verdict {
        case .shortage: return wait(job, inShortageAt: now)
        case .untrusted, .unsendable, .abandoned, .noAnswer: break
        case .accepted, .refused, .unconfirmed, .keyRejected, .busy, .serverError: shortage.end()
        }
        switch answer.verdict {
        case .shortage: return leave(job, .connectionFailed)
        case .accepted:
            noteWorkingServer()
            return .done(outcome: .updated, failure: nil)
        case .refused(let code):
            noteWorkingServer()
            return fail(job, code)
        case .unconfirmed:
            // Sending it again would not tell more; the ticket is read when the run has come to its end.
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
            // Mava answers an id that cannot be one with 500: that says nothing about the others.
            let isTelling = answer.isForeign || job.update.ticketID.isObjectID
            foreignInARow = answer.isForeign ? foreignInARow + 1 : 0
            return again(job, .serverError, isTelling: isTelling, at: now, roll: roll())
        case .noAnswer(let code, let reached):
            trouble = code == .unexpectedAnswer ? .errors : .noAnswer
            var job = job
            job.wasLeftOpen = job.wasLeftOpen || reached
            foreignInARow = answer.isForeign ? foreignInARow + 1 : 0
            return again(job, code, at: now, roll: roll())
        case .abandoned(let reached):
            var job = job
            job.wasLeftOpen = job.wasLeftOpen || reached
            return leave(job, job.mayHaveTakenEffect ? .givenUp : .notSent)
        }
    }

    /// Notes that the server has asked everyone who uses the key to wait, this run or another.
    ///
    /// - Parameters:
    ///   - until: When the pause ends.
    ///   - now: The time.
    /// - Returns: Whether the run ends because of it: it is longer than the run's patience.
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

    /// A row that does not succeed has failed only if none of its requests can have changed the ticket.
    private mutating func fail(_ job: Job, _ code: FailureCode) -> Decision {
        failures += 1
        if let most = settings.maxFailures, failures > most { stop(.tooManyFailures) }
        return .done(outcome: job.mayHaveTakenEffect ? .unknown : .failed, failure: code)
    }

    private func leave(_ job: Job, _ code: FailureCode) -> Decision {
        .unfinished(failure: code, mayHaveTakenEffect: job.mayHaveTakenEffect)
    }

    /// A request to wait costs the row nothing: the attempt is not counted.
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

    /// A shortage of this machine costs the row nothing, and says nothing about the server.
    private mutating func wait(_ job: Job, inShortageAt now: Nanoseconds) -> Decision {
        trouble = .localShortage
        breaker.noteInconclusive(at: now, isProbe: job.isProbe)
        shortage.note(at: now)
        // As many as could be opened at once.
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
        _ job: Job, _ code: FailureCode, isTelling: Bool = true, at now: Nanoseconds, roll: Double
    ) -> Decision {
        if isTelling {
            breaker.noteFailure(at: now, isProbe: job.isProbe)
        } else {
            breaker.noteInconclusive(at: now, isProbe: job.isProbe)
        }
        guard case .going = course else { return leave(job, code) }
        // While the breaker is open it holds the retries back by itself.
        if job.attempts >= settings.retry.attempts || breaker.openSince == nil && !budget.spend() {
            // In an outage failures say nothing about the row, so it does not end. It is one as well where the
            // API itself has answered nothing for as long as a row's attempts, however few rows there are.
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
