/// The number of tickets of each agent and each category.
public struct TicketCounts: Hashable, Sendable {
    /// The number of tickets of one agent or category.
    public struct Count: Hashable, Sendable {
        /// All tickets.
        public var tickets = 0
        /// Tickets that are not resolved.
        public var unresolved = 0

        /// Starts at zero.
        public init() {}

        mutating func add(_ ticket: ListedTicket) {
            tickets += 1
            if ticket.status != "Resolved" { unresolved += 1 }
        }
    }

    /// The counts of each agent, by the agent's id.
    public private(set) var byAgent: [String: Count] = [:]
    /// The counts of each category, by the category's id.
    public private(set) var byCategory: [String: Count] = [:]
    /// The counts of tickets without an assigned agent.
    public private(set) var unassigned = Count()
    /// The counts of tickets without a category.
    public private(set) var uncategorized = Count()

    /// Starts with no tickets.
    public init() {}

    /// Counts a ticket.
    ///
    /// - Parameter ticket: The ticket.
    public mutating func add(_ ticket: ListedTicket) {
        if let agent = ticket.assignedTo {
            byAgent[agent, default: Count()].add(ticket)
        } else {
            unassigned.add(ticket)
        }
        if let category = ticket.categoryID {
            byCategory[category, default: Count()].add(ticket)
        } else {
            uncategorized.add(ticket)
        }
    }
}
