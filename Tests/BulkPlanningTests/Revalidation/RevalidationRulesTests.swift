import BulkReporting
import BulkPlanningTestSupport
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("What becomes of an approved row when its ticket is read again")
struct RevalidationRulesTests {
    private static let change = FieldChange(
        field: .status, before: .text("Open"), after: .text("Resolved"))
    private static let assignment = FieldChange(
        field: .assignedTo, before: .null, after: .text(PlanFixture.grace))

    private func rules(
        _ policy: ConflictPolicy = .skip, unread: UnreadPolicy? = nil, allowsHandOff: Bool = false
    ) -> RevalidationRules {
        var header = PlanHeader(
            tool: "t", createdAt: "",
            input: .init(name: "", sha256: "", format: "csv", columns: []),
            source: .live, price: PlanPrice(reads: 0, writes: 0, auditEntries: 0))
        header.unread = unread
        header.allowsHandOff = allowsHandOff
        return RevalidationRules(header, policy)
    }

    private func entry(
        _ changes: [FieldChange], undiffed: Bool = false, expects: PlanExpectation? = nil
    ) -> PlanEntry {
        var entry = PlanEntry(
            row: 1, line: 2, ticketID: PlanFixture.id(1), disposition: .update, changes: changes,
            isUndiffed: undiffed)
        entry.expectation = expects
        return entry
    }

    private func current(
        _ status: String = "Open", assignee: FieldValue = .null, ai: Bool = false,
        updatedAt: Int64? = nil
    ) -> CurrentTicket {
        CurrentTicket(
            values: [
                .status: .text(status), .priority: .number(1), .categoryID: .null,
                .assignedTo: assignee,
            ], isHandledByAI: ai, updatedAt: updatedAt)
    }

    @Test(
        "a ticket that is not found any more is a conflict, or sent, or held, by what was asked for"
    )
    func notFound() {
        let moved = entry([Self.change])
        let assigns = entry([Self.assignment])
        #expect(rules().exception(moved, nil)?.disposition == .conflict)
        let sent = rules(.overwrite).exception(moved, nil)
        #expect(sent?.disposition == .update)
        // The overwritten value is not known any more, so the report must not show one.
        #expect(sent?.changes.first?.before == nil)
        #expect(rules(.overwrite).exception(assigns, nil)?.issue?.code == .ticketNotRead)
        #expect(rules(.overwrite, unread: .send).exception(assigns, nil)?.disposition == .update)
        #expect(
            rules(.overwrite, allowsHandOff: true).exception(assigns, nil)?.disposition == .update)
        #expect(rules(.overwrite, unread: .hold).exception(moved, nil)?.disposition == .held)
        // The ticket was not found when the plan was approved either.
        #expect(rules().exception(entry([Self.assignment], undiffed: true), nil) == nil)
    }

    @Test("a ticket found only now gives the values before, and is held where the AI has it")
    func foundNow() {
        let blind = FieldChange(field: .assignedTo, before: nil, after: .text(PlanFixture.grace))
        let row = entry([blind], undiffed: true)
        let found = rules(unread: .send).exception(row, current(assignee: .text(PlanFixture.ada)))
        #expect(found?.changes.first?.before == .text(PlanFixture.ada))
        #expect(rules(unread: .send).exception(row, current(ai: true))?.issue?.code == .aiHandling)
    }

    @Test("preconditions are checked against what is read now, whatever happens to conflicts")
    func preconditions() {
        var expects = PlanExpectation()
        expects.values[.priority] = .number(1)
        expects.values[.assignedTo] = .null
        let row = entry([Self.change], expects: expects)
        #expect(rules().exception(row, current()) == nil)
        for policy in ConflictPolicy.allCases {
            let moved = rules(policy).exception(row, current(assignee: .text(PlanFixture.ada)))
            #expect(moved?.disposition == .conflict)
            #expect(moved?.issue?.code == .preconditionFailed)
            #expect(moved?.issue?.message.contains("expected was nobody") == true)
        }
        // A correct value needs no request, so nothing can go wrong.
        #expect(
            rules().exception(row, current("Resolved", assignee: .text("x")))?.disposition
                == .unchanged)
    }

    @Test("the time of the last change is compared as precisely as it was written")
    func updateTimes() {
        var expects = PlanExpectation()
        expects.updatedAt = "2026-03-01T09:30:00Z"
        let row = entry([Self.change], expects: expects)
        let second: Int64 = 1_772_357_400_000_000
        #expect(rules().exception(row, current(updatedAt: second)) == nil)
        #expect(rules().exception(row, current(updatedAt: second + 999_999)) == nil)
        for time in [second + 1_000_000, second - 1, nil] {
            #expect(
                rules().exception(row, current(updatedAt: time))?.issue?.code
                    == .preconditionFailed)
        }
    }
}
