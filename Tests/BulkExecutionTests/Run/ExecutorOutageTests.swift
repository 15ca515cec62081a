import BulkPlan
import BulkSystem
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("Executor: outages, pauses and shortages")
struct ExecutorOutageTests {
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
}
