/// One agent as `GET /api/agents` lists it: every name can be missing, the id cannot.
public struct Agent: Hashable, Sendable {
    /// The agent's id: the only thing an update takes as assignee.
    public var id: String
    /// The e-mail address; an agent who signed up with a wallet has none.
    public var email: String?
    /// The name shown to customers.
    public var username: String?
    /// The wallet's address.
    public var walletAddress: String?

    /// Makes an agent from its parts.
    public init(
        id: String, email: String? = nil, username: String? = nil, walletAddress: String? = nil
    ) {
        self.id = id
        self.email = email
        self.username = username
        self.walletAddress = walletAddress
    }

    /// What to call the agent in text: the username, else the e-mail, the wallet or the id.
    public var displayName: String { username ?? email ?? walletAddress ?? id }
}
