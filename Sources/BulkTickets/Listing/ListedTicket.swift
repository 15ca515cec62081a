import BulkSystem
public import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// One ticket as listed by `GET /api/tickets`, with everything that an export can write or a filter can use.
public struct ListedTicket: Hashable, Sendable {
    /// The ticket's identifier.
    public var id: TicketID
    /// The status as listed, such as `Open` or `Spam`.
    public var status: String?
    /// The priority as listed, normally 1, 2 or 3.
    public var priority: Int?
    /// The category's id.
    public var categoryID: String?
    /// The category's name, if the listing has it beside the id.
    public var categoryName: String?
    /// The assigned agent's id; `nil` when no agent is assigned.
    public var assignedTo: String?
    /// The assigned agent's name, if the listing has it beside the id.
    public var assigneeName: String?
    /// The state of the AI's handling, as listed.
    public var aiStatus: String?
    /// When the ticket was created, as written in the listing (ISO 8601).
    public var createdAt: String?
    /// When the ticket last changed, as written in the listing (ISO 8601).
    public var updatedAt: String?
    /// Where the ticket came from, such as `email` or `discord`.
    public var origin: String?
    /// The names of the tags, or the ids of tags without a name.
    public var tags: [String] = []
    /// The ids of the tags, if the listing has them.
    public var tagIDs: [String] = []
    /// The customer's name, or otherwise the e-mail address, or otherwise the id.
    public var customer: String?
    /// The subject.
    ///
    /// Assumption: the documentation does not name this field.
    public var subject: String?
    /// The customer's rating, 1 to 5; `nil` when there is none.
    public var satisfaction: Int?

    /// Makes a ticket that has only an id.
    public init(id: TicketID) { self.id = id }

    /// When the ticket was created; `nil` when it is unknown.
    ///
    /// If the listing does not say, it is the time inside the id.
    public var created: Date? {
        createdMicroseconds.map { Date(microsecondsSince1970: $0) }
    }

    /// When the ticket last changed; `nil` when it is unknown.
    public var updated: Date? {
        updatedMicroseconds.map { Date(microsecondsSince1970: $0) }
    }

    /// ``created`` in microseconds since 1970.
    package var createdMicroseconds: Int64? {
        createdAt.flatMap(microsecondsSince1970)
            ?? id.creationSeconds.map { Int64($0) * 1_000_000 }
    }

    /// ``updated`` in microseconds since 1970.
    package var updatedMicroseconds: Int64? { updatedAt.flatMap(microsecondsSince1970) }

    /// The ticket's page in Mava's dashboard.
    public var link: String { "https://dashboard.mava.app/dashboard/ticket?id=\(id)" }
}

/// One page of tickets as received.
package struct ListedTicketPage: Sendable {
    /// The tickets in the order of the listing.
    package var tickets: [ListedTicket] = []
    /// The number of tickets that the query has in total, if the server says it.
    package var total: Int?

    package init(tickets: [ListedTicket] = [], total: Int? = nil) {
        self.tickets = tickets
        self.total = total
    }
}

/// What an export reads from; an implementation decides how the requests are sent.
package protocol TicketPageSource: Sendable {
    /// Returns one page of tickets.
    func page(_ query: TicketQuery) async throws -> ListedTicketPage
}

/// Mava's own pages.
package struct MavaPages: TicketPageSource {
    private let client: MavaClient

    package init(client: MavaClient) { self.client = client }

    package func page(_ query: TicketQuery) async throws -> ListedTicketPage {
        try await client.tickets(query) { body throws(EntryError) in
            try ListedTicketPage(body: body, skip: query.skip)
        }
    }
}
