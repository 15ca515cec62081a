#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The current state of one ticket in the sandbox.
public struct TicketState: Hashable, Sendable {
    /// The status.
    public var status: String
    /// 1 to 3, or nil for none.
    public var priority: Int?
    /// The category's id, or nil for none.
    public var category: String?
    /// The agent's id, or nil when no agent is assigned.
    public var assignedTo: String?
    /// The AI's status for the ticket, or nil when the AI never had it.
    public var aiStatus: String?
    /// When it last changed, to the millisecond.
    public var updatedAt: Date
    /// How many PUTs named it since the start or the last reset; 65,535 means this many or more.
    public var requests: Int
}

extension Workspace {
    /// A ticket by its id, from the first organisation that has it.
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
                aiStatus: pool.text(ticket.aiStatus),
                updatedAt: Date(timeIntervalSince1970: Double(ticket.updatedAt) / 1000),
                requests: Int(ticket.requests))
        }
        return nil
    }

    /// The ids of all tickets, in listing order, one organisation after the other.
    public var ticketIDs: [String] { ticketIDs(limit: .max) }

    /// The ids of the first tickets, in listing order, one organisation after the other.
    ///
    /// - Parameter limit: The most ids to return.
    /// - Returns: The ids.
    public func ticketIDs(limit: Int) -> [String] {
        let ids = organisations.lazy.flatMap { organisation in
            organisation.tickets.order.lazy.map { place in
                organisation.text(of: organisation.tickets[Int(place)].key)
            }
        }
        return Array(ids.prefix(max(0, limit)))
    }
}
