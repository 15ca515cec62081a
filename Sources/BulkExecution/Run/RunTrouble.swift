/// What the last request that did not succeed ran into: what a run that gave up says of it.
public enum RunTrouble: Hashable, Sendable {
    /// No answer came.
    case noAnswer
    /// Answers came, and they showed a server in trouble.
    case errors
    /// The server asked to wait, and it said why: the key's quota was used (429).
    case quotaUsed
    /// The server asked to wait (503 with a time).
    case pause
    /// This machine was short of descriptors, memory or ports.
    case localShortage
}
