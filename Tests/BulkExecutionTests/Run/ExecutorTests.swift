import BulkSystem
import BulkPlan
import BulkPlanning
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

    @Test("in an outage what was sent and never answered is unknown, and what never arrived unsent")
    func unknown() async throws {
        let writer = ScriptedWriter { update, _ in
            update.ticketID.rawValue == "ticket-1" ? .lost : .unreachable
        }
        var harness = try RunHarness()
        harness.options.concurrency = 1
        let (summary, index) = try await harness.run([.update(1), .update(2)], writer)
        #expect(try index.outcome(of: .update(1)).outcome == .unknown)
        #expect(try index.outcome(of: .update(2)).outcome == .unsent)
        #expect(summary.reason == .outage)
        #expect(summary.failed + summary.unknown == 0, "resuming goes on with both")
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

    @Test("a rejected key stops the run at once, and the row can be sent again later")
    func keyRejected() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 1
        let writer = ScriptedWriter { _, number in number == 2 ? .unauthorized : .updated }
        let entries = (1...10).map { PlanEntry.update($0) }
        let (summary, index) = try await harness.run(entries, writer)
        #expect(writer.sent.count == 3)
        #expect(summary.reason == .keyRejected)
        #expect(summary.message == "Unauthorized")
        #expect(try index.outcome(of: entries[2]).outcome == .unsent)
        #expect(try index.outcome(of: entries[2]).failure == .keyRejected)
        #expect(try !index.isFinished(3))
        #expect(try index.outcome(of: entries[3]).outcome == .unsent)
    }

    @Test(
        "where nothing can be sent, the run stops at once and says why",
        arguments: [
            (TransportError.Code.untrusted, StopReason.untrustedServer),
            (.unavailable, .transportUnavailable),
        ])
    func nothingCanBeSent(code: TransportError.Code, reason: StopReason) async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 1
        let writer = ScriptedWriter { _, _ in
            Answer(TransportError(code: code, message: "why", mayHaveReachedServer: false))
        }
        let entries = (1...10).map { PlanEntry.update($0) }
        let (summary, index) = try await harness.run(entries, writer)
        #expect(writer.sent.count == 1)
        #expect(summary.reason == reason)
        #expect(summary.message == "why")
        #expect(index.endReason == reason.name)
        #expect(try !index.isFinished(1))
        #expect(try entries.allSatisfy { try index.outcome(of: $0).outcome == .unsent })
    }

    @Test("an outage names a pause only where that is what ended it")
    func longPauseIsNamed() async throws {
        for (pause, message) in [
            (61 * Nanoseconds.second, "it asked to wait for 61 s"), (1, nil),
            (.max / 2, "it asked to wait for more than a year"),
        ] as [(Nanoseconds, String?)] {
            var harness = try RunHarness()
            harness.options.concurrency = 1
            harness.options.giveUpAfter = .seconds(60)
            let writer = ScriptedWriter { _, _ in
                Answer(
                    .busy(retryAfter: pause), status: 429,
                    reading: QuotaReading(isBusy: true, retryAfter: pause))
            }
            let (summary, _) = try await harness.run([.update(1)], writer)
            #expect(summary.reason == .outage)
            #expect(summary.message == message)
        }
    }

    @Test("being told to wait costs no attempt and pauses everyone")
    func busy() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 2
        let clock = harness.clock
        let writer = ScriptedWriter { _, number in number < 9 ? .busy(7) : .updated }
        let (summary, index) = try await harness.run([.update(1), .update(2)], writer)
        #expect(summary.updated == 2)
        #expect(try index.outcome(of: .update(1)).outcome == .updated)
        // Nine answers of two requests at a time: at least five pauses of 7 s, none cut short.
        #expect(clock.now.offset >= .seconds(28))
        #expect(summary.reason == .finished)
        #expect(summary.pauses == 9)
    }

    @Test(
        "a run waits while this machine is short of something, and ends resumable when that lasts")
    func shortage() async throws {
        let short = Answer(.shortage, message: "no more files")
        let passing = ScriptedWriter { _, number in number < 20 ? short : .updated }
        let (done, _) = try await RunHarness().run((1...20).map { .update($0) }, passing)
        #expect(done.reason == .finished)
        #expect(done.updated == 20)

        let lasting = ScriptedWriter { _, _ in short }
        let (ended, index) = try await RunHarness().run((1...20).map { .update($0) }, lasting)
        #expect(ended.reason == .localShortage)
        #expect(ended.message == "no more files")
        for row in 1...20 { #expect(try index.outcome(of: .update(row)).outcome == .unsent) }
    }

    @Test("patience with a server that only asks to wait is bounded")
    func busyForever() async throws {
        let writer = ScriptedWriter { _, _ in .busy(20) }
        let (summary, index) = try await RunHarness().run([.update(1)], writer)
        #expect(summary.reason == .outage)
        #expect(try index.outcome(of: .update(1)).outcome == .unsent)
        #expect(try index.outcome(of: .update(1)).failure == .rateLimited)
    }

    @Test("a server that is down is probed one request at a time, and given up after five minutes")
    func outage() async throws {
        let harness = try RunHarness()
        let writer = ScriptedWriter { _, _ in .unreachable }
        let entries = (1...100).map { PlanEntry.update($0) }
        let (summary, index) = try await harness.run(entries, writer)
        #expect(summary.reason == .outage)
        #expect(harness.clock.now.offset >= .seconds(300))
        #expect(harness.clock.now.offset < .seconds(330))
        // Sixteen at first, then probes at 5, 15, 35, 75, 135, 195, 255 s.
        #expect(writer.sent.count <= 40)
        let unsent = try entries.count { try index.outcome(of: $0).outcome == .unsent }
        #expect(unsent + summary.failed == 100)
        #expect(unsent >= 90)
    }

    @Test("an outage that ends loses no row")
    func outageEnds() async throws {
        let harness = try RunHarness()
        let clock = harness.clock
        let writer = ScriptedWriter { _, _ in
            clock.now.offset < .seconds(100) ? .unreachable : .updated
        }
        let entries = (1...100).map { PlanEntry.update($0) }
        let (summary, _) = try await harness.run(entries, writer)
        #expect(summary.reason == .finished)
        #expect(summary.updated == 100)
    }

    @Test("one failure more than allowed ends the run")
    func maxFailures() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 1
        harness.options.maxFailures = 2
        let writer = ScriptedWriter { _, _ in .notFound }
        let (summary, _) = try await harness.run((1...10).map { .update($0) }, writer)
        #expect(writer.sent.count == 3)
        #expect(summary.reason == .tooManyFailures)
        #expect(summary.failed == 3)
    }

    @Test("the deadline ends the run even while the quota holds it back")
    func deadline() async throws {
        var harness = try RunHarness()
        harness.quota = Quota(requests: 2, window: .seconds(60))
        harness.options.deadline = .seconds(100)
        let writer = ScriptedWriter()
        let (summary, _) = try await harness.run((1...10).map { .update($0) }, writer)
        #expect(summary.reason == .deadline)
        #expect(summary.updated == 4)
        #expect(harness.clock.now.offset == .seconds(100))
    }

    @Test("a canary sends as many rows as it is told and leaves the rest", arguments: [3, 10])
    func canary(count: Int) async throws {
        var harness = try RunHarness()
        harness.options.canary = count
        let writer = ScriptedWriter { _, number in number == 1 ? .serverError : .updated }
        let (summary, _) = try await harness.run((1...10).map { .update($0) }, writer)
        #expect(summary.reason == (count == 10 ? .finished : .canary))
        #expect(summary.updated == count)
    }

    @Test("stopping lets what is in flight come to its end and sends nothing more")
    func graceful() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 3
        let control = RunControl()
        let writer = ScriptedWriter(latency: .seconds(1), clock: harness.clock) { _, number in
            if number == 2 { control.stop(.interrupted(signal: 15)) }
            return .updated
        }
        let (summary, index) = try await harness.run(
            (1...10).map { .update($0) }, writer, control: control)
        #expect(summary.reason == .interrupted(signal: 15))
        #expect(writer.sent.count == 3)
        #expect(summary.updated == 3)
        #expect(index.endReason == "interrupted")
        #expect(try index.outcome(of: .update(4)).outcome == .unsent)
    }

    @Test("a stopped run waits for its requests no longer than the drain, and notes them as open")
    func drained() async throws {
        var harness = try RunHarness()
        harness.options.concurrency = 2
        harness.options.drain = .seconds(7)
        let control = RunControl()
        let writer = ScriptedWriter(latency: .seconds(60), clock: harness.clock) { _, number in
            if number == 1 { control.stop(.interrupted(signal: 15)) }
            return .abandoned
        }
        let entries = (1...5).map { PlanEntry.update($0) }
        let (summary, index) = try await harness.run(entries, writer, control: control)
        #expect(harness.clock.now.offset == .seconds(7))
        #expect(summary.reason == .interrupted(signal: 15))
        #expect(writer.sent.count == 2)
        let outcomes = try entries.map { try index.outcome(of: $0).outcome }
        #expect(outcomes == [.unknown, .unknown, .unsent, .unsent, .unsent])
        #expect(try !index.isFinished(1))
        #expect(try index.mayHaveTakenEffect(1))
    }

    @Test("stopping now gives up what is in flight, whose rows end as unknown")
    func hard() async throws {
        let harness = try RunHarness()
        let control = RunControl()
        let transport = ScriptedTransport { _, _ in .silence }
        let writer = ScriptedWriter { _, number in
            if number == 2 { control.stopNow(.interrupted(signal: 2)) }
            do throws(TransportError) {
                _ = try await transport.send(HTTPRequest(method: .put, url: "http://x/"))
                return .updated
            } catch {
                return Answer(error)
            }
        }
        let entries = (1...3).map { PlanEntry.update($0) }
        let (summary, index) = try await harness.run(entries, writer, control: control)
        #expect(summary.reason == .interrupted(signal: 2))
        let outcomes = try entries.map { try index.outcome(of: $0).outcome }
        #expect(outcomes.allSatisfy { $0 == .unknown || $0 == .unsent })
        #expect(outcomes.contains(.unknown))
        #expect(try !index.isFinished(1))
    }

    @Test("a run that was stopped before it began sends nothing")
    func stoppedBefore() async throws {
        let control = RunControl()
        control.stop(.interrupted(signal: 2))
        let writer = ScriptedWriter()
        let (summary, _) = try await RunHarness().run([.update(1)], writer, control: control)
        #expect(writer.sent.isEmpty)
        #expect(summary.reason == .interrupted(signal: 2))
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
}
