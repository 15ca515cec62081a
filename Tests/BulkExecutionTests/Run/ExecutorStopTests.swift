import BulkPlan
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("Executor: what stops a run")
struct ExecutorStopTests {
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

    @Test("a canary sends the number of rows asked for and leaves the rest", arguments: [3, 10])
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
}
