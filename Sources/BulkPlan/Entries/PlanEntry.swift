/// What the plan does with one record of the input.
public enum Disposition: String, CaseIterable, Hashable, Sendable {
    /// The ticket differs from the request: one update, shared with the rows merged into it.
    case update
    /// The ticket already has the requested values: no update is sent.
    case unchanged
    /// The record cannot be understood or names something that does not exist: no update is sent.
    case invalid
    /// A precondition is not met, or the ticket changed after the plan was approved: no update is
    /// sent.
    case conflict
    /// The row would assign a ticket that the AI is handling, or may be handling because it was not
    /// found.
    ///
    /// No update is sent unless that is allowed.
    case held
    /// A selection leaves the row out: no update is sent.
    case excluded
}

/// What a ticket must hold when its update is sent, from the input's `expect…` columns.
public struct PlanExpectation: Hashable, Sendable {
    /// The expected fields and values.
    public var values: [TicketField: FieldValue] = [:]
    /// When the ticket must have changed last (RFC 3339); `nil` for any time.
    ///
    /// The comparison is as precise as this text.
    public var updatedAt: String?

    /// Expects nothing.
    public init() {}
}

/// One line of a plan: a record of the input and its disposition.
public struct PlanEntry: Hashable, Sendable {
    /// The record's number in the input; the first one after the header is 1.
    public var row: Int
    /// The line on which the record starts in the input; the file's first line is 1.
    public var line: Int
    /// The ticket's id as written; `nil` if the record has no readable id.
    public var ticketID: String?
    /// What the plan does with the record.
    public var disposition: Disposition
    /// The fields that differ.
    ///
    /// In the first row of a merged group, these are all fields that the group's request writes.
    public var changes: [FieldChange]
    /// The row whose request also carries this row's changes; `nil` if the row has its own request.
    public var mergedInto: Int?
    /// What the ticket must hold for the request to be sent; `nil` if nothing is expected.
    ///
    /// In the first row of a merged group, this is what all rows of the group expect.
    public var expectation: PlanExpectation?
    /// Whether the ticket was not read, so that the changes are sent without a comparison.
    public var isUndiffed: Bool
    /// Why the record is invalid, in conflict or held, or belongs to another shard; `nil` otherwise.
    public var issue: RowIssue?
    /// The record's values as written, one for each of the plan's columns.
    ///
    /// A report or a file of rows to fix needs them. The value is `nil` if only the ticket's id is
    /// needed. For a record that cannot be read, this is its text and, if it is not UTF-8, its
    /// bytes in hexadecimal.
    public var cells: [String]?

    /// Whether the row is one of those that are merged by their tickets.
    package var takesPart: Bool {
        switch disposition {
        case .update, .unchanged, .conflict, .held: ticketID != nil
        case .invalid, .excluded: false
        }
    }

    /// How the values of a JSON record are written, one for each of ``cells``.
    ///
    /// The value is `nil` if all are strings, or CSV fields.
    public var forms: [CellForm]?

    /// How one value of a JSON record is written.
    public enum CellForm: String, CaseIterable, Hashable, Sendable {
        /// A string.
        case string = "s"
        /// A number, `true`, `false`, an object or an array, with its text as written.
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
    /// Whether the record belongs to another shard than the plan's.
    public var isOfOtherShard: Bool { disposition == .excluded && issue?.code == .otherShard }
}
