/// How many requests a key may make, and how the answers report the quota.
///
/// Mava documents 90 requests in 30 seconds for each key. It documents neither how the window is
/// counted nor which header fields are sent. The sandbox therefore supports every common way.
public struct QuotaRule: Hashable, Sendable {
    /// How requests are counted.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Fixed windows follow each other from the sandbox's start; each begins with the whole
        /// quota.
        case fixed
        /// Any period as long as the window contains at most the limit.
        case sliding
        /// No limit.
        case none
    }

    /// Which header fields report the quota to the client.
    public enum Fields: String, Hashable, Sendable, CaseIterable {
        /// None.
        case none
        /// `X-RateLimit-Limit`, `-Remaining` and `-Reset`, the last in seconds since 1970.
        case legacy
        /// `RateLimit-Limit`, `-Remaining`, `-Reset` and `-Policy`
        /// (draft-ietf-httpapi-ratelimit-headers-06).
        case draft6 = "draft-6"
        /// `RateLimit: limit=…, remaining=…, reset=…` and `RateLimit-Policy: 90;w=30`
        /// (draft-ietf-httpapi-ratelimit-headers-07).
        case draft7 = "draft-7"
        /// `RateLimit: "default";r=…;t=…` and `RateLimit-Policy: "default";q=90;w=30`
        /// (draft-ietf-httpapi-ratelimit-headers-08).
        case draft8 = "draft-8"
    }

    /// How a 429 says when to try again.
    public enum RetryAfter: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// `Retry-After` in seconds.
        case seconds
        /// `Retry-After` as an HTTP date.
        case date
    }

    /// How requests are counted.
    public var kind: Kind
    /// The most requests in a window, at least 1.
    public var limit: Int
    /// The length of the window.
    public var window: Duration
    /// Which header fields report the quota.
    public var fields: Fields
    /// How a 429 says when to try again.
    public var retryAfter: RetryAfter

    /// Makes a rule; the defaults are the documented quota, counted the stricter way.
    public init(
        kind: Kind = .sliding, limit: Int = 90, window: Duration = .seconds(30),
        fields: Fields = .none, retryAfter: RetryAfter = .seconds
    ) {
        self.kind = kind
        self.limit = max(1, limit)
        self.window = window
        self.fields = fields
        self.retryAfter = retryAfter
    }

    /// No quota at all.
    public static let unlimited = QuotaRule(kind: .none)

    /// The window in nanoseconds, at least 1.
    var windowNanoseconds: UInt64 { max(1, window.nanoseconds) }
}
