package import BulkSystem
import BulkExecution
import BulkPlan
import BulkTestSupport
import MavaAPI

// A world of events without tasks and without waiting. The run's side is the program's own state
// machines (`RunMachine`, `QuotaWindow`) and its own reading of answers and journals; only the loop
// between them, which the program has in `RunLoop`, is written again here. The other side is a model of
// the server and of the network. The same seed gives the same world, event by event.

/// One simulated run of a plan, with all its interruptions and resumptions, until its end.
package struct Simulation {
    /// What came of it.
    package struct Report: Hashable, Sendable {
        /// The requests that reached the server.
        package var arrivals = 0
        /// Those that were told that the quota is used up.
        package var refusals = 0
        /// The parts in which the run was carried out.
        package var sessions = 0
        /// How long it took, in simulated time.
        package var duration: Nanoseconds = 0
        /// Every promise that was broken; empty when all were kept.
        package var violations: [String] = []
    }

    enum Event {
        /// A request reaches the server.
        case arrive(Int)
        /// An answer, or the end of waiting for it, reaches the run.
        case answer(Int, Answer)
        /// The run wanted to be woken.
        case wake(session: Int)
        /// Somebody else uses the key.
        case foreign
        case kill
        case interrupt
        /// The run is taken up again.
        case resume
    }

    /// A request under way.
    struct Flight {
        var session: Int
        var job: Job
        var sentAt: Nanoseconds
        var fate: Fate
    }

    /// What is to happen to a request.
    enum Fate {
        case normal
        case errorBefore
        case errorAfter
        case lostAfter
        case silence(commits: Bool)
        case unavailable
        case foreign(ForeignAnswer, commits: Bool)
    }

    static let timeout = 10 * Nanoseconds.second
    private static let mostSessions = 12

    let scenario: Scenario
    var random: SeededGenerator
    var server: ServerModel
    var queue = EventQueue<Event>()
    var now: Nanoseconds = 0
    var flights: [Flight] = []
    var lines: [JournalLine] = []
    var report = Report()

    private var session = 0
    private var machine: RunMachine?
    private var window: QuotaWindow
    /// When the permits of the run's earlier parts become free, as the ledger has it.
    private var held: [Nanoseconds] = []
    private var earlier: JournalIndex?
    private var nextEntry = 0
    private var wakeAt: Nanoseconds?
    private var keyIsRejected = false
    /// The run's part in the answers of which it has heard, for the checks at its end.
    private(set) var peakInFlight = 0
    private(set) var lastReason: StopReason?

    /// Makes a world.
    ///
    /// - Parameter seed: What it is made from.
    package init(seed: UInt64) {
        scenario = Scenario(seed: seed)
        random = SeededGenerator(seed: seed ^ 0xD1B5_4A32_D192_ED03)
        server = ServerModel(scenario)
        window = QuotaWindow(scenario.quota)
    }

    /// Lets it happen.
    ///
    /// - Returns: What came of it.
    package mutating func run() -> Report {
        for time in scenario.killsAt { queue.put(.kill, at: time) }
        for time in scenario.interruptsAt { queue.put(.interrupt, at: time) }
        if scenario.foreignPerWindow > 0 { queue.put(.foreign, at: foreignGap()) }
        startSession()
        var events = 0
        while let (time, event) = queue.take() {
            now = time
            events += 1
            if events > 200_000 {
                report.violations.append("the run does not come to an end")
                break
            }
            handle(event)
            if machine == nil, isOver { break }
        }
        report.arrivals = server.arrivals.count
        report.refusals = server.refusals
        report.sessions = session
        report.duration = now
        check()
        return report
    }

    private var isOver: Bool {
        lastReason == .finished || session >= Self.mostSessions
    }

    private mutating func foreignGap() -> Nanoseconds {
        let mean = scenario.window / Int64(scenario.foreignPerWindow)
        return .random(in: 1...(2 * mean), using: &random)
    }

    // MARK: Events

    private mutating func handle(_ event: Event) {
        switch event {
        case .arrive(let number): arrive(number)
        case .answer(let number, let answer):
            guard flights[number].session == session, machine != nil else { return }
            if postponed(event) { return }
            take(answer, of: flights[number].job)
            drive()
        case .wake(let number):
            guard number == session, machine != nil else { return }
            if postponed(event) { return }
            wakeAt = nil
            drive()
        case .foreign:
            server.admitForeign(at: now)
            queue.put(.foreign, at: now + foreignGap())
        case .kill:
            guard machine != nil else { return }
            machine = nil
            dropUnwritten()
            endSession(.interrupted(signal: 9))
        case .interrupt:
            guard machine != nil else { return }
            machine?.stop(.interrupted(signal: 15))
            drive()
        case .resume: startSession()
        }
    }

    /// A process that is stopped or swapped out hears of everything later.
    private mutating func postponed(_ event: Event) -> Bool {
        guard let stall = scenario.stalls.first(where: { $0.contains(now) }) else { return false }
        queue.put(event, at: stall.upperBound)
        return true
    }

    /// What was given to the journal after the last request was sent may not have reached the system
    /// when the process is killed; a `start` has, or its request would not have been sent.
    private mutating func dropUnwritten() {
        var most = Int.random(in: 0...3, using: &random)
        while most > 0, let last = lines.last {
            if case .start = last { return }
            lines.removeLast()
            most -= 1
        }
    }

    // MARK: Sessions

    private mutating func startSession() {
        session += 1
        // Whoever takes a run up again has put the key right.
        keyIsRejected = false
        earlier =
            session == 1
            ? nil
            : JournalIndex(
                JournalHeader(planID: "p", tool: "simulation", startedAt: 0), lines)
        var settings = scenario.settings
        settings.deadline = settings.deadline.map { now + $0 }
        machine = RunMachine(settings)
        // What the ledger remembers of the part before.
        held =
            held.filter { $0 > now }
            + window.expiries(inFlightUntil: now + Self.timeout, at: now)
        window = QuotaWindow(scenario.quota)
        window.replaceSiblings(held)
        nextEntry = 0
        wakeAt = nil
        drive()
    }

    private mutating func endSession(_ reason: StopReason) {
        machine = nil
        lastReason = reason
        guard !isOver else { return }
        queue.put(.resume, at: now + .random(in: 0...(20 * .second), using: &random))
    }

    /// What `RunLoop` does between two waits.
    private mutating func drive() {
        while var current = machine {
            let step = current.step(at: now)
            machine = current
            switch step {
            case .pull: pull()
            case .send:
                switch window.take(at: now) {
                case .granted: send()
                case .wait(let until, _):
                    let deadline = current.settings.deadline
                    return wait(until: [until, deadline].compactMap { $0 }.min())
                }
            case .wait(let until, _): return wait(until: until)
            case .finished(let reason):
                lines.append(.ended(reason: reason.name, at: 0))
                return endSession(reason)
            }
        }
    }

    private mutating func wait(until time: Nanoseconds?) {
        guard let time else { return }
        if let wakeAt, wakeAt <= time { return }
        wakeAt = time
        queue.put(.wake(session: session), at: max(time, now))
    }

    private mutating func pull() {
        while nextEntry < scenario.entries.count {
            let entry = scenario.entries[nextEntry]
            nextEntry += 1
            guard entry.sendsRequest else { continue }
            do {
                if try earlier?.isFinished(entry.row) ?? false { continue }
                if let job = try job(of: entry) {
                    machine?.feed(job)
                    return
                }
                report.violations.append("row \(entry.row) makes no update")
            } catch {
                report.violations.append("\(error)")
            }
        }
        machine?.endPlan()
    }

    private func job(of entry: PlanEntry) throws -> Job? {
        Job(
            entry, requests: try earlier?.requests(of: entry.row) ?? 0,
            mayHaveTakenEffect: try earlier?.mayHaveTakenEffect(entry.row) ?? false)
    }

    // MARK: Requests

    private mutating func send() {
        guard let job = machine?.begin(at: now) else { return }
        lines.append(.start(row: job.row, request: job.requests, at: 0))
        if keyIsRejected { report.violations.append("sent after the key was rejected") }
        if flights.contains(where: { isUnderWay($0) && $0.job.row == job.row }) {
            report.violations.append("row \(job.row) was sent twice at a time")
        }
        peakInFlight = max(peakInFlight, machine?.inFlight ?? 0)
        let number = flights.count
        let up = scenario.latency / 2 + .random(in: 0...scenario.jitter, using: &random)
        func chance(_ perMille: Int, _ random: inout SeededGenerator) -> Bool {
            perMille > 0 && Int.random(in: 0..<1000, using: &random) < perMille
        }
        var fate = Fate.normal
        let isOut = scenario.outage?.contains(now) ?? false
        if isOut || chance(scenario.lostBefore, &random) {
            let reached = Bool.random(using: &random)
            append(job, .normal)
            let answer = Answer(
                .noAnswer(.connectionFailed, mayHaveReachedServer: reached),
                message: "connection lost")
            queue.put(.answer(number, answer), at: now + up)
            return
        }
        if chance(scenario.errorBefore, &random) { fate = .errorBefore }
        if chance(scenario.errorAfter, &random) { fate = .errorAfter }
        if chance(scenario.lostAfter, &random) { fate = .lostAfter }
        if chance(scenario.unavailable, &random) { fate = .unavailable }
        if chance(scenario.foreign, &random) {
            fate = .foreign(
                ForeignAnswer.all.randomElement(using: &random) ?? ForeignAnswer.all[0],
                commits: Bool.random(using: &random))
        }
        if chance(scenario.silence, &random) {
            fate = .silence(commits: Bool.random(using: &random))
        }
        append(job, fate)
        queue.put(.arrive(number), at: now + up)
    }

    private func isUnderWay(_ flight: Flight) -> Bool {
        flight.session == session && openRows.contains(flight.job.row)
    }

    private var openRows: Set<Int> = []

    private mutating func append(_ job: Job, _ fate: Fate) {
        openRows.insert(job.row)
        flights.append(
            Flight(session: session, job: job, sentAt: now, fate: fate))
    }

    private mutating func arrive(_ number: Int) {
        let flight = flights[number]
        let down =
            scenario.latency - scenario.latency / 2
            + .random(in: 0...scenario.jitter, using: &random)
        func answer(_ status: Int, _ body: String, isBusy: Bool = false) {
            var headers = server.headers(at: now, isBusy: isBusy)
            if isBusy, status == 503, !scenario.sendsRetryAfter {
                headers.append(("Retry-After", "2"))
            }
            let response = HTTPResponse(
                status: status, headers: headers, body: Array(body.utf8))
            let time = timeOfDay
            queue.put(
                .answer(number, Answer(UpdateAnswer(response), timeOfDay: { time })),
                at: now + down)
        }
        guard server.admit(at: now) else { return answer(429, "{}", isBusy: true) }
        if let rejected = scenario.rejectsKeyAt, server.arrivals.count == rejected {
            return answer(401, #"{"error":"Unauthorized"}"#)
        }
        let failure = #"{"error":"Internal server error"}"#
        switch flight.fate {
        case .normal:
            let (status, body) = server.apply(flight.job.update)
            answer(status, body)
        case .errorBefore: answer(500, failure)
        case .errorAfter:
            _ = server.apply(flight.job.update)
            answer(502, failure)
        case .unavailable: answer(503, failure, isBusy: true)
        case .foreign(let foreign, let commits):
            if commits || foreign.isSuccess {
                let (status, body) = server.apply(flight.job.update)
                // A refusal is the API's own.
                if foreign.isSuccess, status != 200 { return answer(status, body) }
            }
            answer(foreign.status, foreign.body)
        case .lostAfter:
            _ = server.apply(flight.job.update)
            lose(number, .connectionFailed, at: now + down)
        case .silence(let commits):
            if commits { _ = server.apply(flight.job.update) }
            lose(number, .timedOut, at: max(now, flight.sentAt + Self.timeout))
        }
    }

    private mutating func lose(_ number: Int, _ code: FailureCode, at time: Nanoseconds) {
        queue.put(
            .answer(
                number, Answer(.noAnswer(code, mayHaveReachedServer: true), message: "no answer")),
            at: time)
    }

    /// Our time of day in milliseconds, which somebody sets now and then.
    private var timeOfDay: Int64 {
        1_764_000_000_000 + now / .millisecond
            + scenario.clockSteps.filter { $0.at <= now }.reduce(0) { $0 + $1.by }
    }

    private mutating func take(_ answer: Answer, of job: Job) {
        window.complete(at: now)
        if let reading = answer.reading {
            window.observe(reading.hints, at: now)
            if reading.isBusy {
                window.pause(for: reading.retryAfter, at: now)
            } else {
                window.noteAnswer()
            }
        }
        openRows.remove(job.row)
        let roll = Double.random(in: 0..<1, using: &random)
        guard let decision = machine?.complete(job, answer, at: now, roll: roll) else { return }
        if answer.verdict == .keyRejected { keyIsRejected = true }
        switch decision {
        case .done(let outcome, let failure):
            lines.append(
                .done(
                    RowOutcome(
                        row: job.row, outcome: outcome, attempts: job.requests,
                        httpStatus: answer.status, failure: failure)))
        case .unfinished(let failure, let mayHaveTakenEffect):
            lines.append(
                .again(
                    JournalLine.Unfinished(
                        row: job.row, requests: job.requests, failure: failure,
                        mayHaveTakenEffect: mayHaveTakenEffect, httpStatus: answer.status,
                        message: nil, at: 0)))
        }
    }
}
