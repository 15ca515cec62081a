package import BulkSystem

/// What one answer says about the server's own count: the few numbers the quota window can use.
///
/// Every number is optional, because every usual header form leaves something out.
package struct QuotaHint: Hashable, Sendable {
    /// The requests that the server allows in its window.
    package var limit: Int?
    /// The requests that are left in it.
    package var remaining: Int?
    /// The time until the server's count starts again.
    package var resetAfter: Nanoseconds?
    /// The length of the server's window.
    package var window: Nanoseconds?

    package init(
        limit: Int? = nil, remaining: Int? = nil, resetAfter: Nanoseconds? = nil,
        window: Nanoseconds? = nil
    ) {
        self.limit = limit
        self.remaining = remaining
        self.resetAfter = resetAfter
        self.window = window
    }
}
