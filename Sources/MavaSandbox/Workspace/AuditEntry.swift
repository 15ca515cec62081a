/// The fields of a ticket that an update can change.
enum AuditedField: UInt8, CaseIterable, Sendable {
    case status
    case priority
    case category
    case assignedTo

    /// The name in the audit log.
    var name: StaticString {
        switch self {
        case .status: "status"
        case .priority: "priority"
        case .category: "category"
        case .assignedTo: "assignedTo"
        }
    }

    /// The `messageType` of the message that the change adds to the ticket.
    ///
    /// Assumption: the field's name is known from a public client, but its values are not.
    var messageType: StaticString {
        switch self {
        case .status: "StatusChanged"
        case .priority: "PriorityChanged"
        case .category: "CategoryChanged"
        case .assignedTo: "AssigneeChanged"
        }
    }
}

/// One change of one field of one ticket, in 32 bytes.
struct AuditEntry: Sendable {
    /// Milliseconds since 1970.
    var at: Int64
    /// The ticket's index in the store.
    var ticket: UInt32
    /// The ticket's previous entry, counted from 1; 0 for the first.
    var previous: UInt32
    /// The value before: a reference, or the number itself for the priority; 0 for none.
    var from: UInt32
    /// The value after, as `from`.
    var to: UInt32
    /// Which field changed.
    var field: AuditedField
}
