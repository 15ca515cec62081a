/// Sends one request and brings back one answer: the seam between the API client and the network.
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

    /// Sends a read and waits for an answer that can be used.
    ///
    /// A transport that repeats reads retries, within its attempts, while the answer cannot be used. The
    /// default sends the request once.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - isUsable: Whether an answer is the requested one, or one that a retry cannot change.
    /// - Returns: The last answer, usable or not.
    /// - Throws: A ``TransportError`` when no complete answer came.
    func send(
        _ request: HTTPRequest, until isUsable: (HTTPResponse) -> Bool
    ) async throws(TransportError) -> HTTPResponse
}

extension HTTPTransport {
    /// Sends a request once, whatever its answer is.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - isUsable: Not used.
    /// - Returns: The answer.
    /// - Throws: A ``TransportError`` when no complete answer came.
    public func send(
        _ request: HTTPRequest, until isUsable: (HTTPResponse) -> Bool
    ) async throws(TransportError) -> HTTPResponse {
        try await send(request)
    }
}
