/// Why there is no plan, or why a saved plan is refused: a failure of the whole, never of one row.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The input holds no record.
        case inputEmpty = "input_empty"
        /// The input has no ticket id column, no column with a change, the same column twice, or far more
        /// keys than its records have values.
        case columnsUnusable = "columns_unusable"
        /// The input changed between the first and the second reading.
        case inputChanged = "input_changed"
        /// The input holds more records than a plan can number (2,147,000,000).
        case inputTooLarge = "input_too_large"
        /// The snapshot is not a listing of tickets.
        case snapshotUnusable = "snapshot_unusable"
        /// A map of values cannot be read, or names what does not exist.
        case mapUnusable = "map_unusable"
        /// A value for all rows names what does not exist.
        case valueUnusable = "value_unusable"
        /// None of the tickets was found.
        case noTicketFound = "no_ticket_found"
        /// The plan would change more tickets than allowed.
        case tooManyChanges = "too_many_changes"
        /// The plan would change a larger share of the known tickets than allowed.
        case tooLargeShare = "too_large_share"
        /// The share of changed tickets is limited, but no ticket is known.
        case shareUnknown = "share_unknown"
        /// The plan would change more tickets than a part of what earlier runs of its label updated.
        case moreThanLastRuns = "more_than_last_runs"
        /// The changes are limited by what earlier runs of a label updated, but the plan has no label.
        case lastRunsUnknown = "last_runs_unknown"
        /// The file of guards cannot be read, or a guard names what does not exist.
        case guardsUnusable = "guards_unusable"
        /// The plan would change more tickets than a rule of the guards allows.
        case ruleExceeded = "rule_exceeded"
        /// The plan would change tickets that the guards protect.
        case ticketsProtected = "tickets_protected"
        /// The plan would replace values of fields that it may only write where they are empty.
        case fieldsFilled = "fields_filled"
        /// Some rows are invalid, and the caller accepts no plan with invalid rows.
        case rowsInvalid = "rows_invalid"
        /// Tickets changed since the plan was made, and the caller wants nothing sent in that case.
        case ticketsChanged = "tickets_changed"
        /// The file in which the plan should be saved exists, and it is not a plan.
        case outputOccupied = "output_occupied"
        /// The file is not a plan.
        case notAPlan = "not_a_plan"
        /// A newer version wrote the plan, in a format that this version does not know.
        case planTooNew = "plan_too_new"
        /// The plan's header does not match its checksum: it was edited.
        case headerChanged = "header_changed"
        /// The plan's rows do not match the plan's id: they were edited.
        case rowsChanged = "rows_changed"
        /// A row of the plan does not have the expected form: another program wrote it.
        case rowUnreadable = "row_unreadable"
        /// The plan ends before its last row.
        case planTruncated = "plan_truncated"
        /// The plan is not the requested one.
        case otherPlan = "other_plan"
        /// A file of rows to leave out cannot be read, or does not fit the plan.
        case listUnusable = "list_unusable"
        /// An edit names a row that the plan does not have.
        case rowMissing = "row_missing"
        /// A condition asks what the plan does not hold of a row.
        case rowUndecided = "row_undecided"
        /// An edit leaves out some rows of a request, and the plan does not show what is left of it.
        case requestShared = "request_shared"
        /// An edit would replace the plan from which it is made.
        case outputIsInput = "output_is_input"
        /// The plan was made for a different API than the one it is applied to.
        case otherServer = "other_server"
        /// The plan was made for another organisation than the key's.
        case otherOrganisation = "other_organisation"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it, in words.
    public var message: String
    /// The file concerned; `nil` if there is none.
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

    /// Whether a safety check refused, as opposed to a problem with a file.
    public var isRefusalByGuard: Bool {
        switch code {
        case .tooManyChanges, .tooLargeShare, .shareUnknown, .moreThanLastRuns,
            .lastRunsUnknown, .ruleExceeded, .ticketsProtected, .fieldsFilled, .ticketsChanged:
            true
        default: false
        }
    }

    /// The position and the message in readable form.
    public var description: String {
        guard let path else { return message }
        let place = path == "-" ? "standard input" : path
        guard let line else { return "\(place): \(message)" }
        return "\(place):\(line): \(message)"
    }
}
