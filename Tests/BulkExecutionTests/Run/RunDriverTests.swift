import BulkTestSupport
import BulkSystem
import BulkPlan
import BulkPlanning
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("Run driver")
struct RunDriverTests {
    /// A driver whose actions a test carries out one by one, at one time.
    private struct Stepper {
        var driver: RunDriver
        var entries: ArraySlice<PlanStep>
        var now: Nanoseconds = 0
        /// The time of day at the start.
        var dateAtStart: Int64 = 0

        init(_ entries: [PlanStep], _ settings: RunMachine.Settings = .init()) {
            self.entries = entries[...]
            driver = RunDriver(settings, isResumed: false, at: RunInstant(now: 0, date: 0))
        }

        init(rows: Int, _ settings: RunMachine.Settings = .init()) {
            self.init((1...rows).map { .planned(.update($0)) }, settings)
        }

        var instant: RunInstant {
            RunInstant(now: now, date: dateAtStart + now.quotient(by: .millisecond))
        }

        /// The next action but reading the plan and taking a permit, of which there are so many.
        mutating func next(permits: inout Int, history: RowHistory = .none) -> RunDriver.Action {
            while true {
                let action = driver.next(at: instant)
                switch action {
                case .pull:
                    if let step = entries.popFirst() {
                        driver.handle(step, history, at: instant)
                    } else {
                        driver.endPlan()
                    }
                case .acquirePermit where permits > 0:
                    permits -= 1
                    driver.handle(permit: .granted, at: instant)
                case .acquirePermit:
                    driver.handle(permit: .wait(until: now + .second, .quota), at: instant)
                default: return action
                }
            }
        }

        mutating func next(history: RowHistory = .none) -> RunDriver.Action {
            var permits = Int.max
            return next(permits: &permits, history: history)
        }

        mutating func answer(_ job: Job, _ answer: Answer = .updated) {
            driver.handle(answer, of: job, at: instant, roll: 0.5)
        }

        /// Carries out what comes before these requests are sent.
        mutating func send() throws -> [Job] {
            guard case .write = next(), case .send(let jobs) = next() else {
                throw Unexpected()
            }
            return jobs
        }
    }

    private struct Unexpected: Error {}

    private static func starts(_ rows: ClosedRange<Int>) -> [JournalLine] {
        rows.map { .start(row: $0, request: 1, at: 0) }
    }

    @Test("start lines are handed over before their requests are sent, eight at most at a time")
    func startsFirst() throws {
        var stepper = Stepper(rows: 9)
        #expect(stepper.next() == .write(Self.starts(1...8)))
        guard case .send(let jobs) = stepper.next() else { throw Unexpected() }
        #expect(jobs.map(\.row) == Array(1...8))
        #expect(stepper.next() == .write(Self.starts(9...9)))
        guard case .send(let last) = stepper.next() else { throw Unexpected() }
        #expect(last.map(\.row) == [9])
        #expect(stepper.next() == .wait(until: nil, .answers))
        #expect(stepper.driver.summary.requests == 9)
    }

    @Test("what has its permit is sent before the run waits for another one")
    func heldBack() throws {
        var stepper = Stepper(rows: 5)
        var permits = 3
        #expect(stepper.next(permits: &permits) == .write(Self.starts(1...3)))
        guard case .send(let jobs) = stepper.next(permits: &permits) else { throw Unexpected() }
        #expect(jobs.count == 3)
        #expect(stepper.next(permits: &permits) == .wait(until: .second, .quota))
        // The wait is over: the quota is asked again.
        permits = 1
        #expect(stepper.next(permits: &permits) == .write(Self.starts(4...4)))
    }

    @Test("rows whose start lines are refused are not sent, and give their permits back")
    func refusedLines() throws {
        var stepper = Stepper(rows: 3)
        #expect(stepper.next() == .write(Self.starts(1...3)))
        stepper.driver.journalFailed("no space left")
        #expect(stepper.next() == .giveBack(permits: 3))
        #expect(stepper.next() == .finish([]))
        stepper.driver.journalFailed("again")
        guard case .end(let summary) = stepper.next() else { throw Unexpected() }
        #expect(summary.reason == .journalFailure)
        #expect(summary.message == "no space left")
        #expect(summary.requests == 0)
    }

