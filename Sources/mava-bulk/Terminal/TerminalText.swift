/// Text that came from files or servers, made harmless for a terminal.
enum TerminalText {
    /// Writes out control characters and direction marks, such as `\u{1b}`.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - keepsLines: Whether line breaks stay as they are.
    /// - Returns: The text without anything that a terminal would obey.
    static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where keepsLines && scalar == "\n":
                result.unicodeScalars.append(scalar)
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
