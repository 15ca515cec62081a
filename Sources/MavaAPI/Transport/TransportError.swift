/// Why a request brought no complete answer.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, Sendable, CaseIterable {
        /// The host's name could not be resolved.
        case resolve
        /// No connection could be made.
        case connect
        /// The TLS handshake failed.
        case tls
        /// The server's certificate is not trusted, or the trusted authorities cannot be used: a retry cannot
        /// help.
        case untrusted
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
        /// This machine cannot send, now or at all: libcurl is missing, too old, or refuses a setting, or the
        /// server asked all users of the key for a longer wait than the caller accepts.
        case unavailable
        /// This machine is temporarily short of descriptors, memory or ports. Nothing was sent, and the
        /// server is not the cause.
        case localShortage
    }

    /// The cause.
    public var code: Code
    /// What happened, in words; never holds a secret.
    public var message: String
    /// Whether the server may have seen the request, so that its effect is unknown.
    public var mayHaveReachedServer: Bool

    /// Whether a connection that had carried other requests ended before anything was received on it.
    ///
    /// Servers close connections that are not in use, also at the moment at which the next request is written. It
    /// says nothing about the server's health.
    package var isOfReusedConnection = false

    /// Makes an error from its parts.
    public init(code: Code, message: String, mayHaveReachedServer: Bool) {
        self.code = code
        self.message = message
        self.mayHaveReachedServer = mayHaveReachedServer
    }

    /// The message.
    public var description: String { message }
}
