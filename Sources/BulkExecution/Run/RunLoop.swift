import BulkSystem
import BulkPlan
import MavaAPI

/// The one loop of a run: asks the machine, sends, writes the journal.
struct RunLoop<C: Clock> where C.Duration == Duration {
    /// The most that is sent in one step: the first of many need not wait for the last.
    private static var batch: Int { 8 }

    private let session: RunSession<C>
    private let queue = JobQueue()
    private var source: any PlanSource
    private var machine: RunMachine
    private var summary: RunSummary
    private var doneBefore = 0
    private var timers: [Nanoseconds] = []
    private let startedAt: Nanoseconds
    private var isHardStopped = false
    /// When the requests in flight are given up, because the run was asked to stop.
    private var drainsUntil: Nanoseconds?
    private var hasJournalFailed = false

    init(session: RunSession<C>, source: any PlanSource) {
        self.session = session
        self.source = source
        startedAt = session.gate.now
        machine = RunMachine(
            RunMachine.Settings(session.options, startingAt: session.gate.now))
        summary = RunSummary(startingAt: session.timeOfDay())
    }

    @specialized(where C == ContinuousClock)
    mutating func run(in group: inout DiscardingTaskGroup) async -> RunSummary {
        if session.earlier != nil { session.journal.append(.resumed(at: session.timeOfDay())) }
        while true {
            for event in session.mailbox.takeAll() { take(event) }
            heedControl(&group)
            var starts: [Job] = []
            let next = gather(&starts)
            if !starts.isEmpty {
                send(starts, in: &group)
                // The tasks that send them share this thread: they go before the next step.
                await Task.yield()
                continue
            }
            // The outcomes of the answers that came; a failure is handled at the next turn.
            let hadFailed = hasJournalFailed
            guard writeJournal() || hadFailed else { continue }
            if case .finished(let reason) = next {
                // The timers that are left would only wake a loop that is gone.
                group.cancelAll()
                queue.close()
                return await finish(reason)
            }
            guard case .wait(let time, let reason) = next else { continue }
            let until = wakeUp(at: time)
            report(waiting: reason, until: until)
            if let until { setTimer(until, in: &group) }
            await session.mailbox.wait()
        }
    }

    // MARK: What happens

    private mutating func take(_ event: RunMailbox.Event) {
        switch event {
        case .answer(let job, let answer, let time): take(answer, of: job, at: time)
        case .time(let time): timers.removeAll { $0 == time }
        case .attention: break
        }
    }

    private mutating func heedControl(_ group: inout DiscardingTaskGroup) {
        if let error = session.journal.failure {
            summary.message = summary.message ?? error.description
            machine.stop(.journalFailure)
        }
        guard let reason = session.control.reason else { return }
        machine.stop(reason)
        let now = session.gate.now
        let until = drainsUntil ?? now + Nanoseconds(session.options.drain)
        drainsUntil = until
        if session.control.isHard || now >= until, !isHardStopped {
            isHardStopped = true
            group.cancelAll()
        }
    }

    /// When the loop has to look again: when the machine says so, or when the last answers have to be there.
    private func wakeUp(at time: Nanoseconds?) -> Nanoseconds? {
        guard let drainsUntil, !isHardStopped else { return time }
        return min(time ?? drainsUntil, drainsUntil)
    }

    private mutating func take(_ answer: Answer, of job: Job, at time: Nanoseconds) {
        let random = session.random
        let decision = machine.complete(job, answer, at: time, roll: random())
        let now = session.timeOfDay()
        switch decision {
        case .done(let outcome, let failure):
            let row = RowOutcome(
                row: job.row, outcome: outcome, attempts: job.requests, httpStatus: answer.status,
                failure: failure, message: answer.message,
                durationMilliseconds: Int((time - (job.firstSentAt ?? time)) / .millisecond),
                finishedAtMilliseconds: now)
            session.journal.append(.done(row))
            count(outcome)
        case .unfinished(let failure, let mayHaveTakenEffect):
            session.journal.append(
                .again(
                    JournalLine.Unfinished(
                        row: job.row, requests: job.requests, failure: failure,
                        mayHaveTakenEffect: mayHaveTakenEffect, httpStatus: answer.status,
                        message: answer.message, at: now)))
        }
        switch answer.verdict {
        case .keyRejected, .untrusted, .unsendable: summary.message = answer.message
        case .busy(let pause?) where pause > machine.settings.giveUpAfter: noteLongPause(pause)
        case .shortage: summary.shortage = answer.message
        case .noAnswer(.unexpectedAnswer, _): summary.foreignAnswer = answer.message
        case .serverError where answer.isForeign: summary.foreignAnswer = answer.message
        case .accepted, .refused, .unconfirmed, .busy, .serverError, .noAnswer, .abandoned: break
        }
    }

