/// What an update does to a ticket's assignee.
public enum AssigneeChange: Hashable, Sendable {
    /// Assigns the agent with this id. The API takes an id only, never an e-mail.
    case agent(String)
    /// Removes the assignee; `null` on the wire.
    case unassigned

    /// The agent's id, or `nil` for none.
    public var agentID: String? {
        switch self {
        case .agent(let id): id
        case .unassigned: nil
        }
    }
}

/// One `PUT /api/ticket`: the ticket and the fields to write.
///
/// A field that is `nil` is not sent.
public struct TicketUpdate: Hashable, Sendable {
    /// The ticket to change.
    public var ticketID: TicketID
    /// The status to set, or `nil` to leave it.
    public var status: TicketStatus?
    /// The priority to set, or `nil` to leave it.
    public var priority: TicketPriority?
    /// The id of the category to set, or `nil` to leave it.
    public var categoryID: String?
    /// What happens to the assignee, or `nil` to leave it.
    public var assignedTo: AssigneeChange?

    /// Makes an update from its parts.
    public init(
        ticketID: TicketID, status: TicketStatus? = nil, priority: TicketPriority? = nil,
        categoryID: String? = nil, assignedTo: AssigneeChange? = nil
    ) {
        self.ticketID = ticketID
        self.status = status
        self.priority = priority
        self.categoryID = categoryID
        self.assignedTo = assignedTo
    }

    /// How many fields the update writes: the audit messages it causes when all of them differ.
    public var fieldCount: Int {
        (status == nil ? 0 : 1) + (priority == nil ? 0 : 1) + (categoryID == nil ? 0 : 1)
            + (assignedTo == nil ? 0 : 1)
    }
}
