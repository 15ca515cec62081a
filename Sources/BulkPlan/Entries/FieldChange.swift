/// What one field of one ticket is to become.
public struct FieldChange: Hashable, Sendable {
    /// The field.
    public var field: TicketField
    /// What the field held when the ticket was read; `nil` where the ticket was not read.
    public var before: FieldValue?
    /// What the field is to hold.
    public var after: FieldValue

    /// Makes a change from its parts.
    public init(field: TicketField, before: FieldValue?, after: FieldValue) {
        self.field = field
        self.before = before
        self.after = after
    }
}
