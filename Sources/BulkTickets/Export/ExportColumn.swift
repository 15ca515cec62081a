import BulkPlan
public import MavaAPI

/// A column of an export.
public enum ExportColumn: String, CaseIterable, Hashable, Sendable {
    /// The ticket's id.
    case ticketID = "ticketId"
    /// The status, as a request; blank for one that no plan takes.
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
    /// The status as listed, whatever it is; no request.
    case currentStatus

    /// The columns of an export if none are named.
    public static let usual: [ExportColumn] = [
        .ticketID, .status, .priority, .categoryID, .category, .assignedTo, .assignee, .aiStatus,
        .origin, .tags, .createdAt, .updatedAt, .subject,
    ]

    /// The columns beside the wanted values if none are named.
    public static let usualBesideWanted: [ExportColumn] = [
        .ticketID, .category, .assignee, .origin, .tags, .createdAt, .subject,
    ]

    /// Finds the column with a name, ignoring case, spaces, `_` and `-`; `nil` for any other name.
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

/// The format of an export.
public enum ExportFormat: String, CaseIterable, Hashable, Sendable {
    /// CSV with a header.
    case csv
    /// JSON Lines: one object for each ticket.
    case jsonLines = "jsonl"
}

/// What an export reads, and how it is written.
public struct ExportOptions: Sendable {
    /// The tickets to export.
    public var filter = TicketFilter()
    /// The columns, in this order; `nil` for the usual ones.
    public var columns: [ExportColumn]?
    /// The format.
    public var format = ExportFormat.csv
    /// The byte between two cells of CSV.
    public var delimiter = UInt8(ascii: ",")
    /// Whether CSV starts with a byte order mark, by which spreadsheets recognize UTF-8.
    public var hasMark = false
    /// The wanted values of every ticket; `nil` for an export of the current values.
    public var wanted: WantedValues?
    /// The most tickets to export, the first ones found; `nil` for all.
    public var limit: Int?
    /// The size of a random sample of tickets; `nil` for all tickets.
    public var sample: Int?
    /// Selects one of the possible samples.
    public var seed: UInt64 = 1

    /// Starts with every ticket as CSV in the usual columns.
    public init() {}
}

/// The values that every exported ticket should have.
///
/// An export with wanted values writes them as requests. It also writes preconditions from the state that was
/// just read. A ticket that has all wanted values already is left out.
public struct WantedValues: Hashable, Sendable {
    /// The status.
    public var status: TicketStatus?
    /// The priority.
    public var priority: TicketPriority?
    /// The category's id.
    public var categoryID: String?
    /// The agent.
    public var assignee: AssigneeChange?

    /// Makes an empty set of values.
    public init() {}

    /// Whether there are no wanted values.
    public var isEmpty: Bool {
        status == nil && priority == nil && categoryID == nil && assignee == nil
    }

    /// Whether a ticket already has all of the values.
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