    private mutating func noteLongPause(_ pause: Nanoseconds) {
        summary.message =
            summary.message ?? "it asked to wait for \(Words.wait(seconds: pause.wholeSeconds))"
    }

    private mutating func count(_ outcome: Outcome) {
        summary.done += 1
        switch outcome {
        case .updated: summary.updated += 1
        case .failed: summary.failed += 1
        case .unknown: summary.unknown += 1
        case .unchanged, .invalid, .conflict, .held, .unsent, .excluded: break
        }
    }

    // MARK: What to do

    /// Asks the machine until it wants to wait, and takes the permits of what is to be sent.
    private mutating func gather(_ starts: inout [Job]) -> RunMachine.Step {
        var now = session.gate.now
        while true {
            let step = machine.step(at: now)
            switch step {
            case .pull:
                pull()
                now = session.gate.now
            case .send:
                if starts.count == Self.batch { return step }
                switch session.gate.take(at: now) {
                case .granted: starts.append(machine.begin(at: now))
                case .wait(let until, let reason):
                    if reason == .paused, let until, machine.notePause(until: until, at: now) {
                        noteLongPause(until - now)
                        continue
                    }
                    // Permits that reads hold have no known end: look again now and then.
                    let blind = machine.inFlight == 0 ? now + 50 * .millisecond : nil
                    let next = [until ?? blind, machine.settings.deadline].compactMap { $0 }.min()
                    return .wait(until: next, WaitReason(reason))
                }
            case .wait, .finished: return step
            }
        }
    }

    private mutating func pull() {
        do {
            switch try source.next() {
            case nil: machine.endPlan()
            case .redecided(let entry)?:
                // Its carrier's outcome is its own.
                if entry.mergedInto != nil { return }
                if try isFinished(entry) { return note(finished: entry) }
                if entry.disposition == .update { return try feed(entry) }
                decide(entry)
            case .planned(let entry)?:
                guard entry.sendsRequest else { return }
                if try isFinished(entry) { return note(finished: entry) }
                try feed(entry)
            }
        } catch {
            summary.message = summary.message ?? "\(error)"
            machine.stop(.planUnreadable)
        }
    }

    private func isFinished(_ entry: PlanEntry) throws(FileError) -> Bool {
        try session.earlier?.isFinished(entry.row) ?? false
    }

    private mutating func note(finished entry: PlanEntry) { doneBefore += 1 }

    private mutating func feed(_ entry: PlanEntry) throws(FileError) {
        let earlier = session.earlier
        let job = Job(
            entry, requests: try earlier?.requests(of: entry.row) ?? 0,
            mayHaveTakenEffect: try earlier?.mayHaveTakenEffect(entry.row) ?? false)
        if let job { return machine.feed(job) }
        var refused = entry
        refused.disposition = .invalid
        refused.issue = RowIssue(
            code: .valueInvalid,
            message: "the plan holds a value that no update can carry; plan the input again")
        decide(refused)
    }

    private mutating func decide(_ entry: PlanEntry) {
        let outcome = Outcome(withoutUpdate: entry.disposition) ?? .invalid
        session.journal.append(
            .decided(
                RowOutcome(
                    row: entry.row, outcome: outcome,
                    finishedAtMilliseconds: session.timeOfDay(), issue: entry.issue)))
        summary.decided += 1
    }

