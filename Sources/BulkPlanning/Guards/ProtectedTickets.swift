/// The tickets that no plan may change.
public struct ProtectedTickets: Hashable, Sendable {
    /// The tickets, by their ids or links.
    public var tickets: [String] = []
    /// Agents, by their ids, names or e-mails: tickets that they have or would get are protected.
    public var agents: [String] = []
    /// Categories, by their ids or names: tickets that have or would get them are protected.
    public var categories: [String] = []

    /// Protects no ticket.
    public init() {}

    /// Whether no ticket is protected.
    public var isEmpty: Bool { tickets.isEmpty && agents.isEmpty && categories.isEmpty }
}
