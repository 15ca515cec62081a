/// What becomes of rows whose ticket was looked for and not found.
public enum UnreadPolicy: String, CaseIterable, Hashable, Sendable {
    /// All of them are held.
    case hold
    /// All of them are sent, without knowing what they replace.
    case send
}
