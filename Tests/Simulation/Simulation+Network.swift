import BulkSystem
import BulkExecution
import BulkTestSupport
import MavaAPI

// The network and the server: what happens to a request that the run has sent.

extension Simulation {
    /// A request in flight.
    struct Flight {
        var session: Int
        var job: Job
        var sentAt: Nanoseconds
        var fate: Fate
        /// Whether the run has received its answer.
        var isOver = false
        /// Whether it was abandoned.
        var isCut = false
    }

    /// What happens to a request.
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

    /// Sends a request.
    mutating func depart(_ job: Job) {
        let number = flights.count
        let up = scenario.latency / 2 + .random(in: .zero...scenario.jitter, using: &random)
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

    private mutating func append(_ job: Job, _ fate: Fate) {
        flights.append(Flight(session: session, job: job, sentAt: now, fate: fate))
    }

    /// Delivers a request to the server, and sends its answer.
    mutating func arrive(_ number: Int) {
        let flight = flights[number]
        if flight.isCut { return }
        let down =
            scenario.latency - scenario.latency / 2
            + .random(in: .zero...scenario.jitter, using: &random)
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
                // A refusal comes from the API itself.
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

    /// Our time of day in milliseconds, which is reset from time to time.
    var timeOfDay: Int64 {
        1_764_000_000_000 + now.quotient(by: .millisecond)
            + scenario.clockSteps.filter { $0.at <= now }.reduce(0) { $0 + $1.by }
    }
}
