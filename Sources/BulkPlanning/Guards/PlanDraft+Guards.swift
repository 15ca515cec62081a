import BulkPlan

extension PlanDraft {
    /// The guards that the plan exceeds: it changes tickets which they keep, or more of them than rules allow.
    ///
    /// To be called when the rows were decided.
    ///
    /// - Parameters:
    ///   - guards: The guards.
    ///   - directory: The agents and categories there are.
    /// - Returns: The guards, waived or not.
    /// - Throws: A ``PlanError`` when a guard names an agent or a category that does not exist.
    func violations(
        _ guards: PlanGuards, _ directory: NameDirectory
    ) throws(PlanError) -> [GuardViolation] {
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
        return tally.violations(state.tickets)
    }
}
