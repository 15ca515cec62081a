internal import BulkPlan

/// What several runs together did to each ticket.
///
/// The runs are added one after another, the newest first. For each field, the newest run says what the ticket must
/// hold now, and the oldest one says what it is to hold again. In between, each run has to have found what the run
/// before it wrote.
///
/// Earlier undos of the runs are added too, so that what they put back is no change by something else. Only what the
/// runs themselves changed is undone.
struct UndoTable {
    /// What the runs did to one ticket.
    struct Ticket: Hashable {
        let id: String
        /// The newest run that changed the ticket, by its place among the runs; `nil` as long as only earlier undos
        /// did.
        fileprivate(set) var run: Int?
        /// The row of that run.
        fileprivate(set) var row: Int
        /// What is to be put back, and what must be there now.
        fileprivate(set) var changes: [FieldChange]
        /// The fields that something else changed between the runs.
        fileprivate(set) var changedBetween: [TicketField] = []
        /// The fields that an earlier undo changed last.
        fileprivate var putBack: Set<TicketField> = []
        /// The fields that the runs changed.
        fileprivate var asked: Set<TicketField> = []

        /// Why it cannot be put back; `nil` when it can.
        var refusal: UndoRefusal? {
            changedBetween.first.map { .changedBetween($0) } ?? UndoRefusal(changes)
        }

        /// The ticket with only the fields that the runs changed.
        fileprivate var asAsked: Ticket {
            var ticket = self
            ticket.changes.removeAll { !asked.contains($0.field) }
            ticket.changedBetween.removeAll { !asked.contains($0) }
            return ticket
        }
    }

    private var all: [Ticket] = []
    private var places: [String: Int] = [:]

    /// The tickets that the runs changed, in the order in which they were added.
    var tickets: [Ticket] { all.filter { $0.run != nil }.map(\.asAsked) }

    /// Adds what one request of a run changed; requests of newer runs come first.
    ///
    /// - Parameters:
    ///   - changes: What it changed.
    ///   - id: The ticket's id.
    ///   - run: The run's place among the runs; `nil` for an earlier undo of the runs.
    ///   - row: The run's row.
    mutating func add(_ changes: [FieldChange], ticket id: String, run: Int?, row: Int) {
        let place = places[id] ?? all.count
        if place == all.count {
            places[id] = place
            all.append(Ticket(id: id, run: nil, row: row, changes: []))
        }
        all[place].add(older: changes, run: run, row: row)
    }

    /// What is to be undone of one request of a run that is older than all that was added.
    ///
    /// - Parameters:
    ///   - changes: What the request changed.
    ///   - id: The ticket's id.
    /// - Returns: The changes with what must be there now, and why they cannot be put back.
    func undoing(
        _ changes: [FieldChange], ticket id: String
    ) -> (changes: [FieldChange], refusal: UndoRefusal?) {
        guard let place = places[id], !changes.isEmpty else {
            return (changes, UndoRefusal(changes))
        }
        var ticket = all[place]
        ticket.add(older: changes, run: 0, row: 0)
        let asked = ticket.asAsked
        return (asked.changes, asked.refusal)
    }
}

extension UndoTable.Ticket {
    /// Adds what a request of an older run changed.
    fileprivate mutating func add(older changes: [FieldChange], run: Int?, row: Int) {
        if let run, self.run == nil { (self.run, self.row) = (run, row) }
        for change in changes {
            if run != nil { asked.insert(change.field) }
            add(older: change, isUndo: run == nil)
        }
    }

    private mutating func add(older change: FieldChange, isUndo: Bool) {
        guard let index = changes.firstIndex(where: { $0.field == change.field }) else {
            changes.append(change)
            if isUndo { putBack.insert(change.field) }
            return
        }
        // What was not read by the newer run cannot be compared, and the older run knows no better.
        guard let between = changes[index].before else { return }
        let isBack = putBack.contains(change.field) && changes[index].after == change.before
        if between == change.after || isBack {
            changes[index].before = change.before
        } else if !changedBetween.contains(change.field) {
            changedBetween.append(change.field)
        }
    }
}
