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
/// Pacing, retries and the key are the business of whoever implements it.
package protocol TicketListing: Sendable {
    /// One page of the tickets created in a window, and how many the window holds where that is said.
    func tickets(in window: TicketWindow) async throws -> (tickets: [Ticket], total: Int?)
    /// All agents that are not archived.
    func agents() async throws -> [Agent]
    /// All active categories.
    func categories() async throws -> [MavaAPI.Category]
}
