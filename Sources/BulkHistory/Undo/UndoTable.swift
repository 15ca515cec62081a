internal import BulkPlan

/// What several runs did to each ticket, and what the tickets would hold without some of them.
///
/// The runs to be undone are in it, their earlier undos, and what those undid beside. For each field of a ticket, the
/// writes are taken in their order. What the ticket held is followed, and beside it what it would hold if the runs to
/// be undone had not been: that is put back.
struct UndoTable {
    /// A run that is in the table.
    struct Run: Hashable {
        /// Its place among the runs to be undone; `nil` for another one.
        var place: Int?
        /// The runs that it undid, by their places in the table; none for a run that is no undo.
        var undone: Set<Int> = []
    }

    /// What is to be undone of one ticket.
    struct Ticket: Hashable {
        let id: String
        /// The newest run that changed the ticket, by its place among the runs to be undone.
        let run: Int
        /// The row of that run.
        let row: Int
        /// What is to be put back, and what must be there now.
        let changes: [FieldChange]
        /// The first field that something else changed between the runs.
        fileprivate let changedBetween: TicketField?

        /// Why it cannot be put back; `nil` when it can.
        var refusal: UndoRefusal? {
            changedBetween.map { .changedBetween($0) } ?? UndoRefusal(changes)
        }
    }

    private struct Write {
        var run: Int
        var change: FieldChange
    }

    /// A ticket's writes, the newest first.
    private struct Entry {
        let id: String
        var newest: (run: Int, row: Int)?
        var writes: [Write] = []
    }

    private let runs: [Run]
    private var all: [Entry] = []
    private var places: [String: Int] = [:]

    /// Starts without tickets.
    ///
    /// - Parameter runs: The runs, the newest first.
    init(_ runs: [Run]) { self.runs = runs }

    /// The tickets that the runs to be undone changed, in the order in which they were added.
    var tickets: [Ticket] {
        all.compactMap { entry in
            guard let newest = entry.newest else { return nil }
            let (changes, changedBetween) = undone(entry.writes)
            return Ticket(
                id: entry.id, run: newest.run, row: newest.row, changes: changes,
                changedBetween: changedBetween)
        }
    }

    /// Adds what one request of a run changed; requests of newer runs come first.
    ///
    /// - Parameters:
    ///   - changes: What it changed.
    ///   - id: The ticket's id.
    ///   - run: The run's place in the table.
    ///   - row: The run's row.
    mutating func add(_ changes: [FieldChange], ticket id: String, run: Int, row: Int) {
        let place = places[id] ?? all.count
        if place == all.count {
            places[id] = place
            all.append(Entry(id: id))
        }
        if let named = runs[run].place, all[place].newest == nil {
            all[place].newest = (named, row)
        }
        for change in changes {
            let last = all[place].writes.lastIndex { $0.change.field == change.field }
            if let last, all[place].writes[last].run == run {
                // One reading of the ticket came before all requests of a run.
                all[place].writes[last].change.after = change.after
            } else {
                all[place].writes.append(Write(run: run, change: change))
            }
        }
    }

    /// What is to be undone of one request of a run that is not added.
    ///
    /// - Parameters:
    ///   - changes: What the request changed.
    ///   - id: The ticket's id.
    ///   - run: The run's place in the table.
    /// - Returns: The changes with what must be there now, and why they cannot be put back.
    func undoing(
        _ changes: [FieldChange], ticket id: String, run: Int
    ) -> (changes: [FieldChange], refusal: UndoRefusal?) {
        guard let place = places[id], !changes.isEmpty else {
            return (changes, UndoRefusal(changes))
        }
        var writes = all[place].writes
        writes.insert(
            contentsOf: changes.map { Write(run: run, change: $0) },
            at: writes.firstIndex { $0.run > run } ?? writes.count)
        let (changes, changedBetween) = undone(writes)
        return (changes, changedBetween.map { .changedBetween($0) } ?? UndoRefusal(changes))
    }

    // MARK: One ticket

    /// What is to be undone of a ticket, and the first field that something else changed between the runs.
    private func undone(_ writes: [Write]) -> (changes: [FieldChange], changedBetween: TicketField?)
    {
        let asked = Set(writes.filter { runs[$0.run].place != nil }.map(\.change.field))
        var fields: [TicketField] = []
        for write in writes where asked.contains(write.change.field) {
            if !fields.contains(write.change.field) { fields.append(write.change.field) }
        }
        var changedBetween: TicketField?
        let changes = fields.compactMap { field in
            let change = undone(field, writes)
            if change?.isChangedBetween == true { changedBetween = changedBetween ?? field }
            return change?.change
        }
        return (changes, changedBetween)
    }

    private func undone(
        _ field: TicketField, _ writes: [Write]
    ) -> (change: FieldChange, isChangedBetween: Bool)? {
        // What the ticket holds, and what it would hold without the runs to be undone; `nil` for what is not known.
        var (held, wanted): (FieldValue?, FieldValue?)
        // Both, before each run.
        var found: [(run: Int, held: FieldValue?, wanted: FieldValue?)] = []
        var isChangedBetween = false
        for write in writes.reversed() where write.change.field == field {
            let (before, after) = (write.change.before, write.change.after)
            if found.isEmpty {
                (held, wanted) = (before, before)
            } else if let before, before != held {
                // Something else changed it. Where nothing was left to be undone, that is what is to be kept.
                if wanted == held { wanted = before } else { isChangedBetween = true }
                held = before
            }
            found.append((write.run, held, wanted))
            let run = runs[write.run]
            if run.place != nil {
                if before == nil { wanted = nil }
            } else if let oldest = found.first(where: { run.undone.contains($0.run) }),
                oldest.held == after
            {
                // An undo brings back what was there before the oldest run that it undid.
                wanted = oldest.wanted
            } else {
                wanted = after
            }
            held = after
            // Nothing is left to be undone where another run wrote what is wanted.
            if run.place == nil, wanted == held { isChangedBetween = false }
        }
        return held.map {
            (FieldChange(field: field, before: wanted, after: $0), isChangedBetween)
        }
    }
}
