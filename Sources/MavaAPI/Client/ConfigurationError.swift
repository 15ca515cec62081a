/// Why a client cannot be made from its settings.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, CaseIterable, Sendable {
        /// The base URL is not a valid URL.
        case invalidBaseURL
        /// The base URL would send the key unencrypted over a network.
        case insecureBaseURL
    }

    /// The cause.
    public var code: Code
    /// What is wrong and how to fix it; never holds a secret.
    public var message: String

    /// Makes an error from its parts.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
