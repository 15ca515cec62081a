import BulkPlan
public import MavaAPI

/// A column of an export.
public enum ExportColumn: String, CaseIterable, Hashable, Sendable {
    /// The ticket's id.
    case ticketID = "ticketId"
    /// The status.
    case status
    /// The priority.
    case priority
    /// The category's id.
    case categoryID = "categoryId"
    /// The category's name.
    case category
    /// The assigned agent's id.
    case assignedTo
    /// The assigned agent's name.
    case assignee
    /// When the ticket was created.
    case createdAt
    /// When the ticket last changed.
    case updatedAt
    /// The state of the AI's handling.
    case aiStatus
    /// Where the ticket came from.
    case origin
    /// The names of the tags.
    case tags
    /// The customer's name.
    case customer
    /// The subject.
    case subject
    /// The customer's rating.
    case csat
    /// The ticket's page in the dashboard.
    case link

    /// The columns of an export that names none.
    public static let usual: [ExportColumn] = [
        .ticketID, .status, .priority, .categoryID, .category, .assignedTo, .assignee, .aiStatus,
        .origin, .tags, .createdAt, .updatedAt, .subject,
    ]

    /// The columns of an export with wanted values that names none, beside those.
    public static let usualBesideWanted: [ExportColumn] = [
        .ticketID, .category, .assignee, .origin, .tags, .createdAt, .subject,
    ]

    /// The column of a name, matched without case, spaces, `_` and `-`; `nil` for any other name.
    ///
    /// - Parameter name: The name as written.
    public init?(name: String) {
        let plain = ColumnRole.plain(name)
        let all = Self.allCases
        guard let column = all.first(where: { ColumnRole.plain($0.rawValue) == plain }) else {
            return nil
        }
        self = column
    }
}

/// How an export is written.
public enum ExportFormat: String, CaseIterable, Hashable, Sendable {
    /// CSV with a header.
    case csv
    /// JSON Lines: one object for each ticket.
    case jsonLines = "jsonl"
}

/// What an export reads, and how it is written.
public struct ExportOptions: Sendable {
    /// Which tickets.
    public var filter = TicketFilter()
    /// Which columns, in this order; `nil` for the usual ones.
    public var columns: [ExportColumn]?
    /// How they are written.
    public var format = ExportFormat.csv
    /// The byte between two cells of CSV.
    public var delimiter = UInt8(ascii: ",")
    /// Whether CSV begins with a byte order mark, by which spreadsheets recognize UTF-8.
    public var hasMark = false
    /// What every ticket is to hold; `nil` for an export of what they hold.
    public var wanted: WantedValues?
    /// At most this many tickets, the first ones found; `nil` for all.
    public var limit: Int?
    /// Only a random sample of this many tickets; `nil` for all.
    public var sample: Int?
    /// Selects one of the possible samples.
    public var seed: UInt64 = 1

    /// Starts with every ticket as CSV in the usual columns.
    public init() {}
}

/// The values that every exported ticket is to hold.
///
/// An export with wanted values writes them as requests, beside preconditions from the state just seen. A ticket that
/// holds all of them already is left out.
public struct WantedValues: Hashable, Sendable {
    /// The status.
    public var status: TicketStatus?
    /// The priority.
    public var priority: TicketPriority?
    /// The category's id.
    public var categoryID: String?
    /// The agent.
    public var assignee: AssigneeChange?

    /// Makes values that ask for nothing.
    public init() {}

    /// Whether nothing is asked for.
    public var isEmpty: Bool {
        status == nil && priority == nil && categoryID == nil && assignee == nil
    }

    /// Whether a ticket holds all of the values.
    ///
    /// - Parameter ticket: The ticket.
    /// - Returns: Whether an update would change nothing.
    public func isHeld(by ticket: ListedTicket) -> Bool {
        if let status, ticket.status != status.rawValue { return false }
        if let priority, ticket.priority != priority.rawValue { return false }
        if let categoryID, ticket.categoryID != categoryID { return false }
        if let assignee, ticket.assignedTo != assignee.agentID { return false }
        return true
    }
}
