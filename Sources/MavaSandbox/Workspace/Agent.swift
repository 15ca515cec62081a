/// A person who answers tickets.
package struct Agent: Hashable, Sendable {
    /// The id for `assignedTo`.
    package var id: String
    /// The e-mail address, if the agent gave one.
    package var email: String?
    /// The name shown, if the agent gave one.
    package var username: String?
    /// The wallet's address, if the agent signed up with one.
    package var walletAddress: String?
    /// Whether the agent has left, and so is no longer listed and can no longer be assigned.
    package var archived: Bool
}
