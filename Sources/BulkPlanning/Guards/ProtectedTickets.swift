/// The tickets that no plan may change.
public struct ProtectedTickets: Hashable, Sendable {
    /// The tickets, by their ids or links.
    public var tickets: [String] = []
    /// Agents, by their ids, names or e-mails: tickets that they have or would get are protected.
    public var agents: [String] = []
    /// Categories, by their ids or names: tickets that have or would get them are protected.
    public var categories: [String] = []
    /// Tags, by their names or ids: tickets that have one of them are protected.
    public var tags: [String] = []
    /// Origins, such as `email`: tickets that came from there are protected.
    public var origins: [String] = []

    /// Protects no ticket.
    public init() {}

    /// Whether no ticket is protected.
    public var isEmpty: Bool {
        tickets.isEmpty && agents.isEmpty && categories.isEmpty && !hasMarks
    }

    /// Whether tickets are protected by what only reading them shows: their tags or their origins.
    var hasMarks: Bool { !tags.isEmpty || !origins.isEmpty }
}
