import MavaAPI

/// A planned change of one field of one ticket.
public struct FieldChange: Hashable, Sendable {
    /// The field.
    public var field: TicketField
    /// The field's value when the ticket was read; `nil` if the ticket was not read.
    public var before: FieldValue?
    /// The field's new value.
    public var after: FieldValue

    /// Makes a change from its parts.
    public init(field: TicketField, before: FieldValue?, after: FieldValue) {
        self.field = field
        self.before = before
        self.after = after
    }

    /// Whether the change opens a resolved ticket again.
    package var reopens: Bool {
        let resolved = FieldValue.text(TicketStatus.resolved.rawValue)
        return field == .status && before == resolved && after != resolved
    }
}
