internal import BulkPlan

/// What several runs together did to each ticket.
///
/// The runs are added one after another, the newest first. For each field, the newest run says what the ticket must
/// hold now, and the oldest one says what it is to hold again. In between, each run has to have found what the run
/// before it wrote.
struct UndoTable {
    /// What the runs did to one ticket.
    struct Ticket: Hashable {
        let id: String
        /// The newest run that changed the ticket, by its place among the runs.
        let run: Int
        /// The row of that run.
        let row: Int
        /// What is to be put back, and what must be there now.
        fileprivate(set) var changes: [FieldChange]
        /// The first field that something else changed between the runs.
        fileprivate(set) var changedBetween: TicketField?

        /// Why it cannot be put back; `nil` when it can.
        var refusal: UndoRefusal? {
            changedBetween.map { .changedBetween($0) } ?? UndoRefusal(changes)
        }
    }

    /// The tickets in the order in which they were added.
    private(set) var tickets: [Ticket] = []
    private var places: [String: Int] = [:]

    /// Adds what one request of a run changed; requests of newer runs come first.
    mutating func add(_ changes: [FieldChange], ticket id: String, run: Int, row: Int) {
        guard let place = places[id] else {
            places[id] = tickets.count
            tickets.append(Ticket(id: id, run: run, row: row, changes: changes))
            return
        }
        for change in changes { tickets[place].add(older: change) }
    }
}

extension UndoTable.Ticket {
    /// Adds what an older run changed.
    fileprivate mutating func add(older change: FieldChange) {
        guard let index = changes.firstIndex(where: { $0.field == change.field }) else {
            changes.append(change)
            return
        }
        // What was not read by the newer run cannot be compared, and the older run knows no better.
        guard let between = changes[index].before else { return }
        if between == change.after {
            changes[index].before = change.before
        } else {
            changedBetween = changedBetween ?? change.field
        }
    }
}
