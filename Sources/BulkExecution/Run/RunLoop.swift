import BulkSystem
import BulkPlan
import MavaAPI

/// Performs the actions of a run's driver and reports their results to it.
struct RunLoop<C: Clock> where C.Duration == Duration {
    /// How often a run that waits for a time of day looks at the clock.
    private static var looksAtClock: Nanoseconds { 60 * .second }

    private let session: RunSession<C>
    private let queue = JobQueue()
    private var source: any PlanSource
    private var driver: RunDriver
    private var timers: [Nanoseconds] = []
    private let startedAt: Nanoseconds

    init(session: RunSession<C>, source: any PlanSource) {
        self.session = session
        self.source = source
        let time = session.time
        startedAt = time.now
        driver = RunDriver(
            RunMachine.Settings(session.options, startingAt: time.now),
            isResumed: session.earlier != nil, at: time)
    }

    @specialized(where C == ContinuousClock)
    mutating func run(in group: inout DiscardingTaskGroup) async -> RunSummary {
        // The run may have been stopped before it started.
        heedControl()
        var time = session.time
        while true {
            switch driver.next(at: time) {
            case .acquirePermit:
                driver.handle(permit: session.gate.tryAcquire(at: time.now), at: time)
            case .pull:
                pull(at: time)
                time = session.time
            case .write(let lines):
                write(lines)
                time = session.time
            case .send(let jobs):
                send(jobs, in: &group)
                // The tasks that send the requests share this thread, so let them run before the next step.
                await Task.yield()
                handleEvents()
                time = session.time
            case .wait(let until, let reason):
                report(waiting: reason, until: until)
                if let until {
                    // Somebody may set the clock meanwhile.
                    let isByClock = reason == .window
                    setTimer(
                        isByClock ? min(until, time.now + Self.looksAtClock) : until, in: &group)
                }
                await session.mailbox.wait()
                handleEvents()
                time = session.time
            case .giveBack(let permits): for _ in 0..<permits { session.gate.giveBack() }
            case .abandon: group.cancelAll()
            case .finish(let lines):
                // The remaining timers would only wake a loop that has ended.
                group.cancelAll()
                queue.close()
                await finish(lines)
                time = session.time
            case .end(var summary):
                summary.pauses = session.gate.pauses
                report(waiting: .none, until: nil)
                return summary
            }
        }
    }

    // MARK: What happens

    private mutating func handleEvents() {
        let date = session.timeOfDay()
        let random = session.random
        for event in session.mailbox.consumeAll() {
            switch event {
            case .answer(let job, let answer, let time):
                driver.handle(
                    answer, of: job, at: RunInstant(now: time, date: date), roll: random())
            case .time(let time): timers.removeAll { $0 == time }
            case .attention: heedControl()
            }
        }
    }

    private mutating func heedControl() {
        if let error = session.journal.failure { driver.journalFailed(error.description) }
        driver.setPaused(session.control.isPaused, at: session.time)
        guard let reason = session.control.reason else { return }
        driver.stop(reason, isHard: session.control.isHard, at: session.time)
    }

    // MARK: What to do

    private mutating func pull(at time: RunInstant) {
        do {
            guard let step = try source.next() else { return driver.endPlan() }
            driver.handle(step, try RowHistory(of: step, in: session.earlier), at: time)
        } catch {
            driver.planFailed("\(error)")
        }
    }

    private mutating func write(_ lines: [JournalLine]) {
        for line in lines { session.journal.append(line) }
        do {
            try session.journal.writeNow()
        } catch {
            driver.journalFailed(error.description)
        }
    }

    private mutating func finish(_ lines: [JournalLine]) async {
        for line in lines { session.journal.append(line) }
        do {
            try await session.journal.synced()
        } catch {
            driver.journalFailed(error.description)
        }
    }

    private mutating func send(_ jobs: [Job], in group: inout DiscardingTaskGroup) {
        report(waiting: .none, until: nil)
        for _ in 0..<queue.put(jobs) { addSender(in: &group) }
    }

    /// Adds a task that sends one row after another.
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

    /// Starts a timer that wakes the loop at a time.
    private mutating func setTimer(_ time: Nanoseconds, in group: inout DiscardingTaskGroup) {
        if let earliest = timers.min(), earliest <= time { return }
        timers.append(time)
        let session = session
        group.addTask {
            do {
                try await session.clock.sleep(until: session.gate.instant(time), tolerance: nil)
            } catch {
                // Only the end of the run cancels a timer. Usually nothing needs to be woken then. After a
                // hard stop, the loop must not wait for a time that never arrives.
            }
            session.mailbox.put(.time(time))
        }
    }

    private func report(waiting reason: WaitReason, until: Nanoseconds?) {
        // The end of such a pause is unknown, even if the run has a deadline.
        let until = reason == .pausedByControl ? nil : until
        let now = session.gate.now
        let pauses = session.gate.pauses
        session.board.update { progress in
            progress.done =
                driver.doneBefore + driver.summary.decided + driver.summary.done
            progress.doneBefore = driver.doneBefore
            progress.failed = (session.first?.failed ?? 0) + driver.summary.failed
            progress.inFlight = driver.inFlight
            progress.requests = (session.first?.requests ?? 0) + driver.summary.requests
            progress.retries = (session.first?.retries ?? 0) + driver.retries
            progress.pauses = pauses
            progress.waiting = reason
            progress.timeToWait = until.map { Duration(max(.zero, $0 - now)) }
            progress.waitUntil = until
            progress.startedAt = startedAt
            progress.elapsed = Duration(now - startedAt)
            switch reason {
            case .quota, .others, .paused, .pausedByControl, .outage, .localShortage, .window:
                progress.hasWaited = true
            case .none, .answers, .backOff, .draining: break
            }
        }
    }
}

extension RunMachine.Settings {
    /// Copies the limits of a run that starts now.
    init(_ options: ExecutionOptions, startingAt now: Nanoseconds) {
        self.init()
        concurrency = min(max(1, options.concurrency), 10_000)
        maxFailures = options.maxFailures
        giveUpAfter = Nanoseconds(options.giveUpAfter)
        drain = Nanoseconds(options.drain)
        deadline = options.deadline.map { now + Nanoseconds($0) }
        canary = options.canary.map { max(1, $0) }
        windows = options.windows
        requestTimeout = Nanoseconds(options.requestTimeout)
    }
}
