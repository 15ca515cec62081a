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
        /// A page of a proxy, a firewall or a website answered in the API's place.
        case page
        /// 429: the quota is used up; what the server says about it.
        case rateLimited(RateLimitHints)
        /// 400, or another status that says the request is at fault.
        case refused
        /// 500 and above; what the server says about when to come back.
        case serverError(RateLimitHints)
        /// An answer that is not the API's: a redirect, a page, a JSON of another form.
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
