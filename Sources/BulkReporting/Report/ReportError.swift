/// A report that is inconsistent and was therefore not written to its destination.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The inconsistency, in words.
    public var message: String

    /// Makes an error from its message.
    package init(message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}
