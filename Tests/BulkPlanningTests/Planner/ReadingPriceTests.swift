import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("The price of reading is shown, and said to be too high where nothing needs it")
struct ReadingPriceTests {
    private static func id(_ minute: Int) -> String {
        String(1_767_225_600 + minute * 60, radix: 16) + "0000000000000001"
    }

    /// Plans changes of one ticket in two hundred, each of which takes a page of its own.
    private func plan(
        _ columns: String = "priority", _ cells: String = "2",
        _ change: (inout PlanOptions) throws -> Void = { _ in }
    ) async throws -> Plan {
        let tickets = try (0..<30_000).map { minute in
            Ticket(
                id: try #require(TicketID(Self.id(minute))), status: "Open", priority: 1,
                assignedTo: PlanFixture.ada)
        }
        var fixture = try PlanFixture()
        fixture.options.source = .live
        try change(&fixture.options)
        let rows = (0..<150).map { "\(Self.id($0 * 200)),\(cells)\n" }.joined()
        let path = try fixture.directory.write("ticketId,\(columns)\n" + rows, to: "rows.csv")
        let plan = try await Planner(
            options: fixture.options, listing: GeneratedListing(tickets, order: .ascending)
        ).plan(PlanInput(path: path), now: 1_767_225_600)
        #expect(try PlanReader(path: plan.path!).header.price == plan.header.price)
        return plan
    }

    private func isNoted(_ plan: Plan) -> Bool {
        plan.header.notes.contains { $0.contains("TicketSource.none needs 150 requests, not 300") }
    }

    @Test("Both prices are in the plan, and the cheaper way is named")
    func sparse() async throws {
        let plan = try await plan()
        #expect(plan.header.price.reads == 150)
        #expect(plan.header.price.writes == 150)
        #expect(plan.header.price.writesWithoutReading == 150)
        #expect(isNoted(plan))
    }

    @Test("Where something needs what is read, nothing is said")
    func needed() async throws {
        #expect(!isNoted(try await plan("priority,expectStatus", "2,Open")))
        #expect(!isNoted(try await plan { $0.readsAlways = true }))
        let chosen = try await plan {
            $0.selection.conditions = [try RowCondition("old.status = Open", now: 0)]
        }
        #expect(chosen.header.price.writesWithoutReading == nil)
        #expect(!isNoted(chosen))
    }

    @Test(
        "Agents and categories of another API are refused, and their file is named in the plan",
        arguments: [
            ("https://gateway.mava.app", "https://app.mava.app", false),
            ("https://app.mava.app", "https://app.mava.app", true),
            ("http://127.0.0.1:1", "http://127.0.0.1:2", true),
            ("http://127.0.0.1:1", "https://app.mava.app", false),
        ])
    func lookups(theirs: String, ours: String, isTaken: Bool) async throws {
        func planned() async throws -> Plan {
            try await plan {
                $0.baseURL = ours
                $0.lookups = .init(
                    path: "lk.json", baseURL: theirs, createdAt: "2026-01-01T00:00:00Z")
            }
        }
        guard isTaken else {
            await #expect {
                _ = try await planned()
            } throws: {
                ($0 as? PlanError)?.code == .otherServer
            }
            return
        }
        #expect(
            try await planned().header.notes.contains { $0.contains("lk.json, written 2026-01-01") }
        )
    }

    @Test("Where reading saves its price, nothing is said")
    func saving() async throws {
        let plan = try await plan("priority", "1")
        #expect(plan.header.price.writes == 0)
        #expect(plan.header.notes.isEmpty)
    }
}
