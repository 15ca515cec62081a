/// A text from the input as messages show it: in quotes, shortened, without control characters.
///
/// - Parameters:
///   - text: The text.
///   - limit: The most characters (Unicode scalars) of it that are shown.
/// - Returns: The text in quotes.
package func quoted(_ text: String, limit: Int = 60) -> String {
    "\"\(HiddenCharacter.escaped(text, limit: limit))\""
}
