import BulkPlan
import BulkSystem
import BulkTestSupport
import MavaAPI
import Synchronization
import Testing

@testable import BulkExecution

@Suite("A paused run", .timeLimit(.minutes(20)))
struct RunPauseTests {
    private static func job(_ row: Int) throws -> Job { try #require(Job(.update(row))) }

    @Test("nothing is sent while it is paused, the plan is read, and the row waits")
    func holds() throws {
        var machine = RunMachine(.init())
        machine.feed(try Self.job(1))
        let first = machine.begin(at: 0)
        machine.setPaused(true, at: 1)
        machine.setPaused(true, at: 2)
        #expect(machine.step(at: 2) == .pull)
        machine.feed(try Self.job(2))
        #expect(machine.step(at: 2) == .wait(until: nil, .pausedByControl))
        _ = machine.complete(first, .updated, at: 3, roll: 0)
        #expect(machine.step(at: 3) == .wait(until: nil, .pausedByControl))
        machine.setPaused(false, at: 4)
        #expect(machine.step(at: 4) == .send)
        #expect(machine.begin(at: 4).row == 2)
    }

    @Test("a failed row waits for the end of the pause, too")
    func retry() throws {
        var machine = RunMachine(.init())
        machine.feed(try Self.job(1))
        let job = machine.begin(at: 0)
        machine.endPlan()
        machine.setPaused(true, at: 1)
        _ = machine.complete(job, .serverError, at: 2, roll: 0)
        #expect(machine.step(at: 100 * .second) == .wait(until: nil, .pausedByControl))
        machine.setPaused(false, at: 100 * .second)
        #expect(machine.step(at: 100 * .second) == .send)
    }

    @Test("a run without rows left ends, and so does one that is stopped or has a deadline")
    func ends() throws {
        var machine = RunMachine(.init())
        machine.setPaused(true, at: 0)
        #expect(machine.step(at: 0) == .pull)
        machine.endPlan()
        #expect(machine.step(at: 0) == .finished(.finished))

        var settings = RunMachine.Settings()
        settings.deadline = 10
        for isStopped in [true, false] {
            var machine = RunMachine(settings)
            machine.feed(try Self.job(1))
            machine.setPaused(true, at: 0)
            #expect(machine.step(at: 9) == .wait(until: 10, .pausedByControl))
            if isStopped { machine.stop(.stopRequested) }
            #expect(
                machine.step(at: isStopped ? 9 : 10)
                    == .finished(isStopped ? .stopRequested : .deadline))
        }
    }

    /// How the server is unusable.
    private enum Trouble: CaseIterable {
        case busy, failing, shortage

        var answer: Answer {
            switch self {
            case .busy: .busy(nil)
            case .failing: .unreachable
            case .shortage: Answer(.shortage)
            }
        }
    }

    @Test(
        "a pause does not count as time in which the server was unusable",
        arguments: Trouble.allCases, [false, true])
    private func outage(trouble: Trouble, isPaused: Bool) throws {
        var machine = RunMachine(.init())
        // Ten failures open the breaker.
        for row in 1...(trouble == .failing ? 10 : 1) {
            machine.feed(try Self.job(row))
            let job = machine.begin(at: 0)
            _ = machine.complete(job, trouble.answer, at: 0, roll: 0.5)
        }
        let limit = machine.settings.giveUpAfter
        if isPaused {
            machine.setPaused(true, at: 100 * .second)
            #expect(machine.step(at: 10 * limit) != .finished(.outage))
            machine.setPaused(false, at: 10 * limit)
        }
        let end = isPaused ? 10 * limit + limit - 100 * .second : limit
        _ = machine.step(at: end - 1)
        #expect(machine.stopReason == nil)
        _ = machine.step(at: end)
        #expect(machine.stopReason == (trouble == .shortage ? .localShortage : .outage))
    }

    @Test("a pause that begins before the trouble leaves out only the time after that")
    func troubleInPause() throws {
        var machine = RunMachine(.init())
        machine.feed(try Self.job(1))
        let job = machine.begin(at: 0)
        machine.setPaused(true, at: 0)
        _ = machine.complete(job, .busy(nil), at: 50 * .second, roll: 0)
        machine.setPaused(false, at: 80 * .second)
        let end = 80 * .second + machine.settings.giveUpAfter
        _ = machine.step(at: end - 1)
        #expect(machine.stopReason == nil)
        _ = machine.step(at: end)
        #expect(machine.stopReason == .outage)
    }

    @Test("a run that is paused in the middle says so, finishes what is in flight, and goes on")
    func executor() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 2
        harness.quota = Quota(requests: 1000, window: .seconds(1))
        let control = RunControl()
        let answers = ObservedCount()
        let writer = ScriptedWriter { _, number in
            if number == 2 { control.pause() }
            answers.add()
            return .updated
        }
        let executor = harness.executor(writer)
        let journal = try harness.makeJournal()
        async let summary = executor.run(
            PlanEntries((1...20).map { .update($0) }), journal: journal, total: 20,
            control: control)
        try await answers.wait(forAtLeast: 3)
        while executor.progress.waiting != .pausedByControl || executor.progress.inFlight > 0 {
            await Task.yield()
        }
        let sent = writer.sent.count
        #expect((3...4).contains(sent))
        #expect(executor.progress.done == sent)
        #expect(executor.progress.timeLeft == nil && executor.progress.timeToWait == nil)
        // Time alone ends no pause.
        harness.clock.advance(by: .seconds(100_000))
        for _ in 0..<100 { await Task.yield() }
        #expect(writer.sent.count == sent)
        control.resume()
        #expect(await summary.reason == .finished)
        #expect(writer.sent.count == 20)
    }

    @Test("a run that is paused before it begins sends nothing until it is stopped")
    func pausedFromTheStart() async throws {
        let harness = try RunHarness()
        let control = RunControl()
        control.pause()
        let writer = ScriptedWriter()
        let executor = harness.executor(writer)
        let journal = try harness.makeJournal()
        async let summary = executor.run(
            PlanEntries([.update(1)]), journal: journal, control: control)
        while executor.progress.waiting != .pausedByControl { await Task.yield() }
        control.stop(.stopRequested)
        #expect(await summary.reason == .stopRequested)
        #expect(writer.sent.isEmpty)
        #expect(try JournalIndex.read(harness.journalPath).endReason == "stop_requested")
    }
}
