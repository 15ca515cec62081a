/// The problem of the last request that did not succeed.
///
/// A run that gave up reports it.
public enum RunTrouble: Hashable, Sendable {
    /// No answer arrived.
    case noAnswer
    /// The answers showed that the server is in trouble.
    case errors
    /// The server asked to wait because the key's quota was used (429).
    case quotaUsed
    /// The server asked to wait (503 with a time).
    case pause
    /// This machine was short of descriptors, memory or ports.
    case localShortage
}
