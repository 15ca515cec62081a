/// The one rule for characters of foreign text that are shown as escapes.
///
/// Terminals, messages, reports and ids all use it. Such a character is written as `\u{202E}`.
package enum HiddenCharacter {
    /// Whether a character is invisible, changes the reading direction, or can control a terminal.
    ///
    /// - Parameters:
    ///   - scalar: The character.
    ///   - allowsJoiners: Whether U+200C and U+200D, which join letters and emoji, are shown as
    ///     they are.
    /// - Returns: Whether the character must be written as an escape.
    package static func contains(_ scalar: Unicode.Scalar, allowsJoiners: Bool = false) -> Bool {
        if scalar.value >= 0x20, scalar.value < 0x7F { return false }
        // All of these are letters, marks and signs, except for the soft hyphen.
        if scalar.value >= 0xA0, scalar.value < 0x0370 { return scalar.value == 0xAD }
        switch scalar.properties.generalCategory {
        // C0 and C1 controls and DEL: escape sequences, tabs, line breaks.
        case .control: return true
        // Bidirectional marks and overrides (U+202A to U+202E, U+2066 to U+2069), zero-width
        // spaces, byte order marks, soft hyphens, tags.
        case .format:
            return !(allowsJoiners && (scalar.value == 0x200C || scalar.value == 0x200D))
        // U+2028 and U+2029 break lines in some programs.
        case .lineSeparator, .paragraphSeparator: return true
        // Nothing that a font can show.
        case .surrogate, .privateUse, .unassigned: return true
        default: return false
        }
    }

    /// A character as an escape, such as `\u{202E}`.
    package static func escape(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }

    /// A text with every hidden character written as an escape.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - limit: The most characters (Unicode scalars) to keep. `…` follows if some are left out.
    ///   - allowsJoiners: Whether U+200C and U+200D are shown as they are.
    /// - Returns: One line of text.
    package static func escaped(
        _ text: String, limit: Int = .max, allowsJoiners: Bool = false
    ) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return shown + "…" }
            count += 1
            if contains(scalar, allowsJoiners: allowsJoiners) {
                shown += escape(scalar)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
