/// One entry of a listing that could not be taken as it is.
public struct ListingProblem: Hashable, Sendable {
    /// The entry's place in the answer, from 0.
    public var index: Int
    /// The entry's id, where it has one that can be read.
    public var id: String?
    /// What is wrong with it, in words.
    public var message: String

    /// Makes a problem from its parts.
    public init(index: Int, id: String?, message: String) {
        self.index = index
        self.id = id
        self.message = message
    }
}

/// A whole listing in one answer: the agents or the categories.
public struct Listing<Element: Sendable>: Sendable {
    /// The entries, in the order they came, each id once.
    public var elements: [Element]
    /// The entries that could not be taken: unreadable ones, and later ones with an id seen before.
    public var problems: [ListingProblem]
    /// The answer as it came.
    public var response: HTTPResponse

    /// Makes a listing from its parts.
    public init(elements: [Element], problems: [ListingProblem] = [], response: HTTPResponse) {
        self.elements = elements
        self.problems = problems
        self.response = response
    }
}

/// One page of the tickets.
public struct TicketPage: Sendable {
    /// The tickets, in the order they came, each id once.
    public var tickets: [Ticket]
    /// How many tickets the query has in all, where the server says it.
    public var total: Int?
    /// How many entries the page had, the ones that could not be taken included.
    ///
    /// The next page starts after these; fewer than the limit means that this was the last.
    public var entryCount: Int
    /// The entries that could not be taken: unreadable ones, and later ones with an id seen before.
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
