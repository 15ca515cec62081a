/// Someone who answers tickets.
package struct Agent: Hashable, Sendable {
    /// The id that `assignedTo` takes.
    package var id: String
    /// The e-mail address, if the agent gave one.
    package var email: String?
    /// The name shown, if the agent gave one.
    package var username: String?
    /// The wallet's address, if the agent signed up with one.
    package var walletAddress: String?
    /// Whether the agent has left: no longer listed, and no longer to be assigned.
    package var archived: Bool
}
