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

    /// Whether a text has no such character, decided by its bytes alone.
    ///
    /// This knows Latin letters, the usual punctuation and arrows. For most other scripts the answer is `false`,
    /// because their characters' categories must be looked up.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - allowsBreaks: Whether line feeds count as shown.
    /// - Returns: `true` if there is none; `false` if it is not known.
    static func areCertainlyNone(in text: String, allowsBreaks: Bool = false) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var at = 0
            while at < bytes.count {
                switch bytes[at] {
                case 0x20..<0x7F: at += 1
                case 0x0A where allowsBreaks: at += 1
                // U+00A0 to U+00BF without the soft hyphen.
                case 0xC2 where bytes[at + 1] >= 0xA0 && bytes[at + 1] != 0xAD: at += 2
                // U+00C0 to U+033F.
                case 0xC3...0xCC: at += 2
                // U+2010 to U+2027: dashes, quotation marks, the ellipsis.
                case 0xE2 where bytes[at + 1] == 0x80 && 0x90...0xA7 ~= bytes[at + 2]: at += 3
                // U+2190 to U+21BF and U+21D0 to U+21FF: arrows.
                case 0xE2 where 0x86...0x87 ~= bytes[at + 1] && bytes[at + 2] >= 0x90: at += 3
                default: return false
                }
            }
            return true
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
        if limit >= text.utf8.count {
            if areCertainlyNone(in: text) { return text }
        } else if let shown = visibleStart(of: text, limit) {
            return shown
        }
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

    /// The first bytes of a longer text and `…`, if all of them are visible characters of ASCII.
    private static func visibleStart(of text: String, _ count: Int) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            let start = bytes.prefix(count)
            guard start.allSatisfy({ 0x20..<0x7F ~= $0 }) else { return nil }
            let ellipsis: StaticString = "…"
            return String(unsafeUninitializedCapacity: count + ellipsis.utf8CodeUnitCount) {
                space in
                _ = space.update(fromContentsOf: start)
                for place in 0..<ellipsis.utf8CodeUnitCount {
                    space[count + place] = ellipsis.utf8Start[place]
                }
                return count + ellipsis.utf8CodeUnitCount
            }
        }
    }
}
