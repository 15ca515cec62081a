/// Why one record of the input is not carried out: data about the record, never an exception.
public struct RowIssue: Hashable, Sendable {
    /// The closed list of causes, as reports write them.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The record cannot be read as CSV or JSON.
        case malformedRecord = "malformed_record"
        /// The record has no ticket id.
        case ticketIDMissing = "ticket_id_missing"
        /// The ticket's id cannot be one, or is unlike the input's other ids.
        case ticketIDInvalid = "ticket_id_invalid"
        /// The record asks for nothing.
        case nothingToChange = "nothing_to_change"
        /// The status is none of the four.
        case statusInvalid = "status_invalid"
        /// The priority is none of the three.
        case priorityInvalid = "priority_invalid"
        /// A field that cannot be cleared is asked to be.
        case notClearable = "not_clearable"
        /// A value has the wrong type.
        case valueInvalid = "value_invalid"
        /// No active category has this id or name.
        case categoryUnknown = "category_unknown"
        /// Several categories have this name.
        case categoryAmbiguous = "category_ambiguous"
        /// No listed agent has this id, e-mail, name or wallet.
        case agentUnknown = "agent_unknown"
        /// Several agents have this name.
        case agentAmbiguous = "agent_ambiguous"
        /// Rows for one ticket ask for different things.
        case duplicateDisagrees = "duplicate_disagrees"
        /// A precondition of the row is not met.
        case preconditionFailed = "precondition_failed"
        /// A precondition cannot be checked, because the ticket was not read.
        case preconditionUnchecked = "precondition_unchecked"
        /// The ticket no longer holds the values that the plan was approved against.
        case changedSincePlan = "changed_since_plan"
        /// The ticket was looked for and not found, so what the row would replace is not known.
        case ticketNotRead = "ticket_not_read"
        /// The plan's file was changed after it was approved, so the row's ticket and values are not known.
        case planChanged = "plan_changed"
        /// The AI is handling the ticket.
        case aiHandling = "ai_handling"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it, in words.
    public var message: String
    /// The name of the column concerned, as the input writes it; `nil` for the whole record.
    public var column: String?
    /// The value that is wrong, at most ``longestValue`` characters of it; `nil` where none is.
    public var value: String?
    /// What was most likely meant by the value, such as `Resolved`; `nil` where that is not known.
    public var suggestion: String?
    /// Of a record with several things wrong each of them; empty where it is this one alone.
    public var parts: [RowIssue] = []

    /// The most characters (Unicode scalars) of a wrong value that are kept.
    public static let longestValue = 100

    /// Makes an issue from its parts.
    public init(
        code: Code, message: String, column: String? = nil, value: String? = nil,
        suggestion: String? = nil
    ) {
        self.code = code
        self.message = message
        self.column = column
        self.value = value.map(Self.shortened)
        self.suggestion = suggestion
    }

    /// Several issues of one row as one: the first one's code, and every message.
    package init(joining issues: [RowIssue]) {
        self = issues[0]
        guard issues.count > 1 else { return }
        parts = issues
        for issue in issues.dropFirst() {
            message += "; " + (issue.column.map { "\($0): " } ?? "") + issue.message
        }
    }

    /// Each thing that is wrong by itself.
    package var all: [RowIssue] { parts.isEmpty ? [self] : parts }

    private static func shortened(_ value: String) -> String {
        guard value.utf8.count > longestValue, value.unicodeScalars.count > longestValue else {
            return value
        }
        return String(String.UnicodeScalarView(value.unicodeScalars.prefix(longestValue))) + "…"
    }
}
