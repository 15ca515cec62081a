/// Why a listing could not be read.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: Hashable, Sendable {
        /// 401: the key is missing or wrong.
        case unauthorized
        /// 403 with the API's error: the key may not do this.
        case forbidden
        /// 404 or 405: the address is not the API's.
        case noSuchPath
        /// A redirect, a page or another answer from a proxy, a firewall or a website instead of the API.
        case foreign
        /// 429: the quota is used up; with the server's hints about it.
        case rateLimited(RateLimitHints)
        /// 400, or another status that says the request is at fault, with the API's error.
        case refused
        /// 500 and above, or 408, 421 and 425; with the server's hints about when to retry.
        case serverError(RateLimitHints)
        /// A success without the requested list, or with one that contradicts itself or cannot be read.
        case unexpectedAnswer
        /// No complete answer.
        case transport(TransportError)
    }

    /// The cause.
    public var code: Code
    /// What happened, in words; never holds a secret.
    public var message: String
    /// The answer's status; `nil` where there was no answer.
    public var status: Int?

    /// Makes an error from its parts.
    public init(code: Code, message: String, status: Int? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }

    /// The message.
    public var description: String { message }
}
