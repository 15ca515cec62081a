/// An API key that never prints itself: every description of it says `<redacted>`.
public struct APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The key's text, for the request header and for nothing else.
    package let secret: String

    /// Parses a key; white space around it (a file's last newline) is cut off.
    ///
    /// The result is `nil` when nothing is left, or when it holds a character that a header cannot
    /// carry.
    ///
    /// - Parameter text: The key's text.
    public init?(_ text: String) {
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
        let secret = String(trimmed.reversed())
        guard !secret.isEmpty, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.secret = secret
    }

    /// Always `<redacted>`.
    public var description: String { "<redacted>" }
    /// Always `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
