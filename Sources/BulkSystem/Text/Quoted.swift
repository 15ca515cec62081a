/// An input text as messages show it: quoted, shortened and without control characters.
///
/// - Parameters:
///   - text: The text.
///   - limit: The most characters (Unicode scalars) to show.
/// - Returns: The text in quotes.
package func quoted(_ text: String, limit: Int = 60) -> String {
    "\"\(HiddenCharacter.escaped(text, limit: limit))\""
}
