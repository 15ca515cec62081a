/// Text on its way to a terminal: made harmless, measured and cut in columns.
package enum TerminalText {
    /// A text from a file or a server with everything made visible that could steer a terminal or turn
    /// the reading direction: control characters (C0, C1, DEL), format and separator characters.
    ///
    /// - Parameter text: The text as it came.
    /// - Returns: One line of text, in which such a character stands as `\u{202E}`.
    package static func escaped(_ text: String) -> String {
        // Most texts are plain ASCII.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isHarmful(scalar) {
                shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // A joiner inside an emoji or a script's word does no harm and belongs to it.
        case .format: scalar.value != 0x200D && scalar.value != 0x200C
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        default: false
        }
    }

    /// How many columns a text takes: two for a wide character, none for a combining one.
    package static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // The blocks of East Asian wide characters and emoji (UAX #11), as far as terminals agree.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// A text cut to a width, with `…` where something was cut off.
    package static func cut(_ text: String, to limit: Int) -> String {
        guard limit > 0 else { return "" }
        var used = 0
        var end = text.startIndex
        var fitting = text.startIndex
        for index in text.indices {
            used += width(text[index])
            if used > limit { return String(text[..<fitting]) + "…" }
            end = text.index(after: index)
            if used < limit { fitting = end }
        }
        return text
    }
}