    @Test("a journal that fails by itself keeps the rows with permits from being sent")
    func journalFailsBetween() {
        var stepper = Stepper(rows: 3)
        var pulled = 0
        // The first row has its permit, the second one has been read.
        while pulled < 2 {
            switch stepper.driver.next(at: stepper.instant) {
            case .pull:
                pulled += 1
                stepper.driver.handle(.planned(.update(pulled)), .none, at: stepper.instant)
            case .acquirePermit: stepper.driver.handle(permit: .granted, at: stepper.instant)
            default: Issue.record("nothing else comes before the second row")
            }
        }
        stepper.driver.journalFailed("gone")
        #expect(stepper.next() == .giveBack(permits: 1))
        #expect(stepper.next() == .finish([]))
    }

    @Test(
        "the journal's last line is written when no request is in flight, and before the run ends")
    func lastLine() throws {
        var stepper = Stepper(rows: 2)
        let jobs = try stepper.send()
        stepper.answer(jobs[0])
        guard case .write(let lines) = stepper.next(), case .done(let row)? = lines.first else {
            throw Unexpected()
        }
        #expect(row.row == 1 && lines.count == 1)
        #expect(stepper.next() == .wait(until: nil, .answers))
        stepper.answer(jobs[1])
        guard case .write = stepper.next(), case .finish(let last) = stepper.next(),
            case .end(let summary) = stepper.next()
        else { throw Unexpected() }
        #expect(last == [.ended(reason: "finished", at: 0)])
        #expect(summary.reason == .finished)
        #expect(summary.updated == 2)
    }

    @Test("a run whose last line does not reach the disk is not finished")
    func lastLineFails() throws {
        var stepper = Stepper(rows: 1)
        stepper.answer(try stepper.send()[0])
        guard case .write = stepper.next(), case .finish = stepper.next() else {
            throw Unexpected()
        }
        stepper.driver.journalFailed("no space left")
        guard case .end(let summary) = stepper.next() else { throw Unexpected() }
        #expect(summary.reason == .journalFailure)
        #expect(summary.updated == 1)
    }

    @Test("a run that is stopped waits as long as it may, then gives up what is in flight, once")
    func drains() throws {
        var settings = RunMachine.Settings()
        settings.drain = 5 * .second
        var stepper = Stepper(rows: 20, settings)
        let jobs = try stepper.send()
        stepper.now = .second
        stepper.driver.stop(.interrupted(signal: 15), isHard: false, at: stepper.instant)
        #expect(stepper.next() == .wait(until: 6 * .second, .draining))
        // Asking again later leaves no more time.
        stepper.now = 2 * .second
        stepper.driver.stop(.interrupted(signal: 2), isHard: false, at: stepper.instant)
        #expect(stepper.next() == .wait(until: 6 * .second, .draining))
        stepper.now = 6 * .second
        #expect(stepper.next() == .abandon)
        #expect(stepper.next() == .wait(until: nil, .draining))
        for job in jobs { stepper.answer(job, .abandoned) }
        guard case .write = stepper.next(), case .finish = stepper.next(),
            case .end(let summary) = stepper.next()
        else { throw Unexpected() }
        #expect(summary.reason == .interrupted(signal: 15))
    }

    @Test("a run that is to end at once gives up what is in flight, also while it drains")
    func endsAtOnce() throws {
        var stepper = Stepper(rows: 1)
        _ = try stepper.send()
        stepper.driver.stop(.interrupted(signal: 15), isHard: false, at: stepper.instant)
        #expect(stepper.next() == .wait(until: 10 * .second, .draining))
        stepper.driver.stop(.interrupted(signal: 15), isHard: true, at: stepper.instant)
        #expect(stepper.next() == .abandon)
    }

    @Test(
        "rows that were done before are counted and not sent; rows that others carry are not counted"
    )
    func earlierRows() throws {
        var stepper = Stepper([
            .planned(.update(1)), .planned(.merged(2, into: 1)), .planned(.quiet(3, .unchanged)),
            .redecided(.update(4)), .redecided(.merged(5, into: 1)),
        ])
        guard case .finish = stepper.next(history: .finished) else { throw Unexpected() }
        #expect(stepper.driver.doneBefore == 2)
        #expect(stepper.driver.summary.decided == 0)
    }

    @Test("a row counts the requests of earlier parts, and what they left open stays open")
    func openRows() throws {
        var stepper = Stepper(rows: 1)
        let history = RowHistory.open(requests: 2, mayHaveTakenEffect: true)
        #expect(stepper.next(history: history) == .write([.start(row: 1, request: 3, at: 0)]))
        guard case .send(let jobs) = stepper.next() else { throw Unexpected() }
        stepper.answer(jobs[0], .notFound)
        #expect(stepper.driver.summary.unknown == 1)
    }

