/// Why one record of the input is not applied: data about the record, never an exception.
public struct RowIssue: Hashable, Sendable {
    /// The closed list of causes, as reports write them.
    public enum Code: String, CaseIterable, Hashable, Sendable {
        /// The record cannot be read as CSV or JSON.
        case malformedRecord = "malformed_record"
        /// The record has no ticket id.
        case ticketIDMissing = "ticket_id_missing"
        /// The ticket's id is invalid, or differs in form from the input's other ids.
        case ticketIDInvalid = "ticket_id_invalid"
        /// The record requests no change.
        case nothingToChange = "nothing_to_change"
        /// The status is not one of the four.
        case statusInvalid = "status_invalid"
        /// The priority is not one of the three.
        case priorityInvalid = "priority_invalid"
        /// The record clears a field that cannot be cleared.
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
        /// Several rows request different changes for one ticket.
        case duplicateDisagrees = "duplicate_disagrees"
        /// A precondition of the row is not met.
        case preconditionFailed = "precondition_failed"
        /// A precondition cannot be checked, because the ticket was not read.
        case preconditionUnchecked = "precondition_unchecked"
        /// The ticket no longer has the values that the approved plan was based on.
        case changedSincePlan = "changed_since_plan"
        /// The ticket was not found, so the values that the row would replace are unknown.
        case ticketNotRead = "ticket_not_read"
        /// The plan's file was changed after approval, so the row's ticket and values are unknown.
        case planChanged = "plan_changed"
        /// The AI is handling the ticket.
        case aiHandling = "ai_handling"
        /// The map of values has no line for the value.
        case valueUnmapped = "value_unmapped"
        /// The row would undo a change that no update can undo.
        case cannotBeUndone = "cannot_be_undone"
        /// The row belongs to another shard of the input.
        case otherShard = "other_shard"
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it, in words.
    public var message: String {
        get { wording.message(of: self) }
        set { wording = .text(newValue) }
    }
    /// The name of the column concerned, as the input writes it; `nil` for the whole record.
    public var column: String?
    /// The wrong value, cut to ``longestValue`` characters; `nil` if no value is wrong.
    public var value: String? { willSet { keepMessage() } }
    /// The likely intended value, such as `Resolved`; `nil` if it is not known.
    public var suggestion: String? { willSet { keepMessage() } }
    /// All problems of a record that has several; empty if this is the only one.
    public var parts: [RowIssue] = [] { willSet { keepMessage() } }

    /// How the message is held.
    package private(set) var wording: Wording

    /// The most characters (Unicode scalars) of a wrong value that are kept.
    public static let longestValue = 100

    /// Makes an issue from its parts.
    public init(
        code: Code, message: String, column: String? = nil, value: String? = nil,
        suggestion: String? = nil
    ) {
        self.code = code
        wording = .text(message)
        self.column = column
        self.value = value.map(Self.shortened)
        self.suggestion = suggestion
    }

    /// Makes the issue of a wrong value, whose message is made when it is asked for.
    package init(
        code: Code, _ wording: Wording, column: String?, value: String, suggestion: String? = nil
    ) {
        self.code = code
        self.wording = wording
        self.column = column
        self.value = Self.shortened(value)
        self.suggestion = suggestion
    }

    /// Joins several issues of one row: the first one's code, and every message.
    package init(joining issues: [RowIssue]) {
        self = issues[0]
        guard issues.count > 1 else { return }
        parts = issues
        wording = .joined
    }

    /// Each problem separately.
    package var all: [RowIssue] { parts.isEmpty ? [self] : parts }

    /// Makes the message before something changes of which it is made.
    private mutating func keepMessage() {
        if case .text = wording { return }
        message = message
    }

    private static func shortened(_ value: String) -> String {
        guard value.utf8.count > longestValue, value.unicodeScalars.count > longestValue else {
            return value
        }
        return String(String.UnicodeScalarView(value.unicodeScalars.prefix(longestValue))) + "…"
    }
}

extension RowIssue {
    /// Compares messages by their texts, however they are held.
    public static func == (one: RowIssue, other: RowIssue) -> Bool {
        one.code == other.code && one.column == other.column && one.value == other.value
            && one.suggestion == other.suggestion && one.parts == other.parts
            && one.message == other.message
    }

    /// Hashes what is compared.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(message)
        hasher.combine(column)
        hasher.combine(value)
        hasher.combine(suggestion)
        hasher.combine(parts)
    }
}
