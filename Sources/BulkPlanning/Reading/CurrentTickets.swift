package import BulkPlan
import BulkSystem
package import MavaAPI

/// Tickets whose present values are wanted, read together at the least cost in requests.
///
/// Memory grows by some sixty bytes a ticket.
package final class CurrentTickets {
    /// What is known of a ticket.
    package enum Reading: Hashable, Sendable {
        /// The values that updates can write, as the ticket has them.
        case values([TicketField: FieldValue])
        /// The ticket was looked for and does not exist.
        case gone
        /// The ticket cannot be looked for, because its id says nothing about its age.
        case notRead
    }

    private var state = TicketState(hash: ByteHash())
    private let listing: any TicketListing

    /// Reads from Mava.
    ///
    /// - Parameter client: The client to read with.
    package convenience init(client: MavaClient) { self.init(listing: MavaListing(client: client)) }

    /// Reads from any listing of tickets.
    package init(listing: any TicketListing) { self.listing = listing }

    /// Wants a ticket.
    package func add(_ id: String) { state.tickets.add(id) }

    /// Reads the tickets that are wanted.
    ///
    /// - Parameter progress: Called after each page.
    /// - Returns: How many pages were read.
    /// - Throws: What the listing throws.
    package func read(progress: (PlanProgress) -> Void) async throws -> Int {
        try await LiveReader(listing: listing, readsUpdateTimes: false)
            .read(into: &state, progress: progress).reads
    }

    /// What was read of a ticket.
    ///
    /// - Parameter id: Its id.
    /// - Returns: Its values, or why there are none.
    package func reading(of id: String) -> Reading {
        if let current = CurrentTicket(id, in: state) { return .values(current.values) }
        return TicketID(id)?.isObjectID == true ? .gone : .notRead
    }

    /// The agents and categories as they are now.
    ///
    /// - Parameters:
    ///   - agents: Whether agents are to be read.
    ///   - categories: Whether categories are to be read.
    /// - Returns: Their names; none of a kind that is not to be read.
    /// - Throws: What the listing throws.
    package func names(agents: Bool, categories: Bool) async throws -> NameDirectory {
        NameDirectory(
            agents: agents ? try await listing.agents() : nil,
            categories: categories ? try await listing.categories() : nil)
    }
}
