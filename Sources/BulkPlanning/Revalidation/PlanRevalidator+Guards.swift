package import BulkPlan
import BulkSystem

extension PlanRevalidator {
    /// Checks the guards that look at single tickets for a saved plan whose tickets are not read again.
    ///
    /// What the tickets hold is not known then.
    ///
    /// - Parameter plan: The plan.
    /// - Returns: The waivers without which the plan would be refused.
    /// - Throws: A ``PlanError`` about the guard, and what the client throws.
    package func checkUnread(_ plan: PlanFile) async throws -> [PlanHeader.Waiver] {
        guard guards.looksAtTickets else { return [] }
        let names = try await guardNames()
        var state = TicketState(hash: ByteHash())
        _ = try collect(plan, { _ in false }, into: &state.tickets)
        return try check(plan, { _ in false }, nil, names.directory, state)
    }

    /// The agents and categories, as far as guards name any, and how many requests that took.
    func guardNames() async throws -> (directory: NameDirectory, reads: Int) {
        var (agents, categories, reads) = (agents, categories, 0)
        if agents == nil, guards.names(.assignedTo) {
            agents = try await listing.agents()
            reads += 1
        }
        if categories == nil, guards.names(.categoryID) {
            categories = try await listing.categories()
            reads += 1
        }
        return (NameDirectory(agents: agents, categories: categories), reads)
    }

    /// Refuses to send what guards do not allow.
    ///
    /// - Returns: The waivers without which it would be refused.
    func check(
        _ plan: PlanFile, _ isDone: (Int) throws -> Bool, _ revalidation: PlanRevalidation?,
        _ directory: NameDirectory, _ state: borrowing TicketState
    ) throws -> [PlanHeader.Waiver] {
        guard guards.looksAtTickets else { return [] }
        try guards.requireUsable()
        var tally = try GuardTally(guards, directory, state)
        var reader = try PlanReader(plan)
        // The rows of a retry that write different fields of a ticket have requests of their own, and the ticket
        // counts once.
        let isRetry = reader.header.follows?.kind == .retry
        var tickets: [UInt32: (row: Int, changes: [FieldChange])] = [:]
        while var entry = try reader.next() {
            if let revalidation { entry = revalidation.entry(entry) }
            guard entry.disposition == .update, entry.mergedInto == nil, !entry.changes.isEmpty,
                try !isDone(entry.row), let id = entry.ticketID,
                let number = state.tickets.number(of: id)
            else { continue }
            guard !isRetry else {
                let known = tickets[number]
                let fields = Set(known?.changes.map(\.field) ?? [])
                tickets[number] = (
                    known?.row ?? entry.row,
                    (known?.changes ?? []) + entry.changes.filter { !fields.contains($0.field) }
                )
                continue
            }
            let ticket = state.tickets.entries[Int(number)]
            tally.add(
                ChangeTally.Key(entry.changes, before: ticket, state.values), ticket,
                number: number, row: entry.row)
        }
        for (number, known) in tickets.sorted(by: { $0.value.row < $1.value.row }) {
            let ticket = state.tickets.entries[Int(number)]
            tally.add(
                ChangeTally.Key(known.changes, before: ticket, state.values), ticket,
                number: number, row: known.row)
        }
        return try guards.settle(tally.violations(state.tickets))
    }
}
