import BulkSystem
import BulkExecution
import BulkPlan
import BulkTestSupport
import MavaAPI

// The run's side. It performs the actions of the program's `RunDriver`, as `RunLoop` does, but against models
// of a quota window, a journal and a network. Each action is checked when it is performed.

extension Simulation {
    /// A process that performs one part of the run; its state is lost when it is killed.
    final class Process {
        var driver: RunDriver
        let earlier: JournalIndex?
        /// The number of the plan's next entry.
        var nextEntry = 0
        var wakeAt: Nanoseconds?
        /// The number of permits taken for requests that are not sent yet.
        var permits = 0
        /// The rows whose requests wait for their answers.
        var openRows: Set<Int> = []
        /// Requests, by row, whose `start` lines are written and which are not sent yet.
        var startLines: [Int: Int] = [:]
        /// Rows that have their outcomes in the journal, including earlier parts of the run.
        var doneRows: Set<Int> = []
        /// The number of requests sent.
        var requests = 0
        /// The number of answers received, and the number of them whose lines are written.
        var answers = 0
        var answerLines = 0
        /// Why nothing more may be sent.
        var ban: String?
        var journal = Journal.open
        /// The number of actions after which the process is killed; `nil` if it is not.
        var actionsLeft: Int?
        /// Whether nothing may be sent because a person has paused the run.
        var isPaused = false
        /// When a run that was asked to stop must have ended.
        var endsBy: Nanoseconds?

        init(_ driver: RunDriver, _ earlier: JournalIndex?) {
            self.driver = driver
            self.earlier = earlier
        }
    }

    /// The state of the journal in this part of the run.
    enum Journal {
        case open
        /// Its last line is on the disk.
        case finished
        /// A write to the disk has failed.
        case failed
    }

    private var instant: RunInstant { RunInstant(now: now, date: timeOfDay) }

    // MARK: Sessions

    mutating func startSession() {
        session += 1
        let earlier =
            session == 1
            ? nil
            : JournalIndex(
                JournalHeader(planID: "p", tool: "simulation", startedAt: 0), lines)
        var settings = scenario.settings
        settings.deadline = settings.deadline.map { now + $0 }
        // The permits of earlier parts, from the ledger.
        held =
            held.filter { $0 > now }
            + window.expiries(inFlightUntil: now + Self.timeout, at: now)
        window = QuotaWindow(scenario.quota)
        window.replaceSiblings(held)
        process = Process(
            RunDriver(settings, isResumed: earlier != nil, at: instant), earlier)
        for case .done(let outcome) in lines { process?.doneRows.insert(outcome.row) }
        drive()
    }

    mutating func endSession(_ reason: StopReason) {
        process = nil
        lastReason = reason
        guard !isOver else { return }
        queue.put(.resume, at: now + .random(in: 0...(20 * .second), using: &random))
    }

    /// Asks the run to stop.
    mutating func interrupt(isHard: Bool) {
        process?.driver.stop(.interrupted(signal: 15), isHard: isHard, at: instant)
        process?.ban = process?.ban ?? "after it was to stop"
        process?.endsBy = min(
            process?.endsBy ?? .max, isHard ? now : now + scenario.settings.drain)
        drive()
    }

    /// Pauses the run, or lets it go on.
    mutating func pause(_ isPaused: Bool) {
        process?.isPaused = isPaused
        process?.driver.setPaused(isPaused, at: instant)
        drive()
    }

    /// Kills the process, now or in the middle of its next action.
    mutating func kill() {
        let actions = Int.random(in: -15...30, using: &random)
        if actions > 0 { process?.actionsLeft = actions } else { die() }
    }

    private mutating func die() {
        dropUnsynced()
        endSession(.interrupted(signal: 9))
    }

    /// Drops up to three lines from the journal's end, as a power failure loses lines that were not synced.
    ///
    /// `start` lines stay: a killed process cannot lose them, and the simulation checks that.
    private mutating func dropUnsynced() {
        var most = Int.random(in: 0...3, using: &random)
        while most > 0, let last = lines.last {
            if case .start = last { return }
            lines.removeLast()
            most -= 1
        }
    }

    /// Passes an answer to the run.
    mutating func hear(_ answer: Answer, of number: Int) {
        guard !flights[number].isOver else { return }
        flights[number].isOver = true
        let job = flights[number].job
        window.complete(at: now)
        if let reading = answer.reading {
            window.observe(reading.hints, at: now)
            if reading.isBusy {
                window.pause(for: reading.retryAfter, at: now)
            } else {
                window.noteAnswer()
            }
        }
        process?.openRows.remove(job.row)
        process?.answers += 1
        let roll = Double.random(in: 0..<1, using: &random)
        process?.driver.handle(answer, of: job, at: instant, roll: roll)
        if answer.verdict == .keyRejected { process?.ban = "after the key was rejected" }
    }

    // MARK: Actions

    /// Performs the run's actions until it waits.
    mutating func drive() {
        while let action = process?.driver.next(at: instant) {
            if let left = process?.actionsLeft {
                process?.actionsLeft = left - 1
                if left == 0 {
                    // Only some of the lines are written.
                    if case .write(let lines) = action { keepSome(of: lines) }
                    return die()
                }
            }
            switch action {
            case .pull: pull()
            case .acquirePermit: acquirePermit()
            case .write(let lines): write(lines)
            case .send(let jobs): for job in jobs { send(job) }
            case .giveBack(let permits):
                for _ in 0..<permits { window.giveBack() }
                process?.permits -= permits
            case .abandon: abandon()
            case .wait(let until, let reason):
                if reason == .pausedByControl { report.pauses += 1 }
                return wait(until: until)
            case .finish(let lines):
                checkRest("finishes")
                if process?.openRows.isEmpty == false { violated("the run ends too early") }
                write(lines)
                if process?.journal == .open { process?.journal = .finished }
            case .end(let summary):
                check(summary)
                endSession(summary.reason)
            }
        }
    }

