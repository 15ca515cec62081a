/// The parsed head of a request; its ranges refer to the bytes it was parsed from.
struct RequestHead: Equatable {
    var method: HTTPMethod = .other
    var methodRange = 0..<0
    /// The path, still percent-encoded.
    var path = 0..<0
    /// The query without its question mark, or nil when there is none.
    var query: Range<Int>?
    /// The version's last digit: HTTP/1.0 or HTTP/1.1.
    var minorVersion = 1
    /// The body's length; nil when the request has no body or a chunked one.
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
    /// Whether a credentials field that must appear once appeared twice.
    var hasSeveralTokens = false
    var hasHost = false
    /// The length of the head in bytes, including its empty line.
    var length = 0

    /// Whether the request has a body to read.
    var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }
}
