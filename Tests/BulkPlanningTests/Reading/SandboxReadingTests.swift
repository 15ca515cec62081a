import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import MavaSandbox
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Planning against the sandbox, over HTTP")
struct SandboxReadingTests {
    @Test(
        "a generated workspace of two years is read in few pages, and only what differs is planned")
    func readsAWorkspace() async throws {
        let workspace = try Workspace.generate(tickets: 3_000, seed: 7)
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = .unlimited
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey("generated-7"))
            let client = try MavaClient(
                baseURL: sandbox.address, key: key, transport: CurlTransport())
            let all = try await Self.list(client)
            #expect(all.count == 3_000)
            let wanted = all.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
            let agent = try #require(try await client.agents().elements.first)

            let fixture = try PlanFixture()
            var options = PlanOptions()
            options.output = fixture.directory.file("plan.jsonl")
            options.onDuplicate = .last
            options.allowsHandOff = true
            let rows = wanted.map { "\($0.id),Resolved,\(agent.displayName)\n" }.joined()
            let path = try fixture.directory.write("id,status,assignee\n" + rows, to: "rows.csv")
            let plan = try await Planner(options: options, client: client).plan(
                PlanInput(path: path), now: 0)

            let differing = wanted.filter { $0.status != "Resolved" || $0.assignedTo != agent.id }
            #expect(plan.header.requests == differing.count)
            #expect(plan.header.undiffed == 0)
            #expect(
                plan.header.fieldChanges
                    == wanted.count { $0.status != "Resolved" }
                    + wanted.count { $0.assignedTo != agent.id })
            #expect(
                plan.header.handOffs
                    == wanted.count { $0.isHandledByAI && $0.assignedTo != agent.id })
            let fewest = GeneratedListing.fewestPages(
                all.sorted { $0.id.creationSeconds! < $1.id.creationSeconds! },
                wanted: Set(wanted.map(\.id)))
            // One look-up of the agents, plus the pages.
            #expect(plan.header.price.reads - 1 <= fewest + max(1, fewest / 10))

            let again = try await PlanRevalidator(client: client).revalidate(path: plan.path!)
            #expect(again.changedRows == 0)
            #expect(again.requests == plan.header.requests)
        }
    }

    @Test("where no listed ticket says whether the AI is handling it, a plan that assigns says so")
    func withoutAIStatus() async throws {
        for (member, column, isNoted) in [
            ("", "assignee", true), (#","aiStatus":null"#, "assignee", false),
            ("", "status", false),
        ] {
            let fixture = try PlanFixture()
            let id = PlanFixture.id(1)
            let transport = ScriptedTransport { request, _ in
                request.url.contains("/api/agents")
                    ? .json(200, #"{"agents":[{"id":"a1","username":"Resolved"}]}"#)
                    : .json(200, #"{"tickets":[{"_id":"\#(id)","status":"Open"\#(member)}]}"#)
            }
            let client = try MavaClient(key: #require(APIKey("a-key")), transport: transport)
            var options = PlanOptions()
            options.output = fixture.directory.file("plan.jsonl")
            let path = try fixture.directory.write("id,\(column)\n\(id),Resolved\n", to: "rows.csv")
            let plan = try await Planner(options: options, client: client).plan(
                PlanInput(path: path), now: 0)
            #expect(plan.header.requests == 1)
            #expect(plan.header.notes.contains { $0.contains("has an aiStatus") } == isNoted)
        }
    }

    /// Lists every ticket of the workspace, month by month.
    private static func list(_ client: MavaClient) async throws -> [Ticket] {
        var tickets: [Ticket] = []
        let end = Int(Workspace.generatedEnd / 1000) + 86_400
        var start = end - 735 * 86_400
        while start < end {
            let next = min(start + 30 * 86_400, end)
            var skip = 0
            while true {
                let page = try await client.tickets(
                    TicketQuery(start: start, end: next, skip: skip))
                tickets += page.tickets
                skip += page.entryCount
                if page.entryCount < TicketQuery.maximumLimit { break }
            }
            start = next
        }
        return tickets
    }
}
