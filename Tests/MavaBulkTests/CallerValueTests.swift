import BulkExecution
import BulkPlan
import BulkPlanning
import BulkSystem
import BulkTestSupport
import MavaBulk
import MavaSandbox
import Testing

@Suite("Values that a program can give by mistake")
struct CallerValueTests {
    @Test("a text that a file reads as nothing or as no agent is no name")
    func names() async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 10, seed: 1))
        configuration.quota = .unlimited
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey(sandbox.apiKeys[0]))
            let run = BulkRun(try MavaConnection(baseURL: sandbox.address, key: key))
            let id = sandbox.workspace.ticketIDs[0]
            func change(_ change: (inout TicketChange) -> Void) -> TicketChange {
                var row = TicketChange(ticketID: id, priority: .high)
                change(&row)
                return row
            }
            var rows = ["", "  ", "\u{A0}", "null", " Unassigned", "not listed"].flatMap { name in
                [
                    change { $0.assignee = .agent(name) },
                    change { $0.expectedAssignee = .agent(name) },
                ]
            }
            rows += ["", "null", "Not listed"].flatMap { name in
                [change { $0.category = name }, change { $0.expectedCategory = name }]
            }
            rows.append(change { $0.expectedUpdatedAt = " " })
            for row in rows {
                let plan = try await run.plan(PlanInput(rows: [row]))
                #expect(plan.header.counts.invalid == 1, "\(row)")
            }
            let ticket = try #require(sandbox.ticket(id))
            let wrong: TicketPriority = ticket.priority == 1 ? .medium : .low
            let held = try await run.plan(
                PlanInput(rows: [change { $0.expectedPriority = wrong }]))
            #expect(held.header.counts.conflict == 1)
            #expect(held.header.baseURL == sandbox.address)
            var forgetful = run
            forgetful.planning = PlanOptions()
            let plan = try await forgetful.plan(PlanInput(rows: [change { _ in }]))
            #expect(plan.header.baseURL == sandbox.address, "a run plans for its own connection")
        }
    }

    @Test("a quota is brought within its bounds, and never allows nothing")
    func quota() {
        var quota = Quota(requests: .max, window: .seconds(Int64.max))
        #expect(quota.requests == 1_000_000 && quota.window == .seconds(86_400_000))
        #expect(quota.sharing("2/3")?.share == 666_666)
        quota.share = 0
        #expect(quota.share == 1)
        quota.requests = -3
        #expect(quota.requests == 1 && quota.share == 1)
        quota.window = .zero
        #expect(quota.window == .milliseconds(1))
        let price = PlanPrice(
            reads: 0, writes: .max, auditEntries: 0, quotaLimit: 1, quotaWindow: .seconds(Int64.max)
        )
        #expect(price.duration == .seconds(Int64.max))
    }

    @Test(
        "a limit in percent is a number", arguments: [Double.nan, .infinity, -1, 1e300, -.infinity])
    func percentages(percent: Double) {
        for guards in [
            PlanGuards(maxChangePercent: percent),
            {
                var guards = PlanGuards()
                guards.maxOfLastRuns = LastRunsGuard(percent: percent, runs: 3)
                return guards
            }(),
        ] {
            let error = #expect(throws: PlanError.self) {
                _ = try guards.check(
                    counts: PlanCounts(), requests: 1, ticketsRead: 10, source: .live)
            }
            #expect(error?.code == .guardsUnusable)
        }
    }

    @Test("a limit that a program sets is named as the program knows it")
    func limits() {
        for guards in [PlanGuards(maxChanges: 0), PlanGuards(maxChangePercent: 1)] {
            let error = #expect(throws: PlanError.self) {
                _ = try guards.check(
                    counts: PlanCounts(), requests: 1, ticketsRead: 10, source: .live)
            }
            #expect(error?.message.contains(", PlanGuards.maxChange") == true, "\(error!)")
            #expect(error?.message.contains("--") == false)
        }
    }

    @Test("a path with a NUL is refused, and nothing is made at what is before it")
    func paths() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("a\0b")
        let file = #expect(throws: FileError.self) {
            _ = try POSIXFileSystem().open(path, flags: 0x41)
        }
        #expect(file?.errorNumber == 22)
        #expect(throws: FileError.self) { try POSIXFileSystem().makeDirectory(path) }
        #expect(throws: (any Error).self) { _ = try PlanFile(path: path) }
        #expect(try directory.names() == [])
    }
}
