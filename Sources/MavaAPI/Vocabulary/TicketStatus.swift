/// The four statuses that `PUT /api/ticket` takes.
///
/// A listing can hold others (`Spam` was seen); those are read as text, shown, and never sent.
public enum TicketStatus: String, CaseIterable, Hashable, Sendable {
    /// Waiting for the team.
    case open = "Open"
    /// Done.
    case resolved = "Resolved"
    /// Being worked on.
    case pending = "Pending"
    /// Waiting for the customer.
    case waiting = "Waiting"
}
