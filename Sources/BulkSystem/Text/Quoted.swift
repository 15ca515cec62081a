/// A text from the input as messages show it: in quotes, shortened, without control characters.
///
/// - Parameters:
///   - text: The text.
///   - limit: The most characters (Unicode scalars) of it that are shown.
/// - Returns: The text in quotes.
package func quoted(_ text: String, limit: Int = 60) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
            shown += "\\u{\(String(scalar.value, radix: 16))}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return text.unicodeScalars.count > limit ? "\"\(shown)…\"" : "\"\(shown)\""
}
