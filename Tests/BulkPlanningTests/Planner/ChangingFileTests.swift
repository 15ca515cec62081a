import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

import CLibrary

@Suite("Files that change under us")
struct ChangingFileTests {
    /// A listing that runs a closure while it answers a look-up.
    private struct InterferingListing: TicketListing {
        let interfere: @Sendable () throws -> Void

        func tickets(in window: TicketWindow) async throws -> ListedPage {
            ListedPage(tickets: [], entries: 0, total: 0)
        }

        func agents() async throws -> [Agent] {
            try interfere()
            return PlanFixture.agents
        }

        func categories() async throws -> [MavaAPI.Category] { PlanFixture.categories }
    }

    /// Plans two rows while the input is replaced between the two readings.
    private func plan(
        _ first: String = "ticketId,assignee\nT-1,Ada\nT-2,Grace\n", replacingWith later: String
    ) async throws -> Plan {
        var fixture = try PlanFixture()
        fixture.options.agents = nil
        let directory = fixture.directory
        let path = try directory.write(
            first, to: "rows.csv")
        let listing = InterferingListing {
            try directory.write(later, to: "rows.csv")
        }
        return try await Planner(options: fixture.options, listing: listing).plan(
            PlanInput(path: path), now: 0)
    }

    @Test(
        "an input that changes while it is planned makes no plan",
        arguments: [
            "ticketId,assignee\nT-1,Ada\nT-2,Ada\n", "ticketId,assignee\nT-1,Ada\nT-3,Grace\n",
            "ticketId,assignee\nT-1,Ada\n", "ticketId,assignee\nT-1,Ada\nT-2,Grace\nT-3,Ada\n",
        ])
    func refusesChangingInput(later: String) async throws {
        let error = await #expect(throws: PlanError.self) {
            _ = try await plan(replacingWith: later)
        }
        #expect(error?.code == .inputChanged)
    }

    @Test("an input that has more columns at the second reading makes no plan")
    func refusesMoreColumns() async throws {
        let error = await #expect(throws: PlanError.self) {
            _ = try await plan(
                "ticketId,assignee,noteX\nT-1,Ada,abcde\n",
                replacingWith: "ticketId,assignee,no,eX\nT-1,Ada,ab,de\n")
        }
        #expect(error?.code == .inputChanged)
    }

    @Test("an input that is written again with the same bytes is planned")
    func takesSameBytes() async throws {
        let plan = try await plan(replacingWith: "ticketId,assignee\nT-1,Ada\nT-2,Grace\n")
        #expect(plan.header.counts.update == 2)
    }

    @Test("a plan that loses rows while it is carried out is noticed at its end")
    func noticesPlanCutWhileRead() async throws {
        let fixture = try PlanFixture()
        let rows = (1...20_000).map { "\(PlanFixture.id($0)),Resolved\n" }.joined()
        let plan = try await fixture.plan("ticketId,status\n" + rows)
        let path = try #require(plan.path)
        var reader = try PlanReader(path: path)
        // The text is longer than the reader's read-ahead, and cut between two rows.
        let text = try fixture.directory.readText("plan.jsonl")
        let kept = text.split(separator: "\n").dropLast(100).joined(separator: "\n") + "\n"
        try #require(truncate(path, off_t(kept.utf8.count)) == 0)
        let error = #expect(throws: PlanError.self) { while try reader.next() != nil {} }
        #expect(error?.code == .rowsChanged)
    }
}
