/// What to do with rows whose ticket was not found.
public enum UnreadPolicy: String, CaseIterable, Hashable, Sendable {
    /// Hold all of them.
    case hold
    /// Send all of them, without knowing what they replace.
    case send
}
