/// What is to become of one record of the input.
public enum Disposition: String, CaseIterable, Hashable, Sendable {
    /// Its ticket differs from what is asked: one request (shared with the rows merged into it).
    case update
    /// Its ticket already holds what is asked: no request.
    case unchanged
    /// It cannot be understood, or names something that does not exist: no request.
    case invalid
    /// A precondition is not met, or the ticket changed since the plan was approved: no request.
    case conflict
    /// It would assign a ticket that the AI is handling, or that was not found and may be handled by it: no
    /// request unless that is allowed.
    case held
}

/// What a ticket must hold when its request is sent, as the input's `expect…` columns say.
public struct PlanExpectation: Hashable, Sendable {
    /// The fields and the values expected.
    public var values: [TicketField: FieldValue] = [:]
    /// When the ticket is to have changed last (RFC 3339), as precisely as it is to be compared; `nil` for any
    /// time.
    public var updatedAt: String?

    /// Expects nothing.
    public init() {}
}

/// One line of a plan: one record of the input, and what is to become of it.
public struct PlanEntry: Hashable, Sendable {
    /// The record's number in the input: 1 is the first one after the header.
    public var row: Int
    /// The line on which the record starts in the input: 1 is the file's first.
    public var line: Int
    /// The ticket's id as written; `nil` where the record has none that can be read.
    public var ticketID: String?
    /// What is to become of the record.
    public var disposition: Disposition
    /// The fields that differ.
    ///
    /// Of the first row of a merged group: all that its request writes.
    public var changes: [FieldChange]
    /// The row whose request also carries this row's changes; `nil` where the row has its own.
    public var mergedInto: Int?
    /// What the ticket must hold for the request to be sent; `nil` where nothing is expected.
    ///
    /// Of the first row of a merged group: what all of its rows expect.
    public var expectation: PlanExpectation?
    /// Whether the ticket was not read, so that the changes are sent without knowing what differs.
    public var isUndiffed: Bool
    /// Why the record is invalid, in conflict or held; `nil` otherwise.
    public var issue: RowIssue?
    /// The record's values as written, one for each of the plan's columns, where a report or a file
    /// of rows to correct needs them; `nil` where nothing beyond the ticket's id is needed.
    ///
    /// Of a record that cannot be read: its text and, where it is not UTF-8, its bytes in hexadecimal.
    public var cells: [String]?

    /// How the values of a JSON record are written, one for each of ``cells``; `nil` where all are strings, or
    /// fields of CSV.
    public var forms: [CellForm]?

    /// How one value of a JSON record is written.
    public enum CellForm: String, CaseIterable, Hashable, Sendable {
        /// A string.
        case string = "s"
        /// A number, `true`, `false`, an object or an array: its text as written.
        case json = "j"
        /// `null`.
        case null = "n"
        /// The record has no such key.
        case absent = "a"
    }

    /// Makes an entry from its parts.
    public init(
        row: Int, line: Int, ticketID: String?, disposition: Disposition,
        changes: [FieldChange] = [], mergedInto: Int? = nil, isUndiffed: Bool = false,
        issue: RowIssue? = nil, cells: [String]? = nil
    ) {
        self.row = row
        self.line = line
        self.ticketID = ticketID
        self.disposition = disposition
        self.changes = changes
        self.mergedInto = mergedInto
        self.isUndiffed = isUndiffed
        self.issue = issue
        self.cells = cells
    }

    /// Whether the entry sends a request of its own.
    public var sendsRequest: Bool { disposition == .update && mergedInto == nil }
}
