import BulkPlan

extension PlanDraft {
    /// Refuses a plan that changes tickets which guards keep, or more of them than rules allow.
    ///
    /// To be called when the rows were decided.
    ///
    /// - Parameters:
    ///   - guards: The guards.
    ///   - directory: The agents and categories there are.
    /// - Returns: The waivers without which the plan would be refused.
    /// - Throws: A ``PlanError`` about the guard.
    func check(
        _ guards: PlanGuards, _ directory: NameDirectory
    ) throws(PlanError) -> [PlanHeader.Waiver] {
        guard guards.looksAtTickets else { return [] }
        var tally = try GuardTally(guards, directory, state)
        for index in 0..<rows.count where rows[index].disposition == .update {
            let row = rows[index]
            let ticket = state.tickets.entries[Int(row.ticket)]
            var change = ChangeTally.Key(row: row, before: ticket)
            if ticket.group > 0 {
                let group = groups[Int(ticket.group) - 1]
                // The other rows share the request of this one.
                guard Int(group.carrier) == index + 1 else { continue }
                change = ChangeTally.Key(group: group, before: ticket)
            }
            tally.add(change, ticket, number: row.ticket, row: index + 1)
        }
        return try tally.check(state.tickets)
    }
}
