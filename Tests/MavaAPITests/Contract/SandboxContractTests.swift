import MavaSandbox
import Testing

@testable import MavaAPI

@Suite("The client and the sandbox, two readings of one contract")
struct SandboxContractTests {
    /// June 2024, in which the example's tickets were made.
    static let june = TicketQuery(start: 1_717_200_000, end: 1_719_792_000)

    @Test("agents, categories and tickets are listed, archived ones left out")
    func listings() async throws {
        try await withClient { client, _ in
            let agents = try await client.agents()
            #expect(agents.elements.map { $0.id.suffix(2) } == ["21", "22", "23"])
            #expect(agents.elements.first?.email == "ada@acme.example")
            #expect(agents.elements.last?.email == nil)
            #expect(agents.elements.last?.walletAddress?.hasPrefix("0x") == true)
            let categories = try await client.categories()
            #expect(categories.elements.map(\.name) == ["Billing", "Login"])
            let page = try await client.tickets(Self.june)
            #expect(page.tickets.count == 5)
            #expect(page.total == 5)
            #expect(agents.problems + categories.problems + page.problems == [])
            let byStatus = Dictionary(grouping: page.tickets, by: \.status)
            #expect(byStatus["Waiting"]?.first?.isHandledByAI == true)
            #expect(byStatus["Spam"]?.count == 1)
            let open = try #require(byStatus["Open"]?.first)
            #expect(open.priority == 1)
            #expect(open.categoryID == "6630a2b8c2b9e4a1d8f00c01")
            #expect(open.assignedTo == "6630a1f4c2b9e4a1d8f00b21")
            #expect(open.createdAt?.hasPrefix("2024-06-04T13:52:10") == true)
        }
    }

    @Test("pages add up to the whole, and filters hold")
    func paging() async throws {
        try await withClient { client, _ in
            var query = Self.june
            query.limit = 2
            var ids: [TicketID] = []
            while true {
                let page = try await client.tickets(query)
                ids += page.tickets.map(\.id)
                query.skip += page.entryCount
                if page.entryCount < query.limit { break }
            }
            #expect(Set(ids).count == 5)
            var filtered = Self.june
            filtered.statuses = ["Open", "Pending"]
            #expect(try await client.tickets(filtered).tickets.count == 2)
            filtered.assignedTo = ["6630a1f4c2b9e4a1d8f00b24"]
            #expect(try await client.tickets(filtered).tickets.count == 1)
            filtered.assignedTo = ["Unassigned"]
            filtered.statuses = []
            #expect(try await client.tickets(filtered).tickets.count == 3)
            let wrong = TicketQuery(start: 10, end: 5)
            let error = await #expect(throws: ClientError.self) { try await client.tickets(wrong) }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("endDate") == true)
        }
    }

    @Test("an update changes what it names, once")
    func updates() async throws {
        try await withClient { client, sandbox in
            let id = try #require(TicketID("665f1c0ac2b9e4a1d8f10001"))
            let update = TicketUpdate(
                ticketID: id, status: .resolved, priority: .high,
                categoryID: "6630a2b8c2b9e4a1d8f00c02", assignedTo: .unassigned)
            for _ in 1...2 {
                #expect(try await client.update(update).meaning == .updated)
                #expect(sandbox.stats.auditMessages == 4)
            }
            let tickets = try await client.tickets(Self.june).tickets
            let now = try #require(tickets.first { $0.id == id })
            #expect(now.status == "Resolved")
            #expect(now.priority == 3)
            #expect(now.categoryID == "6630a2b8c2b9e4a1d8f00c02")
            #expect(now.assignedTo == nil)
            let assign = TicketUpdate(
                ticketID: id, assignedTo: .agent("6630a1f4c2b9e4a1d8f00b22"))
            #expect(try await client.update(assign).meaning == .updated)
            #expect(sandbox.stats.auditMessages == 5)
            #expect(sandbox.stats.count(route: "/api/ticket", method: "PUT", status: 200) == 3)
        }
    }

