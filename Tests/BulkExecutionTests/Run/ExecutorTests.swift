import BulkPlan
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("Executor")
struct ExecutorTests {
    @Test("every entry that sends is sent once, the others never, and each row has its outcome")
    func everyRowOnce() async throws {
        let entries: [PlanEntry] = [
            .update(1), .quiet(2, .unchanged), .quiet(3, .invalid), .update(4),
            .merged(5, into: 1), .quiet(6, .held), .quiet(7, .conflict), .update(8),
        ]
        let writer = ScriptedWriter()
        let (summary, index) = try await RunHarness().run(entries, writer)
        #expect(
            writer.sent.map(\.ticketID.rawValue).sorted() == ["ticket-1", "ticket-4", "ticket-8"])
        #expect(writer.sent.allSatisfy { $0.status == .resolved && $0.fieldCount == 1 })
        #expect(
            try entries.map { try index.outcome(of: $0).outcome } == [
                .updated, .unchanged, .invalid, .updated, .updated, .held, .conflict, .updated,
            ])
        #expect(summary.reason == .finished)
        #expect(summary.requests == 3)
        #expect(summary.updated == 3)
        #expect(index.endReason == "finished")
    }

    @Test("rows are sent in the input's order, and no more at a time than allowed")
    func orderAndBound() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 1
        let writer = ScriptedWriter()
        let (summary, _) = try await harness.run((1...40).map { .update($0) }, writer)
        #expect(writer.sent.map(\.ticketID.rawValue) == (1...40).map { "ticket-\($0)" })
        #expect(writer.peak == 1)
        #expect(summary.done == 40)
    }

    @Test("as many requests are in flight as allowed when the answers take their time")
    func fillsConcurrency() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 5
        let clock = harness.clock
        let writer = ScriptedWriter(latency: .seconds(1), clock: clock) { _, _ in .updated }
        let journal = try harness.makeJournal()
        let executor = harness.executor(writer)
        async let summary = executor.run(
            PlanEntries((1...20).map { .update($0) }), journal: journal)
        for round in 1...4 {
            try await clock.waitForSleepers(5)
            #expect(writer.sent.count == 5 * round)
            #expect(clock.now.offset == .seconds(round - 1))
            clock.advance(by: .seconds(1))
        }
        #expect(await summary.updated == 20)
        #expect(writer.peak == 5)
    }

    @Test("a row that fails for a while is sent again, and says how often")
    func retries() async throws {
        let writer = ScriptedWriter { _, number in number < 2 ? .serverError : .updated }
        let (summary, index) = try await RunHarness().run([.update(1)], writer)
        let outcome = try index.outcome(of: .update(1))
        #expect(outcome.outcome == .updated)
        #expect(outcome.attempts == 3)
        #expect(outcome.httpStatus == 200)
        #expect(summary.retries == 2)
    }

    @Test("five attempts are made and no more")
    func attempts() async throws {
        let writer = ScriptedWriter { _, _ in .serverError }
        let (summary, index) = try await RunHarness().run([.update(1)], writer)
        #expect(writer.sent.count == 5)
        // The update may have been done before the error.
        #expect(try index.outcome(of: .update(1)).outcome == .unknown)
        #expect(try index.outcome(of: .update(1)).failure == .serverError)
        #expect(summary.unknown == 1)
        #expect(summary.reason == .finished)
    }

    @Test("a row that once had an error, a lost or a foreign answer has not failed but is unknown")
    func openAttempts() async throws {
        let foreign = Answer(
            .noAnswer(.unexpectedAnswer, mayHaveReachedServer: true), status: 502)
        for open in [Answer.serverError, .lost, foreign] {
            for last in [Answer.unreachable, .notFound] {
                let writer = ScriptedWriter { _, number in number == 0 ? open : last }
                let (_, index) = try await RunHarness().run([.update(1)], writer)
                let outcome = try index.outcome(of: .update(1))
                #expect(outcome.outcome == .unknown)
                #expect(
                    outcome.failure == (last == .notFound ? .ticketNotFound : .connectionFailed))
                // It is settled at the end of this run, or of the one that resumes it after an outage.
                #expect(index.hasOpenOutcomes || index.endReason == StopReason.outage.name)
            }
        }
    }

    @Test("a refusal is final")
    func refusal() async throws {
        let writer = ScriptedWriter { _, _ in .notFound }
        let (_, index) = try await RunHarness().run([.update(1)], writer)
        #expect(writer.sent.count == 1)
        let outcome = try index.outcome(of: .update(1))
        #expect(outcome.outcome == .failed)
        #expect(outcome.failure == .ticketNotFound)
        #expect(outcome.message == "Ticket not found")
        #expect(outcome.httpStatus == 400)
    }

    @Test("a resumed run sends exactly the rows that are not done")
    func resume() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 1
        let entries = (1...10).map { PlanEntry.update($0) }
        let first = ScriptedWriter { _, number in number == 4 ? .unauthorized : .updated }
        _ = try await harness.run(entries, first)
        let (journal, earlier) = try harness.reopenJournal()
        #expect(earlier.endReason == "key_rejected")
        let second = ScriptedWriter()
        let executor = harness.executor(second)
        let summary = await executor.run(
            PlanEntries(entries), journal: journal, earlier: earlier, total: 10)
        #expect(second.sent.map(\.ticketID.rawValue) == (5...10).map { "ticket-\($0)" })
        #expect(summary.updated == 6)
        #expect(executor.progress.done == 10)
        #expect(executor.progress.doneBefore == 4)
        let index = try JournalIndex.read(harness.journalPath)
        #expect(try entries.allSatisfy { try index.outcome(of: $0).outcome == .updated })
        #expect(try index.outcome(of: entries[4]).attempts == 2)
    }

    @Test("a row decided again is written to the journal and not sent")
    func redecided() async throws {
        struct Source: PlanSource {
            var steps: [PlanStep]
            mutating func next() -> PlanStep? { steps.isEmpty ? nil : steps.removeFirst() }
        }
        let harness = try RunHarness()
        var changed = PlanEntry.update(1)
        changed.disposition = .conflict
        changed.issue = RowIssue(code: .changedSincePlan, message: "it is Pending now")
        let writer = ScriptedWriter()
        let journal = try harness.makeJournal()
        let steps: [PlanStep] = [
            .redecided(changed), .planned(.merged(2, into: 1)), .planned(.update(3)),
        ]
        let summary = await harness.executor(writer).run(Source(steps: steps), journal: journal)
        #expect(summary.decided == 1)
        #expect(writer.sent.map(\.ticketID.rawValue) == ["ticket-3"])
        let index = try JournalIndex.read(harness.journalPath)
        for entry in [PlanEntry.update(1), .merged(2, into: 1)] {
            #expect(try index.outcome(of: entry).outcome == .conflict)
            #expect(try index.outcome(of: entry).issue?.code == .changedSincePlan)
        }
    }

    @Test("an entry that makes no update is not sent and ends as invalid")
    func unsendable() async throws {
        var entry = PlanEntry.update(1)
        entry.changes = [FieldChange(field: .status, before: nil, after: .text("Spam"))]
        let writer = ScriptedWriter()
        let (_, index) = try await RunHarness().run([entry], writer)
        #expect(writer.sent.isEmpty)
        #expect(try index.outcome(of: entry).outcome == .invalid)
    }

    @Test("a plan that cannot be read to its end ends the run with what was sent kept")
    func unreadablePlan() async throws {
        struct Broken: Error {}
        struct Source: PlanSource {
            var row = 0
            mutating func next() throws -> PlanStep? {
                row += 1
                if row > 3 { throw Broken() }
                return .planned(.update(row))
            }
        }
        let harness = try RunHarness()
        let journal = try harness.makeJournal()
        let summary = await harness.executor(ScriptedWriter()).run(Source(), journal: journal)
        #expect(summary.reason == .planUnreadable)
        let index = try JournalIndex.read(harness.journalPath)
        // The requests collected before the plan failed had their permits, so they were sent and answered.
        #expect(try (1...3).allSatisfy { try index.isFinished($0) })
        #expect(summary.updated == 3)
    }

    @Test("with a quota, a run takes the least time that the quota allows")
    func quotaTime() async throws {
        var harness = try RunHarness()
        harness.quota = Quota(requests: 9, window: .seconds(30))
        let writer = ScriptedWriter()
        let (summary, _) = try await harness.run((1...90).map { .update($0) }, writer)
        #expect(summary.updated == 90)
        #expect(harness.clock.now.offset >= .seconds(270))
        #expect(harness.clock.now.offset <= .seconds(271))
    }

    @Test("a run that waits for its hours notices that the clock was put forward")
    func clockPutForward() async throws {
        var harness = try RunHarness()
        harness.options.windows = try SendWindows(["01:00-02:00 UTC"])
        let start = Int64(SendWindowsTests.utc("2026-11-28T00:30")) * 1000
        // After ten seconds somebody corrects a clock that was half an hour slow.
        harness.timeOfDay = { elapsed in
            start + elapsed.components.seconds * 1000 + (elapsed < .seconds(10) ? 0 : 1_800_000)
        }
        let (summary, _) = try await harness.run([.update(1)], ScriptedWriter())
        #expect(summary.updated == 1)
        #expect(harness.clock.now.offset <= .seconds(61))
    }
}
