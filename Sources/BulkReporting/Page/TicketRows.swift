package import BulkPlan

/// The rows of each ticket that several rows of a plan are about.
///
/// A plan in which the last row of a ticket counts is edited by whole tickets. So its page must know all rows of a
/// ticket when it lists one of them. The plan is read twice for that: the first reading finds the tickets with several
/// rows, the second one their rows. Tickets are compared by hashes of 64 bits, to save memory. Two tickets with the
/// same hash are very rare; they are then left out together.
package struct TicketRows {
    /// The most rows that are kept.
    private static let mostRows = 50_000

    private var seen: Set<Int> = []
    private var rows: [Int: [Int]] = [:]
    private var count = 0

    /// Begins with no rows.
    package init() {}

    /// Takes the next row of the plan at the first reading.
    package mutating func count(_ entry: PlanEntry) {
        guard let ticket = ticket(of: entry) else { return }
        if !seen.insert(ticket).inserted { rows[ticket] = [] }
    }

    /// Takes the next row of the plan at the second reading.
    package mutating func add(_ entry: PlanEntry) {
        seen = []
        guard let ticket = ticket(of: entry), rows[ticket] != nil else { return }
        count += 1
        if !areTooMany { rows[ticket]!.append(entry.row) }
    }

    /// Whether there are more such rows than are kept, so that no ticket's rows are known.
    var areTooMany: Bool { count > Self.mostRows }

    /// All rows of a row's ticket, in order; `nil` if it is the only one.
    subscript(entry: PlanEntry) -> [Int]? { ticket(of: entry).flatMap { rows[$0] } }

    private func ticket(of entry: PlanEntry) -> Int? {
        entry.takesPart ? entry.ticketID.hashValue : nil
    }
}
