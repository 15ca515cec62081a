/// An input text as messages show it: quoted, shortened and without control characters.
///
/// - Parameters:
///   - text: The text.
///   - limit: The most characters (Unicode scalars) to show.
/// - Returns: The text in quotes.
package func quoted(_ text: String, limit: Int = longestQuoted) -> String {
    "\"\(HiddenCharacter.escaped(text, limit: limit))\""
}

/// The most characters (Unicode scalars) of a text that messages quote.
package let longestQuoted = 60

extension OutputBuffer {
    /// Appends what ``quoted(_:limit:)`` makes of a text, as it is inside a JSON string.
    package mutating func append(quotedInsideJSONString text: String) {
        append(#"\""#)
        append(insideJSONString: HiddenCharacter.escaped(text, limit: longestQuoted))
        append(#"\""#)
    }
}
