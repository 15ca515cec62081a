/// What a request's head says; ranges are of the bytes it was parsed from.
struct RequestHead: Equatable {
    var method: HTTPMethod = .other
    var methodRange = 0..<0
    /// The path, still percent-encoded.
    var path = 0..<0
    /// The query without its question mark, or nil when there is none.
    var query: Range<Int>?
    /// The version's last digit: HTTP/1.0 or HTTP/1.1.
    var minorVersion = 1
    /// The body's length; nil when the request has none or it comes in chunks.
    var contentLength: Int?
    var isChunked = false
    /// Whether the connection stays open after the answer.
    var keepsAlive = true
    /// Whether the client waits for 100 before it sends the body.
    var expectsContinue = false
    /// The value of `x-auth-token`.
    var token: Range<Int>?
    /// The value of `x-sandbox-token`.
    var adminToken: Range<Int>?
    var contentType: Range<Int>?
    /// Whether a field that must stand once stood twice with credentials.
    var hasSeveralTokens = false
    var hasHost = false
    /// The bytes of the head, its empty line included.
    var length = 0

    /// Whether the request has a body to read.
    var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }
}
