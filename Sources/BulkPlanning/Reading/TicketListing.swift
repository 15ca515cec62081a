package import MavaAPI

/// The request for one page of the listing.
package struct TicketWindow: Hashable, Sendable {
    /// The first second of the requested creation times, since 1970.
    package var start: Int64
    /// The second after the last one.
    package var end: Int64
    /// The number of the window's tickets to skip.
    package var skip: Int
    /// The most tickets to list.
    package var limit: Int

    package init(start: Int64, end: Int64, skip: Int, limit: Int) {
        self.start = start
        self.end = end
        self.skip = skip
        self.limit = limit
    }
}

/// What planning reads from Mava; an implementation decides how the requests are sent.
///
/// Pacing, retries and the key belong to the implementation.
package protocol TicketListing: Sendable {
    /// Returns one page of the tickets created in a window.
    func tickets(in window: TicketWindow) async throws -> ListedPage
    /// Returns all agents that are not archived.
    func agents() async throws -> [Agent]
    /// Returns all active categories.
    func categories() async throws -> [MavaAPI.Category]
}

/// One page of the listing as received.
package struct ListedPage: Sendable {
    /// The tickets in the order of the listing.
    package var tickets: [Ticket]
    /// The number of entries on the page, including unreadable ones.
    package var entries: Int
    /// The number of tickets in the window by the listing; `nil` if it does not say.
    package var total: Int?
    /// Tickets on the page that have a field in an unexpected form, with a message for each.
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
        // A later entry of a ticket that was already read is a problem of the page, not of that ticket.
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
