/// Why a sandbox cannot start or cannot keep its files, and how to fix it.
public struct SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of reasons.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The address to listen on is not available.
        case listen
        /// A file cannot be read.
        case read
        /// A file cannot be written.
        case write
        /// The text of the faults or the quota cannot be parsed.
        case syntax
        /// A resource of the system is missing, such as a thread or a descriptor.
        case system
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong and how to fix it.
    public var message: String
    /// The position in the text at which parsing stopped, in bytes from 1; nil if there is no text.
    public var column: Int?

    init(_ code: Code, _ message: String, column: Int? = nil) {
        self.code = code
        self.message = message
        self.column = column
    }

    /// The message, with the column if there is one.
    public var description: String {
        column.map { "column \($0): \(message)" } ?? message
    }
}
