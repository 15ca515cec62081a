/// The pages of the tickets that a query asks for, read one after the other while they are iterated.
///
///     for try await page in client.pages(TicketQuery(start: lastMonth, end: Date())) {
///         for ticket in page.tickets { print(ticket.id, ticket.status ?? "-") }
///     }
///
/// Each page is one request; another one may be needed to know that a page was the last. Tickets that are created or deleted meanwhile can shift the pages, so a
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
        private var size: PageSize
        private var isFirst = true

        init(client: MavaClient, query: TicketQuery) {
            self.client = client
            self.query = query
            size = PageSize(limit: query.limit)
        }

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
            // A total equal to the page's length may be only the page's count.
            let total = page.total.flatMap { $0 > page.entryCount ? $0 : nil }
            let hasMore = total.map { query.skip < $0 } ?? false
            let isLast = size.isLast(page.entryCount, hasMore: hasMore)
            self.query = isLast == true || total != nil && !hasMore ? nil : query
            defer { isFirst = false }
            // It only shows that the page before was the last.
            return page.entryCount == 0 && !isFirst ? nil : page
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
