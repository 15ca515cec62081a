import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("A saved plan against the tickets as they are now")
struct RevalidationTests {
    private static func ticket(
        _ number: Int, status: String = "Open", assignedTo: String? = PlanFixture.ada,
        aiStatus: String? = nil
    ) -> Ticket {
        Ticket(
            id: TicketID(PlanFixture.id(number))!, status: status, priority: 1,
            categoryID: PlanFixture.billing, assignedTo: assignedTo, aiStatus: aiStatus)
    }

    /// Plans four tickets, changes them, and reads them again.
    private func revalidate(
        _ now: [Ticket], _ policy: ConflictPolicy
    ) async throws -> (PlanRevalidation, [PlanEntry]) {
        var fixture = try PlanFixture()
        fixture.options.source = .live
        let before = GeneratedListing((1...4).map { Self.ticket($0) }, order: .ascending)
        let text = """
            id,status,assignee
            \(PlanFixture.id(1)),Resolved,
            \(PlanFixture.id(1)),,Grace
            \(PlanFixture.id(2)),Pending,Grace
            \(PlanFixture.id(3)),Resolved,
            \(PlanFixture.id(4)),Open,
            \(PlanFixture.id(9)),Open,

            """
        let path = try fixture.directory.write(text, to: "rows.csv")
        let plan = try await Planner(options: fixture.options, listing: before).plan(
            PlanInput(path: path), now: 0)
        #expect(plan.header.counts.update == 5)
        let revalidation = try await PlanRevalidator(
            listing: GeneratedListing(now, order: .ascending), onConflict: policy
        ).revalidate(path: plan.path!)
        let entries = try PlanFixture.entries(of: plan.path!).map(revalidation.entry)
        #expect(revalidation.counts.rows == 6 && revalidation.counts.addUp)
        #expect(revalidation.requests == entries.count { $0.sendsRequest })
        return (revalidation, entries)
    }

    @Test("tickets that did not change leave the plan as it was approved")
    func standsAsApproved() async throws {
        let (revalidation, entries) = try await revalidate((1...4).map { Self.ticket($0) }, .stop)
        #expect(revalidation.changedRows == 0)
        #expect(revalidation.reads > 0)
        #expect(
            entries[0].changeText
                == "status Open>Resolved, assignedTo \(PlanFixture.ada)>\(PlanFixture.grace)")
    }

    @Test("changed tickets are conflicts, with the rows that go along; right ones are unchanged")
    func skips() async throws {
        let (_, entries) = try await revalidate(
            [
                Self.ticket(1, status: "Waiting"), Self.ticket(2, assignedTo: PlanFixture.grace),
                Self.ticket(3, status: "Resolved"), Self.ticket(9, status: "Open"),
            ], .skip)
        #expect(
            entries.map(\.disposition)
                == [.conflict, .conflict, .update, .unchanged, .unchanged, .unchanged])
        #expect(entries[0].issue?.code == .changedSincePlan)
        #expect(entries[0].issue!.message.contains("\"Waiting\" now"))
        // Only the remaining change is sent.
        #expect(entries[2].changeText == "status Open>Pending")
    }

    @Test("a conflict shows what the ticket held and holds, in names as far as the plan knows them")
    func names() async throws {
        let (_, entries) = try await revalidate(
            [Self.ticket(1), Self.ticket(2, assignedTo: nil), Self.ticket(3), Self.ticket(4)],
            .skip)
        #expect(
            entries[2].issue?.message
                == "plan again, or apply with ConflictPolicy.overwrite: assignedTo was \"Ada\" when the "
                + "plan was made and is nobody now")
    }

    @Test("overwriting sends changed tickets too, with what they hold now as the value before")
    func overwrites() async throws {
        let (_, entries) = try await revalidate(
            [Self.ticket(1, status: "Waiting"), Self.ticket(2), Self.ticket(4)], .overwrite)
        #expect(entries[0].changeText.hasPrefix("status Waiting>Resolved"))
        // The third ticket is gone. Its row is sent as approved, and the server answers.
        #expect(entries[3].disposition == .update)
    }

    @Test("stopping sends nothing when any ticket changed")
    func stops() async throws {
        await #expect {
            _ = try await revalidate([Self.ticket(1, status: "Waiting"), Self.ticket(2)], .stop)
        } throws: { error in
            let error = error as? PlanError
            return error?.code == .ticketsChanged && error?.isRefusalByGuard == true
        }
    }

    @Test("a ticket that is gone is a conflict, and one that the AI took meanwhile is held")
    func holds() async throws {
        let (_, entries) = try await revalidate(
            [Self.ticket(1), Self.ticket(2, aiStatus: "Active")], .skip)
        #expect(
            entries.map(\.disposition)
                == [.update, .update, .held, .conflict, .unchanged, .update])
    }
}
