/// How many tickets a page of the listing has at most, as far as its pages show it.
///
/// By the documentation it is as many as are asked for, 100 at most. But a page of a server that gives fewer
/// would look like the last one. So a page with fewer than 100 tickets is taken for the last one only if an
/// earlier page had more, or if the page after it is empty. Assumption: every server gives at least 10.
package struct PageSize: Hashable, Sendable {
    /// The most tickets on a page.
    package private(set) var most: Int
    /// The fewest tickets that a full page may have.
    package static let fewest = 10
    /// The length of the longest page so far.
    private var longest = 0

    /// Starts with what is asked for.
    ///
    /// - Parameter limit: The number of tickets asked for.
    package init(limit: Int = TicketQuery.maximumLimit) { most = limit }

    /// Notes a page, and tells whether it is the last one.
    ///
    /// - Parameters:
    ///   - entries: The number of entries on the page.
    ///   - hasMore: Whether it is known that the listing has tickets after them.
    /// - Returns: Whether the page is the last one of its window; `nil` if only the page after it can show that.
    package mutating func isLast(_ entries: Int, hasMore: Bool = false) -> Bool? {
        if hasMore { most = max(Self.fewest, min(most, max(entries, longest))) }
        defer { longest = max(longest, entries) }
        if entries >= most { return false }
        return entries < max(longest, Self.fewest) ? true : nil
    }
}
