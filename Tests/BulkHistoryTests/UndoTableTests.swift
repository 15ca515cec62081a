import BulkPlan
import BulkTestSupport
import Testing

@testable import BulkHistory

/// Tickets with the four fields, and runs that change them.
private struct ModelTickets {
    typealias Values = [TicketField: FieldValue]
    struct Write {
        var ticket: String
        var row: Int
        var changes: [FieldChange]
    }

    var values: [String: Values] = [:]
    private static let statuses = ["Open", "Resolved", "Pending", "Waiting"]

    init(count: Int, _ random: inout SeededGenerator) {
        for number in 0..<count {
            values["t\(number)"] = Dictionary(
                uniqueKeysWithValues: TicketField.allCases.map { ($0, Self.value($0, &random)) })
        }
    }

    private static func value(_ field: TicketField, _ random: inout SeededGenerator) -> FieldValue {
        switch field {
        case .status: .text(statuses.randomElement(using: &random)!)
        case .priority: .number(Int.random(in: 1...3, using: &random))
        case .categoryID: .text("c\(Int.random(in: 0...1, using: &random))")
        case .assignedTo: Bool.random(using: &random) ? .null : .text("a")
        }
    }

    /// Changes some fields of some tickets, as a plan does: only where they differ.
    mutating func change(_ share: Double, _ random: inout SeededGenerator) -> [Write] {
        var writes: [Write] = []
        for id in values.keys.sorted() where Double.random(in: 0..<1, using: &random) < share {
            var changes: [FieldChange] = []
            for field in TicketField.allCases where Bool.random(using: &random) {
                let new = Self.value(field, &random)
                let old = values[id]![field]!
                if new != old { changes.append(.init(field: field, before: old, after: new)) }
            }
            guard !changes.isEmpty else { continue }
            for change in changes { values[id]![change.field] = change.after }
            writes.append(Write(ticket: id, row: writes.count + 1, changes: changes))
        }
        return writes
    }

    /// Undoes what a table holds, as the planner does, and returns the tickets that it leaves as they are.
    mutating func undo(_ table: UndoTable) -> Set<String> {
        var left: Set<String> = []
        for ticket in table.tickets {
            let holds = ticket.changes.allSatisfy { values[ticket.id]![$0.field] == $0.after }
            let isRestored = ticket.changes.allSatisfy { values[ticket.id]![$0.field] == $0.before }
            guard ticket.refusal == nil, holds || isRestored else {
                left.insert(ticket.id)
                continue
            }
            for change in ticket.changes { values[ticket.id]![change.field] = change.before }
        }
        return left
    }
}

@Suite("Several runs are undone as one")
struct UndoTableTests {
    private func table(_ runs: [[ModelTickets.Write]]) -> UndoTable {
        var table = UndoTable()
        for (place, writes) in runs.reversed().enumerated() {
            for write in writes {
                table.add(write.changes, ticket: write.ticket, run: place, row: write.row)
            }
        }
        return table
    }

    @Test(
        "Undoing the newest runs restores what was before them", arguments: 0..<60 as Range<UInt64>)
    func restores(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tickets = ModelTickets(count: 30, &random)
        _ = tickets.change(0.5, &random)
        let before = tickets.values
        let count = Int.random(in: 1...5, using: &random)
        let runs = (0..<count).map { _ in tickets.change(0.6, &random) }
        let after = tickets.values
        let table = table(runs)
        #expect(Set(table.tickets.map(\.id)) == Set(runs.joined().map(\.ticket)))
        #expect(tickets.undo(table).isEmpty, "their own changes are no conflicts")
        #expect(tickets.values == before)
        // Undoing in turn what the undo did brings the runs' values back.
        let undone = after.keys.sorted().map { id in
            ModelTickets.Write(
                ticket: id, row: 1,
                changes: TicketField.allCases.filter { before[id]![$0] != after[id]![$0] }.map {
                    FieldChange(field: $0, before: after[id]![$0], after: before[id]![$0]!)
                })
        }
        #expect(tickets.undo(self.table([undone.filter { !$0.changes.isEmpty }])).isEmpty)
        #expect(tickets.values == after)
    }

    @Test(
        "What something else changed is never overwritten, and everything else is restored",
        arguments: 100..<160 as Range<UInt64>)
    func others(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tickets = ModelTickets(count: 40, &random)
        let before = tickets.values
        var runs: [[ModelTickets.Write]] = []
        var touched: Set<String> = []
        for _ in 0..<3 {
            runs.append(tickets.change(0.6, &random))
            touched.formUnion(tickets.change(0.2, &random).map(\.ticket))
        }
        let now = tickets.values
        let left = tickets.undo(table(runs))
        #expect(left.isSubset(of: touched))
        #expect(!left.isEmpty, "some of the changes come in between or after")
        for id in before.keys {
            if left.contains(id) {
                #expect(tickets.values[id] == now[id])
            } else if !touched.contains(id) {
                #expect(tickets.values[id] == before[id])
            }
        }
    }

    @Test("Different fields of a ticket are put back together, under the newest run's row")
    func fields() throws {
        var table = UndoTable()
        let status = FieldChange(field: .status, before: .text("Open"), after: .text("Resolved"))
        let priority = FieldChange(field: .priority, before: .number(1), after: .number(3))
        table.add([status], ticket: "t", run: 0, row: 7)
        table.add([priority], ticket: "t", run: 1, row: 2)
        let ticket = try #require(table.tickets.first)
        #expect(table.tickets.count == 1)
        #expect((ticket.run, ticket.row) == (0, 7))
        #expect(ticket.changes == [status, priority])
    }

    @Test(
        "Values that no update writes, and those that are not known, are refused with their reasons"
    )
    func refusals() {
        func refusal(_ field: TicketField, _ before: FieldValue?) -> UndoObstacle? {
            UndoRefusal([FieldChange(field: field, before: before, after: .text("x"))])?.obstacle
        }
        #expect(refusal(.status, .text("Open")) == nil)
        #expect(refusal(.status, .text("Spam")) == .unwritable)
        #expect(refusal(.status, .null) == .unwritable)
        #expect(refusal(.priority, .number(3)) == nil)
        #expect(refusal(.priority, .number(4)) == .unwritable)
        #expect(refusal(.priority, .null) == .unwritable)
        #expect(refusal(.categoryID, .text("c")) == nil)
        #expect(refusal(.categoryID, .null) == .noCategory)
        #expect(refusal(.assignedTo, .null) == nil)
        #expect(refusal(.assignedTo, nil) == .notRead)
        #expect(UndoRefusal([])?.obstacle == .replaced)
    }

    @Test("Selected rows are the same as in a list of all of them")
    func selection() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let ranges = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                let start = Int.random(in: 1...40, using: &random)
                return start...(start + Int.random(in: 0...9, using: &random))
            }
            let selection = UndoSelection(rows: ranges)
            for row in 1...60 {
                #expect(selection.takes(row: row) == ranges.contains { $0.contains(row) })
            }
            #expect(selection.lastRow == ranges.map(\.upperBound).max())
        }
        #expect(UndoSelection().takes(row: 1_000_000))
        #expect(!UndoSelection(rows: []).takes(row: 1))
    }
}
