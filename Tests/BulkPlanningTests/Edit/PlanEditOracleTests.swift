import BulkPlan
import BulkPlanningTestSupport
import BulkTestSupport
import Testing

@testable import BulkPlanning

/// An edited plan beside a plan that was made from the remaining rows alone.
@Suite("An edited plan does what planning the remaining rows would do")
struct PlanEditOracleTests {
    private static let tickets = 5

    private struct Generator {
        var random: SeededGenerator
        /// What all rows for a ticket want, so that they agree.
        private let wanted: [[String]]

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            var random = random
            wanted = (0...PlanEditOracleTests.tickets).map { _ in
                [
                    random.pick(["Open", "Resolved", "Pending"]), random.pick(["1", "2", "3"]),
                    random.pick(["Billing", "Shipping"]),
                    random.pick(["Ada", "Grace", "unassigned"]),
                ]
            }
            self.random = random
        }

        mutating func row() -> String {
            let ticket = random.below(PlanEditOracleTests.tickets + 1)
            var cells = wanted[ticket].map { random.chance(45) ? $0 : "" }
            // Values are written in several ways.
            if random.chance(30) { cells[0] = cells[0].lowercased() }
            if random.chance(30), cells[3] == "Grace" { cells[3] = "grace@acme.com" }
            // What tickets hold, and now and then what they do not hold.
            let expects = [
                random.chance(20) ? random.pick(["Open", "open", "Resolved"]) : "",
                random.chance(20) ? "1" : "", random.chance(15) ? "Ada" : "",
                random.chance(15) ? "2026-01-05T10:00:00Z" : "",
            ]
            return ([PlanFixture.id(ticket)] + cells + expects).joined(separator: ",")
        }

        mutating func snapshot() -> String {
            (1...PlanEditOracleTests.tickets).map { number in
                PlanFixture.ticket(
                    number, status: random.pick(["Open", "Open", "Resolved"]),
                    priority: random.pick(["1", "1", "2"]),
                    more: ",\"updatedAt\":\"2026-01-05T10:00:00.000Z\""
                        + (random.chance(30) ? ",\"aiStatus\":\"Active\"" : ""))
            }.joined()
        }
    }

    private static let header =
        "ticketId,status,priority,category,assignee,expectStatus,expectPriority,expectAssignee,expectUpdatedAt\n"

    @Test("for random rows and random rows left out", arguments: 0..<UInt64(RandomInputs.count(60)))
    func oracle(seed: UInt64) async throws {
        var generator = Generator(seed: seed)
        var fixture = try PlanFixture()
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(generator.snapshot(), to: "tickets.jsonl"))
        fixture.options.allowsHandOff = seed % 2 == 0
        fixture.options.unread = seed % 3 == 0 ? .send : nil
        let rows = (0..<12).map { _ in generator.row() }
        let whole = try await fixture.plan(Self.header + rows.joined(separator: "\n") + "\n")
        let left = rows.indices.filter { _ in generator.random.chance(60) }
        var edit = PlanEdit()
        edit.rows = rows.indices.filter { !left.contains($0) }.map { $0 + 1...$0 + 1 }
        let output = fixture.directory.file("edited.jsonl")
        guard !left.isEmpty, !edit.isEmpty else { return }
        let result = try edit.apply(to: whole.path!, writing: output)
        let edited = try PlanFixture.entries(of: output)
        let planned = try await fixture.plan(
            Self.header + left.map { rows[$0] }.joined(separator: "\n") + "\n")
        let expected = try PlanFixture.entries(of: planned.path!)
        for (place, index) in left.enumerated() {
            let (entry, other) = (edited[index], expected[place])
            #expect(entry.disposition == other.disposition, "row \(index + 1)")
            #expect(entry.changes == other.changes, "row \(index + 1)")
            #expect(entry.expectation == other.expectation, "row \(index + 1)")
            #expect(entry.mergedInto == other.mergedInto.map { left[$0 - 1] + 1 })
            #expect(entry.isUndiffed == other.isUndiffed)
        }
        let (header, wanted) = (result.header, planned.header)
        #expect(header.counts.excluded == rows.count - left.count)
        #expect(header.counts.addUp)
        #expect(header.requests == wanted.requests)
        #expect(header.fieldChanges == wanted.fieldChanges)
        #expect(header.undiffed == wanted.undiffed)
        #expect(header.blindAssignments == wanted.blindAssignments)
        #expect(header.price.writes == wanted.price.writes)
        #expect(header.agentNames == wanted.agentNames)
        #expect(header.categoryNames == wanted.categoryNames)
        #expect(header.handOffs >= wanted.handOffs)
        if result.handOffsAreExact { #expect(header.handOffs == wanted.handOffs) }
        if !header.expectsUpdateTimes {
            #expect(expected.allSatisfy { $0.expectation?.updatedAt == nil })
        }
    }
}
