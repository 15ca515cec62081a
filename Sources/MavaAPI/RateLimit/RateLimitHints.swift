/// What an answer's headers say about the quota.
///
/// These are read: `Retry-After`; the `RateLimit` headers of the IETF draft in its sixth, seventh and eighth
/// edition; `X-RateLimit-*` and `X-Rate-Limit-*`; and Zendesk's `total=…; remaining=…; resets=…`. Malformed
/// headers are ignored: a hint can slow a run down, but a strange header must never stop it.
public struct RateLimitHints: Hashable, Sendable {
    /// How long the server asks to wait, counted from the answer.
    public var retryAfter: Duration?
    /// Every quota that the answer describes.
    public var windows: [RateLimitWindow]

    /// Makes hints from their parts.
    public init(retryAfter: Duration? = nil, windows: [RateLimitWindow] = []) {
        self.retryAfter = retryAfter
        self.windows = windows
    }

    /// The quota with the fewest requests left; among equals the one with the lowest rate.
    public var strictest: RateLimitWindow? {
        windows.reduce(nil) { best, next in
            guard let best else { return next }
            return next.isStricter(than: best) ? next : best
        }
    }

    /// Whether the answer says nothing about a quota.
    public var isEmpty: Bool { retryAfter == nil && windows.isEmpty }
}
