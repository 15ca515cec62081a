/// A fault that affects one request.
///
/// The order of the cases is their precedence: if several faults would hit a request, the first one
/// does.
package enum Fault: String, Hashable, Sendable, CaseIterable {
    /// The connection is reset when the request's head has arrived, and the request is not
    /// executed.
    case dropBeforeRead = "drop-before-read"
    /// 401, although the key is valid.
    case unauthorized = "401"
    /// 401 with `WWW-Authenticate: Basic`.
    case unauthorizedBasic = "401-basic"
    /// 307 to the same place on the same host.
    case redirectSame = "redirect-same"
    /// 307 to another host.
    case redirectOther = "redirect-other"
    /// 429 without `Retry-After`, although the quota is not used up.
    case tooManyRequests = "429"
    /// 500, and the request is not executed.
    case errorBefore = "500-before"
    /// 503 without `Retry-After`, and the request is not executed.
    case unavailable = "503"
    /// 503 with `Retry-After` as an HTTP date, and the request is not executed.
    case unavailableUntil = "503-date"
    /// 200 with an HTML page, like a captive portal; the request is not executed.
    case notJSON = "not-json"
    /// The request is executed, and answered with 500.
    case errorAfter = "500-after"
    /// The request is executed, and the connection is closed without an answer.
    case dropAfterCommit = "drop-after-commit"
    /// The request is executed, half of the answer is sent, and the connection is closed.
    case dropMidReply = "drop-mid-reply"
    /// The request is executed, and the answer is sent byte by byte.
    case slowDrip = "slow-drip"
    /// The request is executed, and half of the answer's JSON is sent as if it were complete.
    case truncatedBody = "truncated-body"
    /// The request is executed, the answer announces more bytes than it has, and the connection
    /// ends.
    case wrongLength = "wrong-length"
    /// The request is executed, and the answer announces fewer bytes than it has.
    case shortLength = "short-length"
    /// The request is executed, and answered with 257 KiB of gzip that expand to 258 MiB.
    case gzipBomb = "gzip-bomb"
    /// The request is executed, and answered with header fields of 1 MiB.
    case hugeHeaders = "huge-headers"
}
