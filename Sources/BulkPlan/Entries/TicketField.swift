/// The four fields of a ticket that an update can write; the raw value is the name on the wire.
public enum TicketField: String, CaseIterable, Hashable, Sendable {
    /// `Open`, `Resolved`, `Pending` or `Waiting`.
    case status
    /// 1 to 3.
    case priority
    /// The id of an active category.
    case categoryID = "categoryId"
    /// The id of an agent, or null for no agent.
    case assignedTo
}
