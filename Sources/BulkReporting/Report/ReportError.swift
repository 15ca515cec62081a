/// A report that does not hold together and was therefore not put in place.
public struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not hold, in words.
    public var message: String

    /// The message.
    public var description: String { message }
}
