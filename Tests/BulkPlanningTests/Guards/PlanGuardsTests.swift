import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Guards")
struct PlanGuardsTests {
    private func refusal(
        _ guards: PlanGuards, source: TicketSource? = nil, rows: Int = 3
    ) async throws -> PlanError? {
        var fixture = try PlanFixture()
        try fixture.snapshot(
            PlanFixture.ticket(1), PlanFixture.ticket(2), PlanFixture.ticket(3),
            PlanFixture.ticket(4), PlanFixture.ticket(5))
        if let source { fixture.options.source = source }
        fixture.options.guards = guards
        let lines = (1...rows).map { "\(PlanFixture.id($0)),Resolved\n" }.joined()
        do {
            let plan = try await fixture.plan("id,status\n" + lines)
            #expect(plan.header.requests == rows)
            return nil
        } catch {
            // A refused plan leaves no file.
            #expect(try !fixture.directory.names().contains("plan.jsonl"))
            return try #require(error as? PlanError)
        }
    }

    @Test("more changes than allowed, or a larger part of the tickets read, make no plan")
    func refuses() async throws {
        #expect(try await refusal(PlanGuards(maxChanges: 3)) == nil)
        let many = try await refusal(PlanGuards(maxChanges: 2))
        #expect(many?.code == .tooManyChanges)
        #expect(many?.isRefusalByGuard == true)
        #expect(try await refusal(PlanGuards(maxChangePercent: 60)) == nil)
        let share = try await refusal(PlanGuards(maxChangePercent: 59.9))
        #expect(share?.code == .tooLargeShare)
        #expect(share!.message.contains("3 of the 5 tickets in the snapshot (60 %)"))
        let unknown = try await refusal(
            PlanGuards(maxChangePercent: 99), source: TicketSource.none)
        #expect(unknown?.code == .shareUnknown)
        #expect(unknown?.message.contains("use \(SettingName.maxChanges) instead") == true)
    }

    @Test("a ticket that a snapshot has twice counts once in the share")
    func countsOnce() async throws {
        var fixture = try PlanFixture()
        fixture.options.guards = PlanGuards(maxChangePercent: 49)
        for (one, other) in [(PlanFixture.id(1), PlanFixture.id(2)), ("one", "other")] {
            let lines = [one, other, one, other, other].map {
                "{\"_id\":\"\($0)\",\"status\":\"Open\"}\n"
            }
            try fixture.snapshot(lines.joined())
            let ready = fixture
            await #expect {
                _ = try await ready.plan("id,status\n\(one),Resolved\n")
            } throws: {
                ($0 as? PlanError)?.message.contains("1 of the 2 tickets in the snapshot (50 %)")
                    == true
            }
        }
    }

    @Test("strict wants no invalid row")
    func isStrict() async throws {
        var fixture = try PlanFixture()
        fixture.options.guards.isStrict = true
        let strict = fixture
        await #expect { try await strict.plan("id,status\nT-1,Open\nT-2,Opne\n") } throws: {
            ($0 as? PlanError)?.code == .rowsInvalid
        }
        _ = try await strict.plan("id,status\nT-1,Open\n")
    }
}
