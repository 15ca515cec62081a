/// The four fields of a ticket that an update can write; the raw value is the name on the wire.
public enum TicketField: String, CaseIterable, Hashable, Sendable {
    /// `Open`, `Resolved`, `Pending` or `Waiting`.
    case status
    /// 1 to 3.
    case priority
    /// The id of an active category.
    case categoryID = "categoryId"
    /// The id of an agent, or null for nobody.
    case assignedTo
}

/// The value of a ticket's field, as it stands or as it is wanted.
public enum FieldValue: Hashable, Sendable {
    /// No value: nobody is assigned, or there is no category.
    case null
    /// A status, or the id of a category or an agent.
    case text(String)
    /// A priority.
    case number(Int)
}

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
