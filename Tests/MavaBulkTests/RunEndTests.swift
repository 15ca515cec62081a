import BulkExecution
import BulkHistory
import BulkPlan
import BulkSystem
import BulkTestSupport
import MavaBulk
import MavaSandbox
import Testing

@Suite("Runs that are stopped, cancelled or run beside others", .timeLimit(.minutes(20)))
struct RunEndTests {
    /// A sandbox whose first update takes effect and gets no answer for a long time, and a run that talks to it.
    private func withSilence(
        _ body: (Sandbox, BulkRun, TemporaryDirectory) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 40, seed: 1))
        configuration.quota = .unlimited
        configuration.faults = try FaultPlan(parsing: "only=put,slow-drip@1,drip=60s")
        try await with(configuration, body)
    }

    private func with(
        _ configuration: SandboxConfiguration,
        _ body: (Sandbox, BulkRun, TemporaryDirectory) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey(sandbox.apiKeys[0]))
            let connection = try MavaConnection(
                baseURL: sandbox.address, key: key,
                quota: Quota(requests: 100_000, window: .seconds(1)))
            try await body(sandbox, BulkRun(connection, in: directory), directory)
        }
    }

    /// A ticket that is open and has priority 1.
    private func openTicket(_ sandbox: Sandbox) throws -> String {
        try #require(
            sandbox.workspace.ticketIDs.first { id in
                let ticket = sandbox.ticket(id)
                return ticket?.status == "Open" && ticket?.priority == 1
                    && ticket?.aiStatus != "Active"
            })
    }

    /// Cancels a run when its first request has taken effect, and was not answered.
    private func interrupt(
        _ run: BulkRun, resolving id: String, _ sandbox: Sandbox
    ) async throws -> RunResult {
        let change = TicketChange(ticketID: id, status: .resolved, priority: .high)
        let task = Task { try await run.apply(PlanInput(rows: [change])) { _ in true } }
        while sandbox.ticket(id)?.status != "Resolved" { await Task.yield() }
        task.cancel()
        return try #require(try await task.value.result)
    }

    @Test("a run that is cancelled leaves its control as it was, so the same value resumes it")
    func cancelled() async throws {
        try await withSilence { sandbox, run, directory in
            let id = try openTicket(sandbox)
            let ended = try await interrupt(run, resolving: id, sandbox)
            #expect(ended.summary.reason == .interrupted(signal: nil))
            #expect(run.control.reason == nil)
            let resumed = try await run.resume(directory.file("run"))
            #expect(resumed.isSuccess && resumed.counts[.updated] == 1)
        }
    }

    @Test(
        "what an interrupted request wrote is the row's work, also where somebody took part of it back"
    )
    func takenBack() async throws {
        try await withSilence { sandbox, run, directory in
            let id = try openTicket(sandbox)
            _ = try await interrupt(run, resolving: id, sandbox)
            let ticket = try #require(TicketID(id))
            let key = try #require(APIKey(sandbox.apiKeys[0]))
            let other = try MavaConnection(baseURL: sandbox.address, key: key).reader
            _ = try await other.update(TicketUpdate(ticketID: ticket, status: .open))
            let resumed = try await run.resume(directory.file("run"))
            #expect(resumed.counts[.updated] == 1)
            let row = try #require(Array(try resumed.outcomes()).first)
            #expect(row.entry.changes.map(\.field) == [.status, .priority])
            #expect(row.entry.changes.map(\.before) == [.text("Open"), .number(1)])
            var undo = run
            undo.directory = directory.file("undo")
            let last = try RunHistory(directory.path).run("run")
            _ = try await undo.undo([last]) { plan in plan.header.requests == 1 }
            #expect(sandbox.ticket(id)?.status == "Open" && sandbox.ticket(id)?.priority == 1)
        }
    }

    @Test("a stop of one run's control ends no other run of the same value")
    func beside() async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 40, seed: 1))
        configuration.quota = .unlimited
        try await with(configuration) { sandbox, run, directory in
            let ids = sandbox.workspace.ticketIDs
            let first = PlanInput(
                rows: ids[..<20].map { TicketChange(ticketID: $0, priority: .high) })
            let second = PlanInput(
                rows: ids[20...].map { TicketChange(ticketID: $0, priority: .low) })
            var other = run
            other.directory = directory.file("other")
            let otherRun = other
            // The first run's canary is cancelled from within, while the second has not begun.
            var canary = run
            canary.execution.canary = 1
            canary.goesOnAfterCanary = { _ in
                withUnsafeCurrentTask { $0?.cancel() }
                return true
            }
            let stopping = canary
            let task = Task { try await stopping.apply(first) { _ in true } }
            let stopped = try #require(try await task.value.result)
            #expect(stopped.counts[.unsent] > 0)
            let whole = try #require(try await otherRun.apply(second) { _ in true }.result)
            #expect(whole.summary.reason == .finished && whole.isSuccess)
            run.control.stop(.finished)
            #expect(
                run.control.reason == .stopRequested, "a run does not end as finished by a stop")
            var late = run
            late.directory = directory.file("late")
            let none = try #require(try await late.apply(second) { _ in true }.result)
            #expect(none.counts[.updated] == 0)
        }
    }

    @Test("events end where nothing is planned, undone or tried again", arguments: 0..<5)
    func events(step: Int) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 10, seed: 1))
        configuration.quota = .unlimited
        try await with(configuration) { sandbox, run, directory in
            let rows = sandbox.workspace.ticketIDs.map {
                TicketChange(ticketID: $0, priority: .high)
            }
            _ = try await run.apply(PlanInput(rows: rows)) { _ in true }
            let history = RunHistory(directory.path)
            let last = try history.run("run")
            let chain = try history.chain(of: last)
            var observed = run
            let events = RunEvents()
            observed.observer = events
            observed.directory = directory.file("next")
            let next = observed
            let none = UndoSelection(fields: [.assignedTo])
            async let work: Void = {
                switch step {
                case 0: _ = try await next.planUndo([last])
                case 1: _ = try? await next.planUndo([last], none)
                case 2: _ = try? await next.undo([last], none) { _ in true }
                case 3: _ = try? await next.retry(chain) { (_: Plan) in true }
                default: _ = try await next.plan(PlanInput(rows: rows))
                }
            }()
            for await event in events {
                if case .began = event { Issue.record("nothing was to be sent") }
            }
            try await work
        }
    }

    @Test(
        "what a cancelled task reads ends as a cancellation, and not as an outage or as less rows")
    func cancellation() async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 10, seed: 1))
        configuration.quota = .unlimited
        configuration.faults = try FaultPlan(parsing: "only=get,slow-drip=1,drip=60s")
        try await with(configuration) { sandbox, run, directory in
            let change = TicketChange(ticketID: sandbox.workspace.ticketIDs[0], priority: .high)
            for step in 0..<4 {
                let task = Task {
                    switch step {
                    case 0: _ = try await run.apply(PlanInput(rows: [change])) { _ in true }
                    case 1: _ = try await run.plan(PlanInput(rows: [change]))
                    case 2: _ = try await run.connection.lookups()
                    default:
                        _ = try await run.connection.export(
                            ExportOptions(), to: directory.file("export.csv"))
                    }
                }
                let before = sandbox.stats.faults.values.reduce(0, +)
                while sandbox.stats.faults.values.reduce(0, +) == before { await Task.yield() }
                task.cancel()
                await #expect(throws: CancellationError.self, "\(step)") { try await task.value }
            }
            let stream = AsyncStream<TicketChange> { $0.yield(change) }
            let rows = Task { try await PlanInput(rows: stream) }
            rows.cancel()
            await #expect(throws: CancellationError.self) { _ = try await rows.value }
        }
    }

    @Test("a run that is still running is not verified")
    func verified() async throws {
        try await withSilence { sandbox, run, directory in
            let id = try openTicket(sandbox)
            let task = Task {
                try await run.apply(PlanInput(rows: [TicketChange(ticketID: id, priority: .high)]))
                {
                    _ in true
                }
            }
            while sandbox.ticket(id)?.priority != 3 { await Task.yield() }
            let running = try RunHistory(directory.path).run("run")
            let error = await #expect(throws: RunDirectoryError.self) {
                _ = try await run.connection.verify(running)
            }
            #expect(error?.code == .locked)
            task.cancel()
            _ = try await task.value
        }
    }
}
