/// One page of the tickets.
public struct TicketPage: Sendable {
    /// The tickets, in the order they came, each id once.
    public var tickets: [Ticket]
    /// How many tickets the query has in all, where the server says it.
    public var total: Int?
    /// How many entries the page had, including those left out.
    ///
    /// The next page starts after these. Fewer entries than the limit mean that this was the last page.
    public var entryCount: Int
    /// The entries that were left out: unreadable ones, and later ones with an id seen before.
    public var problems: [ListingProblem]
    /// The answer as it came.
    public var response: HTTPResponse

    /// Makes a page from its parts.
    public init(
        tickets: [Ticket], total: Int?, entryCount: Int, problems: [ListingProblem] = [],
        response: HTTPResponse
    ) {
        self.tickets = tickets
        self.total = total
        self.entryCount = entryCount
        self.problems = problems
        self.response = response
    }
}
