internal import BulkExecution
package import BulkPlan
package import BulkPlanning
internal import BulkReporting
internal import BulkSystem

import CLibrary

/// The rows that put back what runs changed, as an input for the planner.
///
/// So an undo is a plan like any other: what its tickets hold now decides whether a row is an update, is unchanged,
/// or is in conflict because the ticket has moved on.
///
/// The rows of one run are written as they are read. Of several runs, a table of their tickets is made first.
package struct UndoInput {
    /// The rows.
    package let input: PlanInput
    /// How many rows there are.
    package let rows: Int
    /// The runs that are undone, the newest first.
    package let lineage: PlanHeader.Lineage
    /// The headers of their plans.
    package let headers: [PlanHeader]
    /// What is to be said before the undo is approved.
    package let notes: [String]

    /// Reads what runs changed.
    ///
    /// - Parameters:
    ///   - runs: The runs, in any order.
    ///   - selection: Which of their changes are undone.
    /// - Throws: A ``RunDirectoryError`` when a run cannot be undone now, a ``PlanError`` when the selection does
    ///   not fit or there is nothing to undo, and what reading a plan or a journal throws.
    package init(_ runs: [PastRun], _ selection: UndoSelection = UndoSelection()) throws {
        let runs = Self.newestFirst(runs)
        for run in runs { try Self.check(run) }
        guard let newest = runs.first else {
            throw PlanError(code: .inputEmpty, message: "there is no run to undo")
        }
        if runs.count > 1, selection.rows != nil {
            throw PlanError(
                code: .rowMissing, message: "rows have numbers in one run: undo one run at a time")
        }
        let earlier = try EarlierUndos(of: runs)
        var writer = UndoWriter(try ScratchFile(beside: newest.path))
        var account = UndoAccount()
        if runs.count == 1 {
            try Self.write(newest, earlier, selection, to: &writer, &account)
        } else {
            try Self.write(runs, earlier, selection, to: &writer, &account)
        }
        rows = writer.rows
        let name = runs.map(\.name).joined(separator: ", ")
        guard rows > 0 else {
            throw PlanError(
                code: .inputEmpty,
                message: "there is nothing to undo: " + Self.nothing(name, selection, account))
        }
        headers = account.headers
        lineage = PlanHeader.Lineage(
            .undo,
            zip(runs, account.headers).map { .init(name: $0.name, plan: $1.id) })
        notes = account.notes(runs, earlier, isWhole: selection == UndoSelection())
        input = PlanInput(name: "undo of \(name)", rows: try writer.finish())
    }

    /// Why there is nothing to undo.
    private static func nothing(
        _ name: String, _ selection: UndoSelection, _ account: UndoAccount
    ) -> String {
        let rows = "no \(selection.rows == nil ? "" : "selected ")row of \(name)"
        guard account.updated > 0, let fields = selection.fields else {
            return rows + " ended updated"
        }
        let names = TicketField.allCases.filter(fields.contains).map(\.rawValue)
        return rows + " that ended updated wrote \(names.joined(separator: " or "))"
    }

    /// The runs in the order in which they are undone, each once.
    ///
    /// Times are whole seconds, so a run always comes after those that undo or retry it.
    static func newestFirst(_ runs: [PastRun]) -> [PastRun] {
        let sorted = RunHistory.newestFirst(runs)
        let byName = Dictionary(
            sorted.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        var ordered: [PastRun] = []
        func append(_ run: PastRun) {
            guard seen.insert(FilePath.absolute(run.path)).inserted else { return }
            for later in run.undoneBy + run.retriedBy {
                if let later = byName[later] { append(later) }
            }
            ordered.append(run)
        }
        for run in sorted { append(run) }
        return ordered
    }

    /// Refuses a run that cannot be undone now.
    ///
    /// - Parameter run: The run.
    /// - Throws: A ``RunDirectoryError`` when a process works on it, or when its files are missing.
    package static func check(_ run: PastRun) throws {
        try run.requireEnd(before: "undo")
    }

    private static func write(
        _ run: PastRun, _ earlier: EarlierUndos, _ selection: UndoSelection,
        to writer: inout UndoWriter, _ account: inout UndoAccount
    ) throws {
        let all = newestFirst([run] + earlier.runs + earlier.undone)
        var others = UndoTable(all.map { placed($0, among: [run], all) })
        for (index, other) in all.enumerated() where other != run {
            try add(other, at: index, selection, to: &others)
        }
        let later = (table: others, place: all.firstIndex(of: run) ?? 0)
        var rows = try run.wholeRows()
        account.begin(rows.header)
        if let last = selection.lastRow, last > rows.header.counts.rows {
            throw PlanError(
                code: .rowMissing,
                message: "the run has \(Words.rows(rows.header.counts.rows)), and no row \(last)")
        }
        while let row = try rows.next() {
            let isSelected = selection.takes(row: row.entry.row)
            guard account.counts(row, isSelected: isSelected), let id = row.entry.ticketID else {
                continue
            }
            if let carrier = row.entry.mergedInto {
                let isCarried = selection.takes(row: carrier)
                guard isSelected == isCarried else {
                    // What the first row asks for itself is not in the plan.
                    guard isSelected else { throw shared(carrier, row.entry.row, run) }
                    try write(row.entry, id, later, selection, to: &writer)
                    continue
                }
                continue
            }
            if isSelected { try write(row.entry, id, later, selection, to: &writer) }
        }
        guard rows.isWhole else { throw changed(run) }
    }

    private static func write(
        _ entry: PlanEntry, _ id: String, _ later: (table: UndoTable, place: Int),
        _ selection: UndoSelection,
        to writer: inout UndoWriter
    ) throws {
        let changes = selection.taken(entry.changes)
        if changes.isEmpty, !entry.changes.isEmpty { return }
        let undoing = later.table.undoing(changes, ticket: id, run: later.place)
        try writer.write(
            undoing.changes, refusal: undoing.refusal, ticket: id, row: entry.row, run: nil)
    }

    private static func write(
        _ runs: [PastRun], _ earlier: EarlierUndos, _ selection: UndoSelection,
        to writer: inout UndoWriter, _ account: inout UndoAccount
    ) throws {
        let all = newestFirst(runs + earlier.runs + earlier.undone)
        var table = UndoTable(all.map { placed($0, among: runs, all) })
        for (index, run) in all.enumerated() {
            guard runs.contains(run) else {
                try add(run, at: index, selection, to: &table)
                continue
            }
            try add(
                run, at: index, selection, to: &table, begin: { account.begin($0) },
                counts: { account.counts($0, isSelected: true) })
        }
        for ticket in table.tickets {
            try writer.write(
                ticket.changes, refusal: ticket.refusal, ticket: ticket.id, row: ticket.row,
                run: runs[ticket.run].name)
        }
    }

    /// What a table knows of a run.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - named: The runs that are undone, the newest first.
    ///   - all: The runs in the table.
    /// - Returns: Its place among those that are undone, and which it undid itself.
    private static func placed(
        _ run: PastRun, among named: [PastRun], _ all: [PastRun]
    ) -> UndoTable.Run {
        func undone(by run: PastRun) -> Set<PlanHeader.Lineage.Run> {
            guard let follows = run.follows else { return [] }
            if follows.kind == .undo { return Set(follows.runs) }
            // The retry of an undo goes on with it.
            let retried = all.filter { $0.reference.map(follows.runs.contains) ?? false }
            return Set(
                retried.flatMap { $0.follows?.kind == .undo ? $0.follows?.runs ?? [] : [] })
        }
        let references = undone(by: run)
        let places = all.indices.filter { all[$0].reference.map(references.contains) ?? false }
        return UndoTable.Run(place: named.firstIndex(of: run), undone: Set(places))
    }

    /// Adds what a run changed to a table.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - index: Its place in the table.
    ///   - selection: Which changes are undone.
    ///   - table: The table.
    ///   - begin: Takes the header of the run's plan.
    ///   - counts: Whether the run updated a row.
    /// - Throws: What reading a plan or a journal throws.
    private static func add(
        _ run: PastRun, at index: Int, _ selection: UndoSelection, to table: inout UndoTable,
        begin: (PlanHeader) -> Void = { _ in },
        counts: (RunRows.Row) -> Bool = { $0.outcome.outcome == .updated }
    ) throws {
        var rows = try run.wholeRows()
        begin(rows.header)
        while let row = try rows.next() {
            guard counts(row), row.entry.mergedInto == nil, let id = row.entry.ticketID else {
                continue
            }
            let changes = selection.taken(row.entry.changes)
            if changes.isEmpty { continue }
            table.add(changes, ticket: id, run: index, row: row.entry.row)
        }
        guard rows.isWhole else { throw changed(run) }
    }

    private static func shared(_ first: Int, _ other: Int, _ run: PastRun) -> PlanError {
        PlanError(
            code: .requestShared,
            message:
                "rows \(first) and \(other) went with one request, and the plan does not show what row "
                + "\(first) asked for itself: name both or neither", path: run.files[.plan])
    }

    private static func changed(_ run: PastRun) -> PlanError {
        PlanError(
            code: .rowsChanged,
            message: "the run's plan was changed while it was read: nothing was sent",
            path: run.files[.plan])
    }
}
