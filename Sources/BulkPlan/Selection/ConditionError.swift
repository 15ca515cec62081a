import BulkSystem

/// A mistake in a condition, with its place.
public struct ConditionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The whole condition.
    public var text: String
    /// Where the mistake is, in characters from the start.
    public var offset: Int
    /// What is wrong and what to write instead.
    public var message: String

    /// Makes an error from its parts.
    public init(text: String, offset: Int, message: String) {
        self.text = text
        self.offset = offset
        self.message = message
    }

    /// The message, the expression, and a caret under the place: three lines for a terminal.
    ///
    /// Control characters are shown as escapes. Of a long expression only the surroundings of the place are shown.
    public var description: String {
        let place =
            text.index(text.startIndex, offsetBy: max(0, offset), limitedBy: text.endIndex)
            ?? text.endIndex
        let start =
            text.index(place, offsetBy: -Self.surroundings, limitedBy: text.startIndex)
            ?? text.startIndex
        let end =
            text.index(place, offsetBy: Self.surroundings, limitedBy: text.endIndex)
            ?? text.endIndex
        let before =
            (start > text.startIndex ? "…" : "") + TerminalText.escaped(String(text[start..<place]))
        let after =
            TerminalText.escaped(String(text[place..<end])) + (end < text.endIndex ? "…" : "")
        let caret = String(repeating: " ", count: TerminalText.width(before)) + "^"
        return "\(TerminalText.escaped(message))\n\(before)\(after)\n\(caret)"
    }

    /// The number of characters to show on each side of the place.
    private static let surroundings = 60
}
