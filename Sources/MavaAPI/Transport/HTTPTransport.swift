/// One HTTP request, ready to be sent.
public struct HTTPRequest: Sendable {
    /// The methods that the API uses.
    public enum Method: String, Sendable {
        /// Reads.
        case get = "GET"
        /// Writes.
        case put = "PUT"
    }

    /// The method.
    public var method: Method
    /// The absolute URL, percent-encoded.
    public var url: String
    /// The header fields, in order.
    ///
    /// They may hold the API key: never print them.
    public var headers: [(name: String, value: String)]
    /// The body; empty for a GET.
    public var body: [UInt8]
    /// The most that may pass from the call to the last byte of the answer.
    public var timeout: Duration
    /// The most bytes of body that are taken before the answer is refused.
    public var bodyLimit: Int

    /// Makes a request from its parts.
    public init(
        method: Method, url: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], timeout: Duration = .seconds(30), bodyLimit: Int = 16 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }
}

/// One complete HTTP answer, whatever its status.
public struct HTTPResponse: Sendable {
    /// The status code, 100 to 599.
    public var status: Int
    /// The header fields in the order they came; names in lower case.
    public var headers: [(name: String, value: String)]
    /// The whole body.
    public var body: [UInt8]

    /// Makes an answer from its parts; header names are lowered.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers.map { ($0.name.lowercased(), $0.value) }
        self.body = body
    }

    /// Every value of a header, in the order they came.
    ///
    /// - Parameter name: The header's name, in lower case.
    /// - Returns: The values; empty when the header is absent.
    public func values(of name: String) -> [String] {
        headers.filter { $0.name == name }.map(\.value)
    }
}

/// Why a request brought no complete answer.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, Sendable, CaseIterable {
        /// The host's name could not be resolved.
        case resolve
        /// No connection could be made.
        case connect
        /// TLS failed, or the server's certificate is not trusted.
        case tls
        /// The deadline passed.
        case timeout
        /// The connection broke while sending or receiving.
        case connectionLost
        /// The answer is not HTTP, or its length does not fit.
        case malformedResponse
        /// The answer's body or headers are larger than allowed.
        case tooLarge
        /// The caller gave up.
        case cancelled
        /// The system's libcurl is missing or too old, or refuses a setting.
        case unavailable
    }

    /// The cause.
    public var code: Code
    /// What happened, in words; never holds a secret.
    public var message: String
    /// Whether the server may have seen the request, so that its effect is not known.
    public var mayHaveReachedServer: Bool

    /// Makes an error from its parts.
    public init(code: Code, message: String, mayHaveReachedServer: Bool) {
        self.code = code
        self.message = message
        self.mayHaveReachedServer = mayHaveReachedServer
    }

    /// The message.
    public var description: String { message }
}

/// Sends one request and brings back one answer: the seam between what we say and how it travels.
///
/// An answer with any status is an answer, not an error. Redirects are not followed. Cancelling the
/// task ends the request promptly with ``TransportError/Code/cancelled``.
public protocol HTTPTransport: Sendable {
    /// Sends a request and waits for the whole answer.
    ///
    /// - Parameter request: What to send.
    /// - Returns: The answer, whatever its status.
    /// - Throws: A ``TransportError`` when no complete answer came.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
