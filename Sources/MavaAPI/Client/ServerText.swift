import BulkSystem

/// Text that came from a server or from libcurl, made fit for a message.
package enum ServerText {
    /// The most characters that are kept.
    static let limit = 200

    /// One line of visible characters without secrets, cut to about 200.
    ///
    /// Control characters, line breaks, and the invisible ones that reorder or hide text are written as
    /// `\u{…}`, so that a server's text cannot control a terminal or a log.
    ///
    /// - Parameters:
    ///   - text: What the server said.
    ///   - key: The key that the server was given, which it may say again: it is left out.
    /// - Returns: The text for a message.
    package static func excerpt(_ text: String, hiding key: APIKey? = nil) -> String {
        HiddenCharacter.escaped(SecretText.removed(from: text, key: key), limit: limit)
    }
}
