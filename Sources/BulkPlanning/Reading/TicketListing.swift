package import MavaAPI

/// One page of the listing to ask for.
package struct TicketWindow: Hashable, Sendable {
    /// The first second of the creation times asked for, since 1970.
    package var start: Int64
    /// The second after the last.
    package var end: Int64
    /// How many tickets of the window to skip.
    package var skip: Int
    /// How many tickets to list at most.
    package var limit: Int

    package init(start: Int64, end: Int64, skip: Int, limit: Int) {
        self.start = start
        self.end = end
        self.skip = skip
        self.limit = limit
    }
}

/// What planning reads from Mava: the seam between what it asks and how that travels.
///
/// Pacing, retries and the key belong to the implementation.
package protocol TicketListing: Sendable {
    /// One page of the tickets created in a window.
    func tickets(in window: TicketWindow) async throws -> ListedPage
    /// All agents that are not archived.
    func agents() async throws -> [Agent]
    /// All active categories.
    func categories() async throws -> [MavaAPI.Category]
}

/// One page of the listing as it came.
package struct ListedPage: Sendable {
    /// The tickets in the order of the listing.
    package var tickets: [Ticket]
    /// How many entries the page has, those that cannot be read included.
    package var entries: Int
    /// How many tickets the listing says the window holds; `nil` where it does not say.
    package var total: Int?
    /// The tickets on the page that have a field in an unexpected form, and what is wrong with each.
    package var unreadable: [(id: TicketID, message: String)]

    package init(
        tickets: [Ticket], entries: Int, total: Int?,
        unreadable: [(id: TicketID, message: String)] = []
    ) {
        self.tickets = tickets
        self.entries = entries
        self.total = total
        self.unreadable = unreadable
    }
}

/// Mava's own listing.
struct MavaListing: TicketListing {
    let client: MavaClient

    func tickets(in window: TicketWindow) async throws -> ListedPage {
        let page = try await client.tickets(
            TicketQuery(
                start: Int(window.start), end: Int(window.end), limit: window.limit,
                skip: window.skip))
        // A later entry of a ticket that was read is a problem as well, but not one with the ticket.
        let read = page.problems.isEmpty ? [] : Set(page.tickets.map(\.id))
        let unreadable = page.problems.compactMap { problem in
            problem.id.flatMap(TicketID.init).map { (id: $0, message: problem.message) }
        }
        return ListedPage(
            tickets: page.tickets, entries: page.entryCount, total: page.total,
            unreadable: unreadable.filter { !read.contains($0.id) })
    }

    func agents() async throws -> [Agent] { try await client.agents().elements }

    func categories() async throws -> [MavaAPI.Category] {
        try await client.categories().elements
    }
}
