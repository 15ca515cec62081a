import BulkSystem

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The query of `GET /api/tickets`.
///
/// The range is over the creation time (an assumption: it is not documented which time it is).
public struct TicketQuery: Hashable, Sendable {
    /// The most tickets that one page can hold.
    public static let maximumLimit = 100

    /// The range's start, inclusive, in seconds since 1970.
    package var startSecond: Int
    /// The range's end, exclusive, in seconds since 1970.
    package var endSecond: Int
    /// The most tickets on the page, 1 to 100.
    public var limit: Int
    /// How many tickets to skip.
    public var skip: Int
    /// Only these statuses; empty for all.
    public var statuses: [String]
    /// Only tickets of these agents' ids; `Unassigned` means none; empty for all.
    public var assignedTo: [String]
    /// Only these categories' ids; empty for all.
    public var categories: [String]
    /// Only these tags; empty for all.
    public var tags: [String]
    /// Only these satisfaction scores; empty for all.
    public var csatValues: [String]
    /// Only these origins; empty for all.
    public var origins: [String]

    /// The range's start, inclusive, to the second.
    public var start: Date {
        get { Date(secondsSince1970: startSecond) }
        set { startSecond = newValue.secondsSince1970 }
    }
    /// The range's end, exclusive, to the second; at most one year after the start.
    public var end: Date {
        get { Date(secondsSince1970: endSecond) }
        set { endSecond = newValue.secondsSince1970 }
    }

    /// Makes a query from its parts; the times are rounded down to the second.
    public init(
        start: Date, end: Date, limit: Int = TicketQuery.maximumLimit, skip: Int = 0,
        statuses: [String] = [], assignedTo: [String] = [], categories: [String] = [],
        tags: [String] = [], csatValues: [String] = [], origins: [String] = []
    ) {
        self.init(
            start: start.secondsSince1970, end: end.secondsSince1970, limit: limit, skip: skip,
            statuses: statuses, assignedTo: assignedTo, categories: categories, tags: tags,
            csatValues: csatValues, origins: origins)
    }

    /// Makes a query from its parts, with the times in seconds since 1970.
    package init(
        start: Int, end: Int, limit: Int = TicketQuery.maximumLimit, skip: Int = 0,
        statuses: [String] = [], assignedTo: [String] = [], categories: [String] = [],
        tags: [String] = [], csatValues: [String] = [], origins: [String] = []
    ) {
        startSecond = start
        endSecond = end
        self.limit = limit
        self.skip = skip
        self.statuses = statuses
        self.assignedTo = assignedTo
        self.categories = categories
        self.tags = tags
        self.csatValues = csatValues
        self.origins = origins
    }

    /// The query as written in a URL, percent-encoded.
    var encoded: String {
        var items = [
            ("startDate", CivilTime(secondsSince1970: startSecond).iso8601),
            ("endDate", CivilTime(secondsSince1970: endSecond).iso8601),
            ("limit", String(limit)), ("skip", String(skip)),
        ]
        let filters = [
            ("status", statuses), ("assignedTo", assignedTo), ("category", categories),
            ("tags", tags), ("csatValues", csatValues), ("origin", origins),
        ]
        for (name, values) in filters { items += values.map { (name, $0) } }
        return items.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    }
}