    /// Sends requests whose `start` lines the system has taken.
    private mutating func send(_ jobs: [Job], in group: inout DiscardingTaskGroup) {
        let time = session.timeOfDay()
        for job in jobs {
            session.journal.append(.start(row: job.row, request: job.requests, at: time))
        }
        guard writeJournal() else {
            for job in jobs {
                machine.withdraw(job)
                session.gate.giveBack()
            }
            return
        }
        report(waiting: .none, until: nil)
        summary.requests += jobs.count
        for _ in 0..<queue.put(jobs) { addSender(in: &group) }
    }

    /// Adds a task that sends one row after the other.
    private func addSender(in group: inout DiscardingTaskGroup) {
        let session = session
        let queue = queue
        group.addTask {
            while let job = await queue.next() {
                let answer = await session.writer.write(job.update)
                let now = session.gate.now
                session.gate.complete(answer.reading, at: now)
                session.mailbox.put(.answer(job, answer, at: now))
            }
        }
    }

    /// Hands the journal's lines to the system, and says whether it took them.
    private mutating func writeJournal() -> Bool {
        do {
            try session.journal.writeNow()
            return true
        } catch {
            hasJournalFailed = true
            summary.message = summary.message ?? error.description
            machine.stop(.journalFailure)
            return false
        }
    }

    /// Makes sure that the loop is woken at a time.
    private mutating func setTimer(_ time: Nanoseconds, in group: inout DiscardingTaskGroup) {
        if let earliest = timers.min(), earliest <= time { return }
        timers.append(time)
        let session = session
        group.addTask {
            do {
                try await session.clock.sleep(until: session.gate.instant(time), tolerance: nil)
            } catch {
                // Only the end of the run cancels a timer; it needs to wake no task then, but a hard
                // stop must not leave the loop waiting for a time that does not come.
            }
            session.mailbox.put(.time(time))
        }
    }

    private func report(waiting reason: WaitReason, until: Nanoseconds?) {
        let now = session.gate.now
        let pauses = session.gate.pauses
        session.board.update { progress in
            progress.done = doneBefore + summary.decided + summary.done
            progress.doneBefore = doneBefore
            progress.failed = summary.failed
            progress.inFlight = machine.inFlight
            progress.requests = summary.requests
            progress.retries = machine.retries
            progress.pauses = pauses
            progress.waiting = reason
            progress.waitSeconds = until.map { max(0, Double($0 - now) / 1e9) }
            progress.waitUntil = until
            progress.startedAt = startedAt
            progress.elapsedSeconds = Double(now - startedAt) / 1e9
            switch reason {
            case .quota, .others, .paused, .outage, .localShortage: progress.hasWaited = true
            case .none, .answers, .backOff, .draining: break
            }
        }
    }

    private mutating func finish(_ reason: StopReason) async -> RunSummary {
        summary.reason = reason
        if reason == .outage, machine.trouble == .errors {
            summary.message = summary.message ?? summary.foreignAnswer
        }
        if reason == .localShortage { summary.message = summary.message ?? summary.shortage }
        summary.trouble = machine.trouble
        session.journal.append(.ended(reason: reason.name, at: session.timeOfDay()))
        do {
            try await session.journal.synced()
        } catch {
            summary.message = summary.message ?? error.description
            if reason.isFinished { summary.reason = .journalFailure }
        }
        summary.retries = machine.retries
        summary.pauses = session.gate.pauses
        summary.finishedAtMilliseconds = session.timeOfDay()
        summary.durationMilliseconds = (session.gate.now - startedAt) / .millisecond
        report(waiting: .none, until: nil)
        return summary
    }
}

extension RunMachine.Settings {
    /// Takes the bounds of a run that begins now.
    init(_ options: ExecutionOptions, startingAt now: Nanoseconds) {
        self.init()
        concurrency = max(1, options.concurrency)
        maxFailures = options.maxFailures
        giveUpAfter = Nanoseconds(options.giveUpAfter)
        deadline = options.deadline.map { now + Nanoseconds($0) }
        canary = options.canary
    }
}
