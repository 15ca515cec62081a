/// One ticket as it stands in the sandbox.
public struct TicketState: Hashable, Sendable {
    /// The status.
    public var status: String
    /// 1 to 3, or nil for none.
    public var priority: Int?
    /// The category's id, or nil for none.
    public var category: String?
    /// The agent's id, or nil when no agent is assigned.
    public var assignedTo: String?
    /// What the AI does with the ticket, or nil when it never had it.
    public var aiStatus: String?
    /// When it last changed, in milliseconds since 1970.
    public var updatedAt: Int64
    /// How many PUTs named it since the start or the last reset; 65,535 stands for more, too.
    public var requests: Int
}

extension Workspace {
    /// A ticket by its id, in whichever organisation has it first.
    ///
    /// - Parameter id: The ticket's id.
    /// - Returns: The ticket, or nil when there is none.
    public func ticket(_ id: String) -> TicketState? {
        for organisation in organisations {
            guard let place = organisation.place(of: id) else { continue }
            let (ticket, pool) = (organisation.tickets[place], organisation.pool)
            return TicketState(
                status: pool.text(ticket.status) ?? "",
                priority: ticket.priority == 0 ? nil : Int(ticket.priority),
                category: pool.text(ticket.category), assignedTo: pool.text(ticket.assignedTo),
                aiStatus: pool.text(ticket.aiStatus), updatedAt: ticket.updatedAt,
                requests: Int(ticket.requests))
        }
        return nil
    }

    /// The ids of all tickets, in the order of listings, organisation after organisation.
    public var ticketIDs: [String] { ticketIDs(limit: .max) }

    /// The ids of the first tickets, in the order of listings, organisation after organisation.
    ///
    /// - Parameter limit: How many ids to give at most.
    /// - Returns: The ids.
    public func ticketIDs(limit: Int) -> [String] {
        let ids = organisations.lazy.flatMap { organisation in
            organisation.tickets.order.lazy.map { place in
                organisation.text(of: organisation.tickets[Int(place)].key)
            }
        }
        return Array(ids.prefix(limit))
    }
}
