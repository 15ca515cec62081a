import BulkPlan
import BulkPlanning
import BulkTestSupport
import MavaAPI
import MavaSandbox
import Testing

@testable import BulkExecution

@Suite("Executor against the sandbox, over HTTP")
struct ExecutorSandboxTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A workspace of open tickets, and a plan that resolves all of them.
    func makeWork(_ count: Int) throws -> (Workspace, [PlanEntry]) {
        let ids = (1...count).map { number in
            let digits = String(number, radix: 16)
            return "665f1c0ac2b9e4a1d8" + String(repeating: "0", count: 6 - digits.count) + digits
        }
        let tickets = ids.map { #"{"_id":"\#($0)","status":"Open","priority":1}"# }
        let workspace = try Workspace(
            json: """
                {"organisations":[{"apiKeys":["key"],"agents":[],"categories":[],
                "tickets":[\(tickets.joined(separator: ","))]}]}
                """)
        var entries: [PlanEntry] = []
        for (index, id) in ids.enumerated() {
            var entry = PlanEntry.update(index + 1, ticket: id)
            entry.changes.append(
                FieldChange(field: .priority, before: .number(1), after: .number(3)))
            entries.append(entry)
        }
        return (workspace, entries)
    }

    /// Ends the run abruptly after a number of requests were begun.
    final class EndingWriter: TicketWriting {
        private let inner: MavaClient
        private let last: Int
        private let control: RunControl
        private let begun = ObservedCount()

        init(inner: MavaClient, last: Int, control: RunControl) {
            self.inner = inner
            self.last = last
            self.control = control
        }

        func write(_ update: TicketUpdate) async -> Answer {
            begun.add()
            if begun.value >= last { control.stopNow(.interrupted(signal: 9)) }
            return await inner.write(update)
        }
    }

    /// One part of a run, as a new process would carry it out.
    func carryOut(
        _ entries: [PlanEntry], _ sandbox: Sandbox, quota: Quota? = nil,
        state: TemporaryDirectory? = nil, endingAfter last: Int = .max
    ) async throws -> RunSummary {
        let control = RunControl()
        let path = directory.file("journal.jsonl")
        let clock = ContinuousClock()
        let ledger = try QuotaLedger(
            directory: (state ?? directory).file("state"), key: APIKey("key")!,
            baseURL: sandbox.address)
        let client = try MavaClient(
            baseURL: sandbox.address, key: APIKey("key")!, transport: CurlTransport(),
            timeout: .seconds(5))
        var earlier: JournalIndex?
        let journal: JournalWriter
        if try directory.names().contains("journal.jsonl") {
            let index = try JournalIndex.read(path)
            journal = try JournalWriter.open(path, keeping: index)
            earlier = index
        } else {
            journal = try JournalWriter.create(path, JournalTests.header)
        }
        let executor = Executor(
            writer: EndingWriter(inner: client, last: last, control: control),
            gate: QuotaGate(
                quota, ledger: ledger, longestRequest: .seconds(5), clock: clock),
            quota: quota, clock: clock)
        return await executor.run(
            PlanEntries(entries), journal: journal, earlier: earlier, control: control)
    }

    func expectAllDone(_ entries: [PlanEntry], _ sandbox: Sandbox) throws {
        let index = try JournalIndex.read(directory.file("journal.jsonl"))
        #expect(try entries.allSatisfy { try index.outcome(of: $0).outcome == .updated })
        #expect(
            entries.allSatisfy { entry in
                let ticket = sandbox.ticket(entry.ticketID ?? "")
                return ticket?.status == "Resolved" && ticket?.priority == 3
            })
        #expect(sandbox.stats.auditMessages == 2 * entries.count)
    }

    @Test(
        "the quota is used and never exceeded, however the server counts",
        arguments: [QuotaRule.Kind.sliding, .fixed])
    func quota(kind: QuotaRule.Kind) async throws {
        let (workspace, entries) = try makeWork(120)
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = QuotaRule(kind: kind, limit: 40, window: .milliseconds(300))
        try await withSandbox(configuration) { sandbox in
            let summary = try await carryOut(
                entries, sandbox, quota: Quota(requests: 40, window: .milliseconds(300)))
            #expect(summary.reason == .finished)
            #expect(sandbox.stats.count(status: 429) == 0)
            #expect(sandbox.stats.count(method: "PUT", status: 200) == 120)
            #expect(sandbox.stats.peak <= 40)
            try expectAllDone(entries, sandbox)
        }
    }

    @Test("a run that is ended at random moments and resumed does what an undisturbed one does")
    func endedAndResumed() async throws {
        let (workspace, entries) = try makeWork(400)
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = .unlimited
        configuration.faults = try FaultPlan(
            parsing: "seed=3,500-after=0.02,drop-after-commit=0.02")
        try await withSandbox(configuration) { sandbox in
            var random = SeededGenerator(seed: 5)
            var parts = 0
            var reason: StopReason?
            while reason != .finished, parts < 40 {
                parts += 1
                let last = parts <= 8 ? Int.random(in: 5...60, using: &random) : .max
                reason = try await carryOut(entries, sandbox, endingAfter: last).reason
            }
            #expect(reason == .finished)
            #expect(parts >= 9)
            try expectAllDone(entries, sandbox)
        }
    }

    @Test("two runs at a time with one key stay within one quota")
    func oneKeyTwice() async throws {
        let (workspace, entries) = try makeWork(120)
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = QuotaRule(kind: .sliding, limit: 30, window: .milliseconds(300))
        let quota = Quota(requests: 30, window: .milliseconds(300))
        try await withSandbox(configuration) { sandbox in
            let other = try ExecutorSandboxTests()
            let state = directory
            async let first = carryOut(Array(entries[..<60]), sandbox, quota: quota)
            async let second = other.carryOut(
                entries[60...].enumerated().map { index, entry in
                    var entry = entry
                    entry.row = index + 1
                    return entry
                }, sandbox, quota: quota, state: state)
            #expect(try await first.reason == .finished)
            #expect(try await second.reason == .finished)
            #expect(sandbox.stats.count(status: 429) == 0)
            #expect(sandbox.stats.peak <= 30)
            #expect(sandbox.stats.auditMessages == 240)
        }
    }
}
