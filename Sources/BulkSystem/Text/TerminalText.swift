/// Text for a terminal: made harmless, measured and cut in columns.
package enum TerminalText {
    /// A text from a file or a server with all terminal-controlling characters made visible.
    ///
    /// These are control characters (C0, C1, DEL), format characters and separators. Some of them
    /// turn the reading direction.
    ///
    /// - Parameter text: The original text.
    /// - Returns: One line of text, with each such character written as `\u{202E}`.
    package static func escaped(_ text: String) -> String {
        HiddenCharacter.escaped(text, allowsJoiners: true)
    }

    /// A text of several lines, each escaped as ``escaped(_:)`` does; what ``RightToLeft`` isolated stays so.
    package static func escapedLines(_ text: String) -> String {
        // A preview can have many megabytes, and is seldom changed.
        if HiddenCharacter.areCertainlyNone(in: text, allowsBreaks: true) { return text }
        let hidesNothing = text.unicodeScalars.allSatisfy {
            $0 == "\n" || !HiddenCharacter.contains($0, allowsJoiners: true)
        }
        if hidesNothing { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map(escapedLine).joined(separator: "\n")
    }

    /// JSON with such characters escaped in JSON's own form (RFC 8259, section 7).
    ///
    /// The meaning stays the same, because outside of strings JSON has no such characters but line
    /// ends.
    package static func escapedJSON(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" || !HiddenCharacter.contains(scalar, allowsJoiners: true) {
                shown.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16, uppercase: true)
                shown += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return shown
    }

    /// How many columns a text needs: two for a wide character, none for a combining one.
    package static func width(_ text: String) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        if scalar.value < 0x300, character.unicodeScalars.count == 1 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // A character that is shown as an emoji is wide, either by itself or by the selector after
        // it.
        let isEmoji =
            scalar.properties.isEmojiPresentation
            || character.unicodeScalars.contains("\u{FE0F}")
        return isEmoji || isWide(scalar.value) ? 2 : 1
    }

    /// The blocks of East Asian wide characters (UAX #11), as far as terminals agree.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F1E6...0x1F1FF,
            0x1F200...0x1F2FF, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// A text cut to a width, with `…` where it was cut.
    package static func cut(_ text: String, to limit: Int) -> String {
        guard limit > 0 else { return "" }
        // No character takes more columns than it has bytes.
        if text.utf8.count <= limit { return text }
        var used = 0
        var end = text.startIndex
        var fitting = text.startIndex
        for index in text.indices {
            used += width(text[index])
            if used > limit { return RightToLeft.closed(String(text[..<fitting]), mark: "…") }
            end = text.index(after: index)
            if used < limit { fitting = end }
        }
        return text
    }

    /// Breaks a text into lines at its blanks.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - limit: The columns of a line.
    ///   - indent: The columns left free at the beginning of every line but the first.
    /// - Returns: The lines; `nil` where a word is too long for one.
    package static func wrapped(_ text: String, to limit: Int, indent: Int) -> [String]? {
        var lines: [String] = []
        var line = ""
        var hasWord = false
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        for (index, word) in words.enumerated() {
            let longer = index == 0 ? String(word) : line + " " + word
            if hasWord, width(longer) > limit {
                lines.append(line)
                line = String(repeating: " ", count: indent) + word
            } else {
                line = longer
            }
            guard width(line) <= limit else { return nil }
            hasWord = hasWord || !word.isEmpty
        }
        return RightToLeft.closed(lines + [line], indent: indent)
    }
}
