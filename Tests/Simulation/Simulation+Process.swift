import BulkSystem
import BulkExecution
import BulkPlan
import BulkTestSupport
import MavaAPI

// The run's end: carries out what the program's `RunDriver` says, as `RunLoop` does, against a quota window, a
// journal and a network that are models. Each action is checked when it is carried out.

extension Simulation {
    /// A process that carries out a part of the run, and what is lost when it is killed.
    final class Process {
        var driver: RunDriver
        let earlier: JournalIndex?
        /// The plan's next entry.
        var nextEntry = 0
        var wakeAt: Nanoseconds?
        /// Permits that were taken for requests which are not sent yet.
        var permits = 0
        /// The rows whose requests wait for their answers.
        var openRows: Set<Int> = []
        /// The requests whose `start` lines the system has taken, by row, and not sent yet.
        var startLines: [Int: Int] = [:]
        /// The requests sent, and the rows that got their outcomes.
        var requests = 0
        var done = 0
        /// Why nothing more may be sent, in words.
        var ban: String?
        var isSynced = false

        init(_ driver: RunDriver, _ earlier: JournalIndex?) {
            self.driver = driver
            self.earlier = earlier
        }
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
        // What the ledger remembers of the parts before.
        held =
            held.filter { $0 > now }
            + window.expiries(inFlightUntil: now + Self.timeout, at: now)
        window = QuotaWindow(scenario.quota)
        window.replaceSiblings(held)
        process = Process(
            RunDriver(settings, isResumed: earlier != nil, at: instant), earlier)
        drive()
    }

    mutating func endSession(_ reason: StopReason) {
        process = nil
        lastReason = reason
        guard !isOver else { return }
        queue.put(.resume, at: now + .random(in: 0...(20 * .second), using: &random))
    }

    /// Asks the run to stop.
    mutating func interrupt() {
        process?.driver.stop(.interrupted(signal: 15), isHard: false, at: instant)
        process?.ban = process?.ban ?? "after it was to stop"
        drive()
    }

    /// Lets the run hear of an answer.
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
        let roll = Double.random(in: 0..<1, using: &random)
        process?.driver.take(answer, of: job, at: instant, roll: roll)
        if answer.verdict == .keyRejected { process?.ban = "after the key was rejected" }
    }

    // MARK: Actions

    /// Carries out what the run does until it waits.
    mutating func drive() {
        while let action = process?.driver.next(at: instant) {
            switch action {
            case .pull: pull()
            case .takePermit: takePermit()
            case .write(let lines): write(lines)
            case .send(let jobs): for job in jobs { send(job) }
            case .giveBack(let permits):
                for _ in 0..<permits { window.giveBack() }
                process?.permits -= permits
            case .abandon: abandon()
            case .wait(let until, _): return wait(until: until)
            case .finish(let lines):
                checkRest("finishes")
                if process?.openRows.isEmpty == false { violated("the run ends too early") }
                write(lines)
                process?.isSynced = true
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
        let step = PlanStep.planned(scenario.entries[index])
        do {
            let history = try RowHistory(of: step, in: process?.earlier)
            process?.driver.take(step, history, at: instant)
        } catch {
            violated("\(error)")
        }
    }

    private mutating func takePermit() {
        let permit = window.take(at: now)
        if permit == .granted { process?.permits += 1 }
        process?.driver.take(permit: permit, at: instant)
    }

    private mutating func write(_ written: [JournalLine]) {
        guard let process else { return }
        if process.isSynced { violated("a line follows the run's last one") }
        for line in written {
            switch line {
            case .start(let row, let request, _): process.startLines[row] = request
            case .done(let outcome):
                process.done += 1
                if process.openRows.contains(outcome.row) {
                    violated("row \(outcome.row) has its outcome before its answer")
                }
            case .again, .decided, .settled, .resumed, .ended: break
            }
        }
        lines += written
    }

    private mutating func send(_ job: Job) {
        guard let process else { return }
        if let ban = process.ban { violated("sent \(ban)") }
        if process.openRows.contains(job.row) {
            violated("row \(job.row) was sent twice at a time")
        }
        if process.permits == 0 { violated("row \(job.row) was sent without a permit") }
        if process.startLines[job.row] != job.requests {
            violated("row \(job.row) was sent before its start line was written")
        }
        process.startLines[job.row] = nil
        process.permits -= 1
        process.requests += 1
        process.openRows.insert(job.row)
        peakInFlight = max(peakInFlight, process.openRows.count)
        depart(job)
    }

    /// Gives up the requests in flight; those that have reached the server may still take effect.
    private mutating func abandon() {
        process?.ban = process?.ban ?? "after it was to end at once"
        for number in flights.indices where flights[number].session == session {
            guard !flights[number].isOver else { continue }
            let answer = Answer(.abandoned(mayHaveReachedServer: true), message: "given up")
            queue.put(.answer(number, answer), at: now)
        }
    }

    private mutating func wait(until time: Nanoseconds?) {
        checkRest("waits")
        guard let time else {
            if process?.openRows.isEmpty == true { violated("the run waits for nothing") }
            return
        }
        if let wakeAt = process?.wakeAt, wakeAt <= time { return }
        process?.wakeAt = time
        queue.put(.wake(session: session), at: max(time, now))
    }

    // MARK: Checks

    private mutating func violated(_ text: String) { report.violations.append(text) }

    /// A run that waits or ends has used every permit it took, and sent every request it wrote down.
    private mutating func checkRest(_ does: String) {
        guard let process else { return }
        if process.permits != 0 {
            violated("the run \(does) with \(process.permits) unused permits")
        }
    }

    private mutating func check(_ summary: RunSummary) {
        guard let process else { return }
        if !process.isSynced { violated("the run ends before its journal is on the disk") }
        guard case .ended(summary.reason.name, _)? = lines.last else {
            return violated("the journal does not end with the run")
        }
        if summary.requests != process.requests || summary.done != process.done
            || summary.done != summary.updated + summary.failed + summary.unknown
        {
            violated("the summary does not add up")
        }
    }
}
