package import BulkPlan
package import MavaAPI

extension TicketUpdate {
    /// Makes the update that a plan entry sends.
    ///
    /// The result is `nil` when the entry holds a value that no update can carry. A plan made by this program
    /// never holds one.
    ///
    /// - Parameter entry: An entry that sends a request.
    package init?(_ entry: PlanEntry) {
        guard let id = entry.ticketID.flatMap(TicketID.init), !entry.changes.isEmpty else {
            return nil
        }
        self.init(ticketID: id)
        for change in entry.changes {
            switch (change.field, change.after) {
            case (.status, .text(let text)):
                guard let status = TicketStatus(rawValue: text) else { return nil }
                self.status = status
            case (.priority, .number(let number)):
                guard let priority = TicketPriority(rawValue: number) else { return nil }
                self.priority = priority
            case (.categoryID, .text(let id)): categoryID = id
            case (.assignedTo, .text(let id)): assignedTo = .agent(id)
            case (.assignedTo, .null): assignedTo = .unassigned
            case (.status, _), (.priority, _), (.categoryID, _), (.assignedTo, _): return nil
            }
        }
    }
}
