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
        var table = UndoTable(runs.indices.map { UndoTable.Run(place: $0) })
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

    /// A run of a history: what it wrote, and which earlier runs it undid.
    private struct PastRun {
        var writes: [ModelTickets.Write]
        var undone: Set<Int> = []

        func change(_ ticket: String, _ field: TicketField) -> FieldChange? {
            writes.first { $0.ticket == ticket }?.changes.first { $0.field == field }
        }
    }

    /// The runs that an undo reads: those that it is for, their undos, and what those undid.
    private func read(_ named: Set<Int>, _ history: [PastRun]) -> [Int] {
        var undos = named
        for run in history.indices where !history[run].undone.isDisjoint(with: undos) {
            undos.insert(run)
        }
        // A run comes after those that it undid, so one way from the newest to the oldest finds all.
        var all = undos
        for run in history.indices.reversed() where all.contains(run) {
            if history[run].undone.count > 1 { all.formUnion(history[run].undone) }
        }
        return all.sorted().reversed()
    }

    private func table(_ named: Set<Int>, _ history: [PastRun]) -> UndoTable {
        let read = read(named, history)
        var place = 0
        var table = UndoTable(
            read.map { run in
                defer { place += named.contains(run) ? 1 : 0 }
                return UndoTable.Run(
                    place: named.contains(run) ? place : nil,
                    undone: Set(history[run].undone.compactMap { read.firstIndex(of: $0) }))
            })
        for (index, run) in read.enumerated() {
            for write in history[run].writes {
                table.add(write.changes, ticket: write.ticket, run: index, row: write.row)
            }
        }
        return table
    }

    /// What the tickets would hold if some runs had not been.
    private func values(
        without named: Set<Int>, _ history: [PastRun],
        from start: [String: ModelTickets.Values]
    ) -> [String: ModelTickets.Values] {
        var (values, held) = (start, start)
        var before: [(values: [String: ModelTickets.Values], held: [String: ModelTickets.Values])] =
            []
        for (index, run) in history.enumerated() {
            before.append((values, held))
            for write in run.writes {
                for change in write.changes { held[write.ticket]![change.field] = change.after }
            }
            if named.contains(index) { continue }
            for write in run.writes {
                for change in write.changes {
                    let oldest = run.undone.sorted().first {
                        history[$0].change(write.ticket, change.field) != nil
                    }
                    // An undo after a change by something else brought back another value.
                    let isBack =
                        oldest.map { before[$0].held[write.ticket]![change.field] == change.after }
                        ?? false
                    values[write.ticket]![change.field] =
                        isBack
                        ? before[oldest!].values[write.ticket]![change.field]! : change.after
                }
            }
        }
        return values
    }

    @Test(
        "After runs, undos of several and undos of undos, an undo leaves what would be without its runs",
        arguments: 200..<320 as Range<UInt64>)
    func chains(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tickets = ModelTickets(count: 12, &random)
        let start = tickets.values
        var history: [PastRun] = []
        func some(_ random: inout SeededGenerator) -> Set<Int> {
            Set(
                history.indices.shuffled(using: &random).prefix(
                    Int.random(in: 1...3, using: &random)))
        }
        for _ in 0..<Int.random(in: 2...7, using: &random) {
            guard !history.isEmpty, Bool.random(using: &random) else {
                history.append(PastRun(writes: tickets.change(0.4, &random)))
                continue
            }
            let undone = some(&random)
            let before = tickets.values
            _ = tickets.undo(table(undone, history))
            let writes = before.keys.sorted().compactMap { id -> ModelTickets.Write? in
                let changes = TicketField.allCases.compactMap { field in
                    let (old, new) = (before[id]![field]!, tickets.values[id]![field]!)
                    return old == new ? nil : FieldChange(field: field, before: old, after: new)
                }
                return changes.isEmpty ? nil : .init(ticket: id, row: 1, changes: changes)
            }
            history.append(PastRun(writes: writes, undone: undone))
        }
        let named = some(&random)
        let wanted = values(without: named, history, from: start)
        let now = tickets.values
        let left = tickets.undo(table(named, history))
        let loaded = read(named, history)
        for id in start.keys {
            // A run that has nothing to do with them can write the same value again.
            let isChangedByOthers = history.indices.contains { run in
                !loaded.contains(run) && run > named.min()!
                    && history[run].writes.contains { $0.ticket == id }
            }
            if isChangedByOthers { continue }
            #expect(tickets.values[id] == (left.contains(id) ? now : wanted)[id], "\(named)")
        }
    }

    @Test("Of several requests of one run for a ticket, all found what the first one found")
    func severalRequests() throws {
        let status = FieldChange(field: .status, before: .text("Open"), after: .text("Resolved"))
        let priority = FieldChange(field: .priority, before: .number(1), after: .number(3))
        var table = UndoTable([.init(place: 0), .init(place: 1)])
        table.add([status, priority], ticket: "t", run: 0, row: 1)
        table.add([status], ticket: "t", run: 0, row: 2)
        let ticket = try #require(table.tickets.first)
        #expect(ticket.refusal == nil)
        #expect(ticket.changes == [status, priority])
    }

    @Test("Different fields of a ticket are put back together, under the newest run's row")
    func fields() throws {
        var table = UndoTable([.init(place: 0), .init(place: 1)])
        let status = FieldChange(field: .status, before: .text("Open"), after: .text("Resolved"))
        let priority = FieldChange(field: .priority, before: .number(1), after: .number(3))
        table.add([status], ticket: "t", run: 0, row: 7)
        table.add([priority], ticket: "t", run: 1, row: 2)
        let ticket = try #require(table.tickets.first)
        #expect(table.tickets.count == 1)
        #expect((ticket.run, ticket.row) == (0, 7))
        #expect(ticket.changes == [status, priority])
    }

    @Test("What an earlier undo put back is no change by something else")
    func earlierUndos() throws {
        let status = FieldChange(field: .status, before: .text("Open"), after: .text("Resolved"))
        let priority = FieldChange(field: .priority, before: .number(1), after: .number(3))
        func back(_ change: FieldChange) -> FieldChange {
            FieldChange(field: change.field, before: change.after, after: change.before!)
        }
        let undo = UndoTable.Run(undone: [1])
        var later = UndoTable([undo, .init(place: 0)])
        let category = FieldChange(field: .categoryID, before: .text("a"), after: .text("b"))
        later.add([back(status), category], ticket: "t", run: 0, row: 1)
        let undoing = later.undoing([status, priority], ticket: "t", run: 1)
        #expect(undoing.refusal == nil)
        // The ticket holds the status already, and the category is none of the run's.
        let kept = FieldChange(field: .status, before: .text("Open"), after: .text("Open"))
        #expect(undoing.changes == [kept, priority])
        #expect(later.tickets.isEmpty)
        // Of several runs, a value that an undo brought back is the one that the oldest run found.
        var table = UndoTable([undo, .init(place: 0)])
        let other = FieldChange(field: .status, before: .text("Waiting"), after: .text("Open"))
        table.add([other], ticket: "t", run: 0, row: 1)
        table.add([status], ticket: "t", run: 1, row: 4)
        let ticket = try #require(table.tickets.first)
        #expect((ticket.run, ticket.row) == (0, 4))
        #expect(ticket.changes == [kept])
        #expect(ticket.refusal == nil)
        // Without an undo, such a change is one by something else.
        var foreign = UndoTable([.init(place: 0), .init(place: 1)])
        foreign.add([other], ticket: "t", run: 0, row: 1)
        foreign.add([status], ticket: "t", run: 1, row: 4)
        #expect(foreign.tickets.first?.refusal == .changedBetween(.status))
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
