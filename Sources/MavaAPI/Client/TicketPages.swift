/// The pages of the tickets that a query asks for, read one after the other while they are iterated.
///
///     for try await page in client.pages(TicketQuery(start: lastMonth, end: Date())) {
///         for ticket in page.tickets { print(ticket.id, ticket.status ?? "-") }
///     }
///
/// Each page is one request. Tickets that are created or deleted meanwhile can shift the pages, so a
/// ticket may come twice or not at all.
public struct TicketPages: AsyncSequence, Sendable {
    /// One page, as one request reads it.
    public typealias Element = TicketPage

    let client: MavaClient
    let query: TicketQuery

    /// Reads the pages.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let client: MavaClient
        /// The next page; `nil` after the last one.
        var query: TicketQuery?

        /// Reads the next page.
        ///
        /// - Returns: The page; `nil` after the last one.
        /// - Throws: A ``ClientError`` when no page came.
        public mutating func next() async throws -> TicketPage? {
            try await next(isolation: nil)
        }

        /// Reads the next page.
        ///
        /// - Parameter actor: The actor that iterates.
        /// - Returns: The page; `nil` after the last one.
        /// - Throws: A ``ClientError`` when no page came.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ClientError) -> TicketPage? {
            guard var query else { return nil }
            let page = try await client.tickets(query)
            query.skip += page.entryCount
            let isLast =
                page.entryCount == 0 || page.entryCount < query.limit
                || page.total.map { query.skip >= $0 } ?? false
            self.query = isLast ? nil : query
            return page
        }
    }

    /// Starts at the query's own page.
    ///
    /// - Returns: The iterator.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(client: client, query: query)
    }
}

extension MavaClient {
    /// All pages of a query, from its own `skip` on.
    ///
    /// - Parameter query: The range, the size of a page and the filters.
    /// - Returns: The pages, each read when it is asked for.
    public func pages(_ query: TicketQuery) -> TicketPages {
        TicketPages(client: self, query: query)
    }
}
