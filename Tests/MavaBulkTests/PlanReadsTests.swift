import BulkExecution
import BulkPlan
import BulkTestSupport
import MavaBulk
import MavaSandbox
import Testing

@Suite("How often a run reads its plan")
struct PlanReadsTests {
    /// A sandbox whose plan for all tickets has several blocks, a run and the run's input.
    private func withRun(
        _ body: (Sandbox, BulkRun, PlanInput, TemporaryDirectory) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 800, seed: 1))
        configuration.quota = .unlimited
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let run = BulkRun(try connection(sandbox), in: directory)
            let rows = sandbox.workspace.ticketIDs.map { "\($0),3\n" }.joined()
            let input = PlanInput(
                path: try directory.write("ticketId,priority\n" + rows, to: "rows.csv"))
            try await body(sandbox, run, input, directory)
        }
    }

    private func connection(_ sandbox: Sandbox) throws -> MavaConnection {
        try MavaConnection(
            baseURL: sandbox.address, key: #require(APIKey(sandbox.apiKeys[0])),
            quota: Quota(requests: 100_000, window: .seconds(1)))
    }

    /// Runs with a counter, and expects a number of whole readings of the rows of `run/plan.jsonl`.
    private func expectReadings(
        _ expected: Int, _ run: BulkRun, in directory: TemporaryDirectory,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (BulkRun) async throws -> RunResult?
    ) async throws {
        var run = run
        let reads = PlanReads()
        run.planReads = reads
        let result = try #require(try await body(run))
        #expect(
            result.isSuccess || result.counts[.conflict] > 0, sourceLocation: sourceLocation)
        let plan = try directory.readText("run/plan.jsonl").utf8
        let rows = plan.drop { $0 != UInt8(ascii: "\n") }.count - 1
        #expect(rows > 64 << 10)
        #expect(reads.bytes == expected * rows, sourceLocation: sourceLocation)
    }

    /// Saves a plan that was made from the tickets as they are.
    private func save(
        _ input: PlanInput, _ run: BulkRun, _ sandbox: Sandbox, in directory: TemporaryDirectory
    ) async throws -> String {
        let connection = try connection(sandbox)
        var options = run.planning
        options.output = directory.file("saved.jsonl")
        _ = try await Planner(options: options, client: connection.reader).plan(input, now: 0)
        return directory.file("saved.jsonl")
    }

    @Test("a new plan is checked, checked again after its approval, sent and reported")
    func newPlan() async throws {
        try await withRun { _, run, input, directory in
            try await expectReadings(4, run, in: directory) {
                try await $0.apply(input) { _ in true }.result
            }
        }
    }

    @Test("a plan is read once more where earlier runs may have changed its tickets")
    func earlierRuns() async throws {
        try await withRun { sandbox, run, input, directory in
            var earlier = run
            earlier.directory = nil
            let some = PlanInput(
                path: try directory.write(
                    "ticketId,priority\n\(sandbox.workspace.ticketIDs[0]),1\n", to: "one.csv"))
            _ = try await earlier.apply(some) { _ in true }
            try await expectReadings(5, run, in: directory) {
                try await $0.apply(input) { _ in true }.result
            }
        }
    }

    @Test("a saved plan is checked as it is copied, and read twice more for its tickets")
    func savedPlan() async throws {
        try await withRun { sandbox, run, input, directory in
            let saved = try await save(input, run, sandbox, in: directory)
            // Copied, previewed, compared with its tickets, checked again, sent, reported.
            try await expectReadings(6, run, in: directory) {
                try await $0.apply(savedPlan: saved) { _, _ in true }.result
            }
        }
    }

    @Test("rows that are not sent any more are recorded in one reading more")
    func changedTickets() async throws {
        try await withRun { sandbox, run, input, directory in
            let saved = try await save(input, run, sandbox, in: directory)
            var other = run
            other.directory = directory.file("other")
            let rows = sandbox.workspace.ticketIDs.prefix(9).map { "\($0),1\n" }.joined()
            let some = PlanInput(
                path: try directory.write("ticketId,priority\n" + rows, to: "some.csv"))
            _ = try await other.apply(some) { _ in true }
            try await expectReadings(7, run, in: directory) {
                try await $0.apply(savedPlan: saved) { _, revalidation in
                    #expect((revalidation?.changedRows ?? 0) > 0)
                    return true
                }.result
            }
        }
    }

    @Test("a run that is resumed reads its plan five times, whether somebody approves or not")
    func resumedRun() async throws {
        for approves in [false, true] {
            try await withRun { _, run, input, directory in
                var first = run
                first.execution.canary = 1
                first.goesOnAfterCanary = { _ in false }
                _ = try await first.apply(input) { _ in true }
                try await expectReadings(5, run, in: directory) { run in
                    let path = directory.file("run")
                    guard approves else { return try await run.resume(path) }
                    return try await run.resume(path) { preview in
                        #expect(preview.done == 1)
                        #expect(preview.changed == 0)
                        #expect(preview.toSend == preview.total - 1)
                        return true
                    }.result
                }
            }
        }
    }
}
