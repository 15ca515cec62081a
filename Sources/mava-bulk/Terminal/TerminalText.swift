/// Text that came from files or servers, made harmless for a terminal.
enum TerminalText {
    /// The text with control characters and direction marks written out, such as `\u{1b}`.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - keepsLines: Whether line breaks stay as they are.
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