    private mutating func pull() {
        guard let index = process?.nextEntry, index < scenario.entries.count else {
            process?.driver.endPlan()
            return
        }
        process?.nextEntry += 1
        let entry = scenario.entries[index]
        let step = scenario.redecided[entry.row].map(PlanStep.redecided) ?? .planned(entry)
        do {
            let history = try RowHistory(of: step, in: process?.earlier)
            process?.driver.handle(step, history, at: instant)
        } catch {
            violated("\(error)")
        }
    }

    private mutating func acquirePermit() {
        let permit = window.tryAcquire(at: now)
        if permit == .granted { process?.permits += 1 }
        process?.driver.handle(permit: permit, at: instant)
    }

    private mutating func write(_ written: [JournalLine]) {
        guard let process else { return }
        switch process.journal {
        case .open: break
        case .finished: violated("a line follows the run's last one")
        case .failed:
            if !written.isEmpty { violated("a line follows one that was refused") }
            return process.driver.journalFailed("no space left")
        }
        writes += 1
        if scenario.failingWrites.contains(writes) {
            keepSome(of: written)
            report.journalFailures += 1
            process.journal = .failed
            process.ban = process.ban ?? "after the journal failed"
            return process.driver.journalFailed("no space left")
        }
        for line in written { record(line, process) }
        lines += written
    }

    private mutating func record(_ line: JournalLine, _ process: Process) {
        switch line {
        case .start(let row, let request, _): process.startLines[row] = request
        case .again: process.answerLines += 1
        case .done(let outcome):
            process.answerLines += 1
            process.doneRows.insert(outcome.row)
            if process.openRows.contains(outcome.row) {
                violated("row \(outcome.row) has its outcome before its answer")
            }
        case .decided, .settled, .resumed, .ended: break
        }
    }

    private mutating func keepSome(of written: [JournalLine]) {
        guard process?.journal == .open else { return }
        lines += written.prefix(.random(in: 0...written.count, using: &random))
    }

    private mutating func send(_ job: Job) {
        guard let process else { return }
        if let ban = process.ban { violated("sent \(ban)") }
        if process.isPaused { violated("sent while the run was paused") }
        if process.doneRows.contains(job.row) {
            violated("row \(job.row) was sent when it was done")
        }
        if process.openRows.contains(job.row) {
            violated("row \(job.row) was sent twice at a time")
        }
        if process.permits == 0 { violated("row \(job.row) was sent without a permit") }
        if process.startLines[job.row] != job.requests {
            violated("row \(job.row) was sent before its start line was written")
        }
        let second = Int(timeOfDay / 1000)
        if let windows = scenario.settings.windows,
            windows.opening(
                at: second, lasting: Int(scenario.settings.requestTimeout.wholeSeconds))?.start
                != second
        {
            violated("row \(job.row) was sent outside the hours")
        }
        process.startLines[job.row] = nil
        process.permits -= 1
        process.requests += 1
        process.openRows.insert(job.row)
        peakInFlight = max(peakInFlight, process.openRows.count)
        depart(job)
    }

    /// Abandons the requests in flight; a request that has not arrived yet never arrives.
    private mutating func abandon() {
        process?.ban = process?.ban ?? "after it was to end at once"
        for number in flights.indices where flights[number].session == session {
            guard !flights[number].isOver else { continue }
            flights[number].isCut = true
            report.abandoned += 1
            let answer = Answer(.abandoned(mayHaveReachedServer: true), message: "given up")
            queue.put(.answer(number, answer), at: now)
        }
    }

    private mutating func wait(until time: Nanoseconds?) {
        checkRest("waits")
        guard let time else {
            // The end of a pause is an event of its own.
            if process?.openRows.isEmpty == true, process?.isPaused == false {
                violated("the run waits for nothing")
            }
            return
        }
        if let wakeAt = process?.wakeAt, wakeAt <= time { return }
        process?.wakeAt = time
        queue.put(.wake(session: session), at: max(time, now))
    }

    // MARK: Checks

    private mutating func violated(_ text: String) { report.violations.append(text) }

    /// Checks that a run that waits or ends has used every permit and written every answer.
    private mutating func checkRest(_ does: String) {
        guard let process else { return }
        if process.permits != 0 {
            violated("the run \(does) with \(process.permits) unused permits")
        }
        if process.journal == .open, process.answerLines != process.answers {
            violated("the run \(does) before it has written its answers down")
        }
    }

    private mutating func check(_ summary: RunSummary) {
        guard let process else { return }
        let reason = summary.reason
        switch process.journal {
        case .open: violated("the run ends before its journal is on the disk")
        case .finished:
            if lines.last != .ended(reason: reason.name, at: timeOfDay) {
                violated("the journal does not end with the run")
            }
        case .failed:
            if reason.isFinished { violated("a run without its journal is finished") }
        }
        if let endsBy = process.endsBy, now > endsBy, scenario.stalls.isEmpty {
            violated("the run takes too long to stop")
        }
        if summary.requests != process.requests
            || summary.done != summary.updated + summary.failed + summary.unknown
        {
            violated("the summary does not add up")
        }
    }
}
