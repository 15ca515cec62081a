import BulkTestSupport
import BulkSystem
import BulkPlan
import BulkPlanning
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("Run machine")
struct RunMachineTests {
    private static func job(_ row: Int) throws -> Job { try #require(Job(.update(row))) }
    /// A row whose ticket's id has Mava's form.
    static func objectJob(_ row: Int) throws -> Job {
        var entry = PlanEntry.update(row)
        entry.ticketID = "65f1a0b2c3d4e5f6012345" + (row < 10 ? "0\(row)" : "\(row)")
        return try #require(Job(entry))
    }

    /// A machine that is about to send the first row.
    private static func machine(_ settings: RunMachine.Settings = .init()) throws -> RunMachine {
        var machine = RunMachine(settings)
        #expect(machine.step(at: 0) == .pull)
        machine.feed(try job(1))
        #expect(machine.step(at: 0) == .send)
        return machine
    }

    @Test("a row that is left after a server error may have taken effect, one told to wait has not")
    func serverErrorLeavesRowOpen() throws {
        var machine = try Self.machine()
        let job = machine.begin(at: 0)
        machine.stop(.interrupted(signal: 15))
        #expect(
            machine.complete(job, .serverError, at: 1, roll: 0)
                == .unfinished(failure: .serverError, mayHaveTakenEffect: true))

        var other = try Self.machine()
        let waiting = other.begin(at: 0)
        other.stop(.interrupted(signal: 15))
        #expect(
            other.complete(waiting, .busy(1), at: 1, roll: 0)
                == .unfinished(failure: .rateLimited, mayHaveTakenEffect: false))
    }

    @Test("two rows for one ticket are never in flight together, and both are sent")
    func oneTicket() throws {
        func job(_ row: Int) throws -> Job {
            var entry = PlanEntry.update(row)
            entry.ticketID = row == 3 ? "other" : "same"
            return try #require(Job(entry))
        }
        var machine = RunMachine(.init())
        machine.feed(try job(1))
        let first = machine.begin(at: 0)
        machine.feed(try job(2))
        #expect(machine.step(at: 0) == .pull, "the second row waits, and others do not")
        machine.feed(try job(3))
        let other = machine.begin(at: 0)
        #expect((first.row, other.row) == (1, 3))
        machine.endPlan()
        #expect(machine.step(at: 0) == .wait(until: nil, .answers))
        // The first row waits for its next attempt, so the ticket is free.
        _ = machine.complete(first, .serverError, at: 0, roll: 0)
        #expect(machine.step(at: 0) == .send)
        let second = machine.begin(at: 0)
        #expect([1, 2].contains(second.row))
        #expect(machine.step(at: 100 * .second) == .wait(until: nil, .answers))
        _ = machine.complete(second, .updated, at: 1, roll: 0)
        let third = machine.begin(at: 100 * .second)
        #expect(Set([second.row, third.row]) == [1, 2])
        _ = machine.complete(third, .updated, at: 100 * .second, roll: 0)
        _ = machine.complete(other, .updated, at: 100 * .second, roll: 0)
        #expect(machine.step(at: 100 * .second) == .finished(.finished))
        #expect(machine.retries == 1, "a row that waited for another was not retried")
    }

    @Test("a server error is remembered when the next attempt is told to wait")
    func serverErrorIsRemembered() throws {
        var machine = try Self.machine()
        let first = machine.begin(at: 0)
        _ = machine.complete(first, .serverError, at: 0, roll: 0)
        machine.endPlan()
        #expect(machine.step(at: 0) == .send)
        let second = machine.begin(at: 0)
        #expect(
            machine.complete(second, .busy(1), at: 1, roll: 0)
                == .unfinished(failure: .rateLimited, mayHaveTakenEffect: true))
    }

    @Test("a wait longer than the run's patience ends it at once, a shorter one does not")
    func patience() throws {
        var settings = RunMachine.Settings()
        settings.giveUpAfter = 60 * .second
        for (seconds, reason) in [(60, nil), (61, StopReason.outage)] as [(Int, StopReason?)] {
            var machine = try Self.machine(settings)
            let job = machine.begin(at: 0)
            _ = machine.complete(job, .busy(seconds), at: 0, roll: 0)
            #expect(machine.stopReason == reason)
        }
    }

    @Test("a pause that another run was asked for counts as this run's, and ends it alike")
    func pauseOfOthers() throws {
        var settings = RunMachine.Settings()
        settings.giveUpAfter = 60 * .second
        var long = try Self.machine(settings)
        let ends = long.notePause(until: 61 * .second, at: 0)
        #expect(ends)
        #expect(long.step(at: 0) == .finished(.outage))

        var again = try Self.machine(settings)
        for time in [0, 40, 59] {
            let ends = again.notePause(until: (time + 60) * .second, at: time * .second)
            #expect(!ends)
            #expect(again.step(at: time * .second) == .send)
        }
        #expect(again.step(at: 60 * .second) == .finished(.outage))

        var working = try Self.machine(settings)
        _ = working.notePause(until: 30 * .second, at: 0)
        let job = working.begin(at: 30 * .second)
        _ = working.complete(job, Answer(.accepted), at: 31 * .second, roll: 0)
        working.endPlan()
        #expect(working.step(at: 70 * .second) == .finished(.finished))
    }

    @Test("a machine that cannot send ends the run, and what may have been sent stays open")
    func unsendable() throws {
        for reached in [true, false] {
            var machine = try Self.machine()
            let job = machine.begin(at: 0)
            #expect(
                machine.complete(
                    job, Answer(.unsendable(mayHaveReachedServer: reached)), at: 0, roll: 0)
                    == .unfinished(failure: .connectionFailed, mayHaveTakenEffect: reached))
            #expect(machine.step(at: 0) == .finished(.transportUnavailable))
        }
    }

    @Test(
        "ten foreign answers in a row open the breaker, ten errors about ids that cannot be ids do not",
        arguments: [
            (Answer(.noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)), false, true),
            (Answer(.noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)), true, true),
            (Answer(.serverError), true, true), (Answer(.serverError), false, false),
            (Answer(.unconfirmed), true, false),
        ])
    func breaker(answer: Answer, isObjectID: Bool, opens: Bool) throws {
        var settings = RunMachine.Settings()
        settings.concurrency = 10
        var machine = RunMachine(settings)
        var jobs: [Job] = []
        for row in 1...10 {
            #expect(machine.step(at: 0) == .pull)
            machine.feed(try isObjectID ? Self.objectJob(row) : Self.job(row))
            #expect(machine.step(at: 0) == .send)
            jobs.append(machine.begin(at: 0))
        }
        for job in jobs { _ = machine.complete(job, answer, at: 0, roll: 0.5) }
        if case .wait(_, .outage) = machine.step(at: 0) {
            #expect(opens)
        } else {
            #expect(!opens)
        }
    }

    /// Sends rows, each answered in the same way, until the run ends or its patience runs out.
    private static func play(
        _ rows: Int, isObjectID: Bool, until end: Nanoseconds, each: Nanoseconds = 0,
        _ answer: (Job, Nanoseconds) -> Answer
    ) throws -> (machine: RunMachine, decisions: [Int: RunMachine.Decision], step: RunMachine.Step)
    {
        var settings = RunMachine.Settings()
        settings.giveUpAfter = 20 * .second
        var machine = RunMachine(settings)
        var decisions: [Int: RunMachine.Decision] = [:]
        var fed = 0
        var now: Nanoseconds = 0
        while true {
            let step = machine.step(at: now)
            switch step {
            case .pull where fed == rows: machine.endPlan()
            case .pull:
                fed += 1
                machine.feed(try isObjectID ? objectJob(fed) : job(fed))
            case .send:
                let job = machine.begin(at: now)
                decisions[job.row] = machine.complete(job, answer(job, now), at: now, roll: 0.5)
                now += each
            case .wait(let until?, _) where until <= end: now = max(until, now + 1)
            case .wait, .finished: return (machine, decisions, step)
            }
        }
    }

    @Test(
        "where nothing but foreign answers come, no row ends, however few there are, and the run is an outage",
        arguments: [
            (503, "<html><title>Maintenance</title>"), (200, "<html><title>Log in</title>"),
            (502, ""), (302, ""), nil,
        ] as [(Int, String)?])
    func smallOutage(response: (Int, String)?) throws {
        let answer =
            response.map { status, body in
                Answer(UpdateAnswer(HTTPResponse(status: status, body: Array(body.utf8))))
            }
            ?? Answer(
                TransportError(code: .connect, message: "refused", mayHaveReachedServer: false))
        for rows in 1...4 {
            for isObjectID in [true, false] {
                let played = try Self.play(rows, isObjectID: isObjectID, until: 100 * .second) {
                    _, _ in answer
                }
                #expect(played.step == .finished(.outage))
                #expect(played.machine.failures == 0)
                for case .done in played.decisions.values { Issue.record("a row has ended") }
                // After the outage every row is sent once more, and done.
                let later = try Self.play(rows, isObjectID: isObjectID, until: 100 * .second) {
                    $1 < 12 * .second ? answer : Answer(.accepted)
                }
                #expect(later.step == .finished(.finished))
                for decision in later.decisions.values {
                    #expect(decision == .done(outcome: .updated, failure: nil))
                }
            }
        }
    }

    @Test(
        "a row that the API itself answers with errors ends after its attempts, and holds up no other",
        arguments: [(#"{"error":"Internal server error"}"#, true), ("", true), ("", false)])
    func failingRow(body: String, isObjectID: Bool) throws {
        let error = Answer(UpdateAnswer(HTTPResponse(status: 500, body: Array(body.utf8))))
        for rows in [1, 3] {
            let played = try Self.play(rows, isObjectID: isObjectID, until: 100 * .second) {
                job, _ in
                job.row == rows ? error : Answer(.accepted)
            }
            #expect(played.step == .finished(.finished))
            // The update may have been done before the error: its ticket is read at the end.
            #expect(played.decisions[rows] == .done(outcome: .unknown, failure: .serverError))
            #expect(played.machine.failures == 1)
        }
    }

    @Test("a row that is never answered while others are ends after its attempts")
    func unansweredAmongOthers() throws {
        for reached in [true, false] {
            let answer = Answer(
                TransportError(
                    code: .connectionLost, message: "lost", mayHaveReachedServer: reached))
            let played = try Self.play(
                40, isObjectID: true, until: 100 * .second, each: .second
            ) { job, _ in job.row == 1 ? answer : Answer(.accepted) }
            #expect(played.step == .finished(.finished))
            #expect(
                played.decisions[1]
                    == .done(outcome: reached ? .unknown : .failed, failure: .connectionFailed))
        }
    }

    @Test("an unconfirmed success is not sent again: its ticket is read at the end")
    func unconfirmed() throws {
        var machine = try Self.machine()
        let job = machine.begin(at: 0)
        #expect(
            machine.complete(job, Answer(.unconfirmed), at: 0, roll: 0)
                == .done(outcome: .unknown, failure: .unexpectedAnswer))
    }

    @Test("the probe of a server in trouble is a row that was never sent, where there is one")
    func probesWithFreshRow() throws {
        var settings = RunMachine.Settings()
        settings.concurrency = 10
        var machine = RunMachine(settings)
        var jobs: [Job] = []
        for row in 1...10 {
            #expect(machine.step(at: 0) == .pull)
            machine.feed(try Self.objectJob(row))
            #expect(machine.step(at: 0) == .send)
            jobs.append(machine.begin(at: 0))
        }
        for job in jobs { _ = machine.complete(job, .serverError, at: 0, roll: 0.5) }
        guard case .wait(let until?, .outage) = machine.step(at: 0) else {
            Issue.record("ten failures in a row leave the server alone for a while")
            return
        }
        #expect(machine.step(at: until) == .pull)
        machine.feed(try Self.job(11))
        #expect(machine.step(at: until) == .send)
        let probe = machine.begin(at: until)
        #expect(probe.row == 11)
        #expect(probe.isProbe)
    }

    @Test(
        "a shortage of this machine costs no attempt, opens no breaker, and lowers the concurrency")
    func shortage() throws {
        var settings = RunMachine.Settings()
        settings.giveUpAfter = 60 * .second
        var machine = RunMachine(settings)
        var jobs: [Job] = []
        for row in 1...12 {
            #expect(machine.step(at: 0) == .pull)
            machine.feed(try Self.job(row))
            #expect(machine.step(at: 0) == .send)
            jobs.append(machine.begin(at: 0))
        }
        machine.endPlan()
        for job in jobs[2...] {
            #expect(
                machine.complete(job, Answer(.shortage), at: 0, roll: 0)
                    == .unfinished(failure: .connectionFailed, mayHaveTakenEffect: false))
        }
        #expect(machine.concurrency == 2)
        #expect(machine.step(at: 0) == .wait(until: .second, .localShortage))
        for job in jobs[..<2] { _ = machine.complete(job, .updated, at: 1, roll: 0) }
        // However often this happens, the row is sent until it is done.
        for second in 2..<58 {
            let now = Nanoseconds.seconds(second)
            guard machine.step(at: now) == .send else { continue }
            let job = machine.begin(at: now)
            #expect(job.attempts == 1)
            _ = machine.complete(job, Answer(.shortage), at: now, roll: 0)
        }
        #expect(machine.concurrency == 1)
        #expect(machine.failures == 0)
        #expect(machine.trouble == .localShortage)
        let time = 70 * Nanoseconds.second
        #expect(machine.step(at: time) == .finished(.localShortage))
    }

    @Test("pauses in a shortage double up to ten seconds, and end with the first answer")
    func shortagePauses() {
        var shortage = LocalShortage()
        var times: [Int64] = []
        var now: Nanoseconds = 0
        for _ in 0..<7 {
            shortage.note(at: now)
            // A request in flight changes nothing.
            shortage.note(at: now)
            let end = shortage.end(at: now) ?? now
            times.append((end - now).quotient(by: .second))
            now = end
        }
        #expect(times == [1, 2, 4, 8, 10, 10, 10])
        #expect(shortage.since == 0)
        shortage.end()
        #expect(shortage.since == nil)
        shortage.note(at: now)
        #expect(shortage.end(at: now) == now + .second)
    }
}
