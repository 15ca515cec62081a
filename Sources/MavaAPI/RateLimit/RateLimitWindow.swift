/// What an answer says about one quota: so many requests in so much time, and so many left.
///
/// Every part can be missing; none is negative.
public struct RateLimitWindow: Hashable, Sendable {
    /// The policy's name, where it has one.
    public var name: String?
    /// The requests that the window holds.
    public var limit: Int?
    /// The requests that are left of it.
    public var remaining: Int?
    /// The time until the window is full again, counted from the answer.
    public var resetAfter: Duration?
    /// The window's length.
    public var length: Duration?

    /// Makes a window from its parts.
    public init(
        name: String? = nil, limit: Int? = nil, remaining: Int? = nil, resetAfter: Duration? = nil,
        length: Duration? = nil
    ) {
        self.name = name
        self.limit = limit
        self.remaining = remaining
        self.resetAfter = resetAfter
        self.length = length
    }

    /// Whether nothing is known of it.
    var isEmpty: Bool {
        limit == nil && remaining == nil && resetAfter == nil && length == nil
    }

    /// Requests per second that the window allows; `nil` when unknown.
    var rate: Double? {
        guard let limit, let length, length > .zero else { return nil }
        return Double(limit) / (length / .seconds(1))
    }

    /// Whether this window is stricter than another one: fewer requests left, then a lower rate.
    func isStricter(than other: RateLimitWindow) -> Bool {
        let mine = remaining ?? .max
        let theirs = other.remaining ?? .max
        if mine != theirs { return mine < theirs }
        return (rate ?? .infinity) < (other.rate ?? .infinity)
    }
}