    @Test("lines without requests are handed over before they pile up")
    func manyDecisions() throws {
        var stepper = Stepper((1...1000).map { .redecided(.quiet($0, .conflict)) })
        var written = 0
        while case .write(let lines) = stepper.next() {
            #expect(lines.count <= 64)
            written += lines.count
        }
        #expect(written == 1000)
        #expect(stepper.driver.summary.decided == 1000)
    }

    // MARK: Windows

    /// A stepper at a time of day, in a run that may send from 01:00 to 02:00.
    private func windowed(
        at date: String, outside: SendWindows.Outside, rows: Int = 2,
        _ change: (inout RunMachine.Settings) -> Void = { _ in }
    ) throws -> Stepper {
        var settings = RunMachine.Settings()
        var windows = try SendWindows(["01:00-02:00 UTC"])
        windows.outside = outside
        settings.windows = windows
        change(&settings)
        var stepper = Stepper(rows: rows, settings)
        stepper.dateAtStart = Int64(SendWindowsTests.utc(date)) * 1000
        return stepper
    }

    @Test("outside its hours a run waits until they begin, and then sends")
    func waitsForWindow() throws {
        var stepper = try windowed(at: "2026-11-28T00:30", outside: .wait)
        #expect(stepper.next() == .wait(until: 1800 * .second, .window))
        stepper.now = 1799 * .second
        #expect(stepper.next() == .wait(until: 1800 * .second, .window))
        stepper.now = 1800 * .second
        #expect(try stepper.send().count == 2)
    }

    @Test("no request starts that could last beyond the end of the hours")
    func deadlineInWindow() throws {
        var stepper = try windowed(at: "2026-11-28T01:59", outside: .wait)
        stepper.now = 30 * .second
        #expect(try stepper.send().count == 2)
        stepper = try windowed(at: "2026-11-28T01:59", outside: .wait)
        stepper.now = 30 * .second + .millisecond
        #expect(
            stepper.next() == .wait(until: (23 * 3600 + 60) * .second, .window))
    }

    @Test("a run that is to stop outside its hours ends when the last answer has come")
    func stopsOutsideWindow() throws {
        var stepper = try windowed(at: "2026-11-28T01:58", outside: .stop, rows: 9)
        let jobs = try stepper.send()
        #expect(jobs.count == 8)
        stepper.now = 100 * .second
        #expect(stepper.next() == .wait(until: nil, .draining))
        for job in jobs { stepper.answer(job) }
        while true {
            let action = stepper.next()
            guard case .end(let summary) = action else {
                guard case .send = action else { continue }
                Issue.record("a request was sent outside the hours")
                return
            }
            #expect(summary.reason == .windowClosed)
            #expect(summary.requests == 8)
            return
        }
    }

    @Test("time outside the hours does not count towards giving up")
    func patienceOutsideWindow() throws {
        var stepper = try windowed(at: "2026-11-28T01:57", outside: .wait, rows: 1) {
            $0.giveUpAfter = 300 * .second
        }
        let job = try stepper.send()[0]
        stepper.now = 20 * .second
        stepper.answer(job, .busy(nil))
        stepper.now = 170 * .second
        // The server asks to wait since 150 s. The hours begin again after 23 hours, and then 150 s are left.
        let opens = (23 * 3600 + 180) * Nanoseconds.second
        var action = stepper.next()
        while case .write = action { action = stepper.next() }
        #expect(action == .wait(until: opens, .window))
        stepper.now = opens
        let again = try stepper.send()[0]
        stepper.now = opens + 140 * .second
        stepper.answer(again, .busy(nil))
        let third = try stepper.send()[0]
        stepper.now = opens + 151 * .second
        stepper.answer(third, .busy(nil))
        while true {
            let action = stepper.next()
            guard case .end(let summary) = action else { continue }
            #expect(summary.reason == .outage)
            return
        }
    }

    @Test("the end of a run's time is noticed outside its hours, too")
    func deadlineOutsideWindow() throws {
        var stepper = try windowed(at: "2026-11-28T00:30", outside: .wait) {
            $0.deadline = 60 * .second
        }
        #expect(stepper.next() == .wait(until: 60 * .second, .window))
    }
}
