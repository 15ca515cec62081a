import Synchronization

/// Counts how often a transport that repeats reads has sent one.
package final class SendCount: Sendable {
    private let count = Atomic(0)

    package init() {}

    /// How often the request was sent.
    package var value: Int { count.load(ordering: .relaxed) }

    /// Notes that the request is sent now.
    package func note() { count.add(1, ordering: .relaxed) }
}

/// One HTTP request, ready to be sent.
public struct HTTPRequest: Sendable {
    /// The methods that the API and webhooks use.
    public enum Method: String, Sendable {
        /// Reads.
        case get = "GET"
        /// Writes.
        case put = "PUT"
        /// Sends a message to a webhook; no request to the API has it.
        case post = "POST"
    }

    /// The method.
    public var method: Method
    /// The absolute URL, percent-encoded.
    public var url: String
    /// The header fields, in order.
    ///
    /// They may hold the API key, so the request's descriptions leave their values out.
    public var headers: [(name: String, value: String)]
    /// The body; empty for a GET.
    public var body: [UInt8]
    /// The most that may pass from the call to the last byte of the answer.
    public var timeout: Duration
    /// The most bytes of body that are taken before the answer is refused.
    public var bodyLimit: Int
    /// Whether the answer is not refused, and what is beyond ``bodyLimit`` is dropped.
    package var dropsRest = false
    /// Counts how often the request is sent; `nil` for no count.
    package var sendCount: SendCount?

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