    @Test("every refusal is told by its own reason")
    func refusals() async throws {
        try await withClient { client, sandbox in
            let id = try #require(TicketID("665f1c0ac2b9e4a1d8f10001"))
            let unknown = try #require(TicketID("665f1c0ac2b9e4a1d8f1ffff"))
            let cases: [(TicketUpdate, UpdateRefusal)] = [
                (TicketUpdate(ticketID: unknown, status: .open), .ticketNotFound),
                (
                    TicketUpdate(ticketID: id, categoryID: "6630a2b8c2b9e4a1d8f00c03"),
                    .categoryNotFound
                ),
                (TicketUpdate(ticketID: id, categoryID: "nonsense"), .categoryNotFound),
                (
                    TicketUpdate(ticketID: id, assignedTo: .agent("ada@acme.example")),
                    .assigneeNotFound
                ),
                (
                    TicketUpdate(ticketID: id, assignedTo: .agent("6630a1f4c2b9e4a1d8f00b24")),
                    .assigneeNotFound
                ),
            ]
            for (update, refusal) in cases {
                #expect(try await client.update(update).meaning == .refused(refusal))
            }
            #expect(sandbox.stats.auditMessages == 0)
        }
    }

    @Test("another organisation's key sees nothing of this one, and no key is refused")
    func keys() async throws {
        try await withClient(key: "globex-rehearsal-key") { client, _ in
            let id = try #require(TicketID("665f1c0ac2b9e4a1d8f10001"))
            let answer = try await client.update(TicketUpdate(ticketID: id, status: .open))
            #expect(answer.meaning == .refused(.ticketNotFound))
            #expect(try await client.agents().elements.count == 1)
        }
        try await withClient(key: "nobody") { client, _ in
            let id = try #require(TicketID("665f1c0ac2b9e4a1d8f10001"))
            let answer = try await client.update(TicketUpdate(ticketID: id, status: .open))
            #expect(answer.meaning == .unauthorized)
            let error = await #expect(throws: ClientError.self) { try await client.agents() }
            #expect(error?.code == .unauthorized)
        }
    }

    @Test(
        "the quota is understood in every style of header",
        arguments: QuotaRule.Fields.allCases, QuotaRule.RetryAfter.allCases)
    func quota(fields: QuotaRule.Fields, retryAfter: QuotaRule.RetryAfter) async throws {
        let rule = QuotaRule(limit: 2, fields: fields, retryAfter: retryAfter)
        try await withClient(quota: rule) { client, _ in
            let first = RateLimitHints(try await client.agents().response)
            #expect(first.strictest?.remaining == (fields == .none ? nil : 1))
            #expect(first.strictest?.limit == (fields == .none ? nil : 2))
            _ = try await client.agents()
            let error = await #expect(throws: ClientError.self) { try await client.agents() }
            guard case .rateLimited(let hints) = error?.code else {
                Issue.record("not rate-limited but \(String(describing: error))")
                return
            }
            #expect((hints.retryAfter == nil) == (retryAfter == .none))
            #expect((hints.retryAfter ?? .zero) <= .seconds(31))
            #expect(hints.strictest?.remaining == (fields == .none ? nil : 0))
            if fields != .none {
                let reset = try #require(hints.strictest?.resetAfter)
                #expect(reset > .zero && reset <= .seconds(31))
            }
        }
    }

    private func withClient(
        key: String = "acme-rehearsal-key", quota: QuotaRule = .unlimited,
        _ body: (MavaClient, Sandbox) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(workspace: try Workspace(json: Workspace.example))
        configuration.quota = quota
        // Its clock is stopped, so that a window cannot end on a slow machine.
        let start = SandboxClock.system.monotonic()
        configuration.clock = SandboxClock(
            monotonic: { start }, wall: SandboxClock.system.wall)
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey(key))
            try await body(
                MavaClient(baseURL: sandbox.address, key: key, transport: CurlTransport()), sandbox)
        }
    }
}
