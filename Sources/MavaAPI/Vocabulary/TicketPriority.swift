/// The three priorities that `PUT /api/ticket` takes; the raw value is the number on the wire.
public enum TicketPriority: Int, CaseIterable, Hashable, Sendable {
    /// On the wire: `1`.
    case low = 1
    /// On the wire: `2`.
    case medium = 2
    /// On the wire: `3`.
    case high = 3
}
