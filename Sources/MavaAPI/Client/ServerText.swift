/// Text that came from a server or from libcurl, made fit for a message.
package enum ServerText {
    /// The most characters that are kept.
    static let limit = 200

    /// One line of visible characters without secrets, cut to about 200.
    ///
    /// Control characters, line breaks, and the invisible ones that reorder or hide text are written as
    /// `\u{…}`, so that nothing a server says can act on a terminal or a log.
    ///
    /// - Parameters:
    ///   - text: What the server said.
    ///   - key: The key that the server was given, which it may say again: it is left out.
    /// - Returns: The text for a message.
    package static func excerpt(_ text: String, hiding key: APIKey? = nil) -> String {
        let text = SecretText.removed(from: text, key: key)
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else {
                result += "…"
                break
            }
            count += 1
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
                .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
