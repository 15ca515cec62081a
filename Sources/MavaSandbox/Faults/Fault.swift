/// Something that goes wrong with one request.
///
/// The order is the order of precedence: of several faults that would hit a request, the first does.
package enum Fault: String, Hashable, Sendable, CaseIterable {
    /// The connection is reset when the request's head has come, and nothing is done.
    case dropBeforeRead = "drop-before-read"
    /// 401, though the key is right.
    case unauthorized = "401"
    /// 401 with `WWW-Authenticate: Basic`.
    case unauthorizedBasic = "401-basic"
    /// 307 to the same place on the same host.
    case redirectSame = "redirect-same"
    /// 307 to another host.
    case redirectOther = "redirect-other"
    /// 429 without any `Retry-After`, though the quota is not used up.
    case tooManyRequests = "429"
    /// 500, and nothing is done.
    case errorBefore = "500-before"
    /// 503 without `Retry-After`, and nothing is done.
    case unavailable = "503"
    /// 503 with `Retry-After` as an HTTP date, and nothing is done.
    case unavailableUntil = "503-date"
    /// 200 with a page of HTML, as a captive portal answers; nothing is done.
    case notJSON = "not-json"
    /// The request is carried out, and answered with 500.
    case errorAfter = "500-after"
    /// The request is carried out, and the connection closed without an answer.
    case dropAfterCommit = "drop-after-commit"
    /// The request is carried out, half of the answer is sent, and the connection closed.
    case dropMidReply = "drop-mid-reply"
    /// The request is carried out, and the answer sent byte by byte.
    case slowDrip = "slow-drip"
    /// The request is carried out; half of the answer's JSON is sent as if it were the whole.
    case truncatedBody = "truncated-body"
    /// The request is carried out; the answer promises more bytes than come, and the connection ends.
    case wrongLength = "wrong-length"
    /// The request is carried out; the answer promises fewer bytes than come.
    case shortLength = "short-length"
    /// The request is carried out, and answered with 257 KiB of gzip that unfold to 258 MiB.
    case gzipBomb = "gzip-bomb"
    /// The request is carried out, and answered with fields of 1 MiB.
    case hugeHeaders = "huge-headers"

    /// Whether the request is carried out all the same.
    package var commits: Bool {
        switch self {
        case .dropBeforeRead, .unauthorized, .unauthorizedBasic, .redirectSame, .redirectOther,
            .tooManyRequests, .errorBefore, .unavailable, .unavailableUntil, .notJSON:
            false
        case .errorAfter, .dropAfterCommit, .dropMidReply, .slowDrip, .truncatedBody,
            .wrongLength, .shortLength, .gzipBomb, .hugeHeaders:
            true
        }
    }
}
