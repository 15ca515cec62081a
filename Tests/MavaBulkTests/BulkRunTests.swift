import BulkTestSupport
import MavaBulk
import MavaSandbox
import Testing

@Suite("A Swift program can do what the command line does")
struct BulkRunTests {
    private static let quota = Quota(requests: 100_000, window: .seconds(1))

    /// A sandbox with forty tickets, and a run that talks to it.
    private func withRun(
        _ body: (Sandbox, BulkRun, TemporaryDirectory) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 40, seed: 1))
        configuration.quota = .unlimited
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey(sandbox.apiKeys[0]))
            let connection = try MavaConnection(
                baseURL: sandbox.address, key: key, quota: Self.quota)
            var run = BulkRun(connection)
            run.directory = directory.file("run")
            try await body(sandbox, run, directory)
        }
    }

    /// A file that sets every ticket's priority to 3.
    private func input(_ sandbox: Sandbox, in directory: TemporaryDirectory) throws -> PlanInput {
        let rows = sandbox.workspace.ticketIDs.map { "\($0),3\n" }.joined()
        return PlanInput(path: try directory.write("ticketId,priority\n" + rows, to: "rows.csv"))
    }

    @Test("A plan that is approved is carried out and reported")
    func applies() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            let result = try await run.apply(input) { plan in
                #expect(plan.header.counts.rows == sandbox.workspace.ticketIDs.count)
                return true
            }
            let ended = try #require(result)
            #expect(ended.exitCode == 0)
            #expect(ended.counts[.updated] == ended.header.requests)
            #expect(sandbox.stats.count(method: "PUT", status: 200) == ended.header.requests)
            #expect(
                try directory.names("run") == [
                    "failed.csv", "journal.jsonl", "lock", "plan.jsonl", "report.csv",
                    "summary.json",
                ])
            #expect(try directory.readText("run/summary.json") == ended.json)
        }
    }

    @Test("A plan that is not approved sends nothing and leaves nothing")
    func declines() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            let result = try await run.apply(input) { _ in false }
            #expect(result == nil)
            #expect(sandbox.stats.count(method: "PUT") == 0)
            #expect(try directory.names() == ["rows.csv"])
        }
    }

    @Test("A run that was stopped is gone on with, and sends nothing twice")
    func resumes() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            var first = run
            first.execution.canary = 1
            first.goesOnAfterCanary = { report in
                #expect(report.checked == 1)
                #expect(report.isGood)
                return false
            }
            let stopped = try #require(try await first.apply(input) { _ in true })
            #expect(stopped.exitCode == 5)
            #expect(stopped.counts[.updated] == 1)
            #expect(stopped.counts[.unsent] == stopped.header.requests - 1)
            let ended = try await run.resume(directory.file("run"))
            #expect(ended.exitCode == 0)
            #expect(ended.counts[.updated] == ended.header.requests)
            #expect(sandbox.stats.count(method: "PUT") == ended.header.requests)
        }
    }

    @Test("A plan made for one server is not applied to another")
    func otherServer() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            var options = PlanOptions()
            options.source = .none
            options.baseURL = "https://mava.example"
            options.output = directory.file("plan.jsonl")
            let plan = try await Planner(options: options).plan(input, now: 0)
            let path = try #require(plan.path)
            #expect(SavedPlan.isPlan(path))
            let error = await #expect(throws: PlanError.self) {
                _ = try await run.apply(savedPlan: path) { _, _ in true }
            }
            #expect(error?.code == .otherServer)
            #expect(sandbox.stats.total == 0)
        }
    }
}
