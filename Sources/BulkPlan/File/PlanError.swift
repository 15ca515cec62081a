/// Why there is no plan, or why a saved plan is not taken: a failure of the whole, never of one row.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The input holds no record.
        case inputEmpty = "input_empty"
        /// The input has no column with ticket ids, or none with anything to change, or one twice.
        case columnsUnusable = "columns_unusable"
        /// The input changed between its first and its second reading.
        case inputChanged = "input_changed"
        /// The input holds more records than a plan can number (2,147,000,000).
        case inputTooLarge = "input_too_large"
        /// The snapshot is no listing of tickets.
        case snapshotUnusable = "snapshot_unusable"
        /// Tickets were looked for, and none of them was found.
        case noTicketFound = "no_ticket_found"
        /// The plan would change more tickets than `--max-changes` allows.
        case tooManyChanges = "too_many_changes"
        /// The plan would change a larger part of the tickets read than allowed.
        case tooLargeShare = "too_large_share"
        /// A part of the tickets read is limited, but no ticket was read.
        case shareUnknown = "share_unknown"
        /// Some rows are invalid, and only a plan without such rows is wanted.
        case rowsInvalid = "rows_invalid"
        /// Tickets changed since the plan was made, and nothing is to be sent then.
        case ticketsChanged = "tickets_changed"
        /// The file in which the plan is to be saved exists, and it is not a plan.
        case outputOccupied = "output_occupied"
        /// The file is no plan.
        case notAPlan = "not_a_plan"
        /// The plan was written by a newer version, in a format that this one does not know.
        case planTooNew = "plan_too_new"
        /// The plan's header does not fit its own checksum: it was edited.
        case headerChanged = "header_changed"
        /// The plan's rows do not fit the plan's id: they were edited.
        case rowsChanged = "rows_changed"
        /// A row of the plan is not of the form in which rows are written: something else wrote it.
        case rowUnreadable = "row_unreadable"
        /// The plan ends before its last row.
        case planTruncated = "plan_truncated"
        /// The plan is another one than was asked for.
        case otherPlan = "other_plan"
        /// The plan was made against another API than it is to be applied to.
        case otherServer = "other_server"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it, in words.
    public var message: String
    /// The file concerned; `nil` where none is.
    public var path: String?
    /// The line concerned, 1 being the first; `nil` for the whole file.
    public var line: Int?

    /// Makes an error from its parts.
    public init(code: Code, message: String, path: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.line = line
    }

    /// Whether a guard said no, rather than something being wrong with a file (exit code 7, not 6).
    public var isRefusalByGuard: Bool {
        switch code {
        case .tooManyChanges, .tooLargeShare, .shareUnknown, .ticketsChanged: true
        default: false
        }
    }

    /// The place and the message, as a person reads them.
    public var description: String {
        guard let path else { return message }
        let place = path == "-" ? "standard input" : path
        guard let line else { return "\(place): \(message)" }
        return "\(place):\(line): \(message)"
    }
}
