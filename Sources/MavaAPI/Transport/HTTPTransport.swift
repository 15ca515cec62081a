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
