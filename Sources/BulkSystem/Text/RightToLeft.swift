/// The one rule for text of right-to-left scripts, such as Hebrew and Arabic, inside lines of our own.
///
/// A display orders a line as a whole (UAX #9, the Unicode bidirectional algorithm). Two such names with an arrow
/// between them are therefore shown in reverse: the new value is where a reader expects the old one. A text between
/// U+2068 and U+2069 is ordered by itself, and the line around it stays as it was written.
package enum RightToLeft {
    /// First strong isolate: begins a text that is ordered by itself.
    static let start: Unicode.Scalar = "\u{2068}"
    /// Pop directional isolate: ends it.
    static let end: Unicode.Scalar = "\u{2069}"

    /// Whether a character is of a right-to-left script (the blocks that UAX #9 reserves for R and AL).
    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF,
            0x1E800...0x1EFFF:
            true
        default: false
        }
    }

    /// Whether a text has a character of a right-to-left script.
    package static func isIn(_ text: some StringProtocol) -> Bool {
        // No such character begins with a smaller byte in UTF-8.
        text.utf8.contains { $0 >= 0xD6 } && text.unicodeScalars.contains(where: contains)
    }

    /// A value as a whole, ordered by itself where it has a right-to-left character.
    ///
    /// - Parameter value: The value, in which hidden characters are escaped already.
    /// - Returns: The value, with U+2068 before it and U+2069 after it where that is needed.
    package static func isolated(_ value: String) -> String {
        isIn(value) ? "\(start)\(value)\(end)" : value
    }

    /// A sentence of our own in which each stretch of right-to-left text is ordered by itself.
    ///
    /// - Parameter sentence: The sentence, in which hidden characters are escaped already.
    /// - Returns: The sentence.
    package static func isolatedStretches(_ sentence: String) -> String {
        pieces(of: sentence).reduce(into: "") { $0 += $1.isStretch ? isolated($1.text) : $1.text }
    }

    /// A part of a sentence.
    package struct Piece: Hashable {
        /// The part.
        package var text: String
        /// Whether it is to be ordered by itself.
        package var isStretch: Bool
    }

    /// Divides a sentence into stretches of right-to-left text and what is between them.
    ///
    /// A stretch begins and ends with a right-to-left character. Words in it are separated by one blank; arrows, commas,
    /// quotation marks and Latin letters end it.
    ///
    /// - Parameter sentence: The sentence.
    /// - Returns: The pieces; one of a sentence without such text.
    package static func pieces(of sentence: String) -> [Piece] {
        guard isIn(sentence) else { return [Piece(text: sentence, isStretch: false)] }
        var pieces: [Piece] = []
        let scalars = sentence.unicodeScalars
        var rest = scalars[...]
        while let first = rest.firstIndex(where: contains) {
            if first > rest.startIndex {
                pieces.append(Piece(text: String(rest[..<first]), isStretch: false))
            }
            let last = endOfStretch(rest[first...])
            pieces.append(Piece(text: String(rest[first..<last]), isStretch: true))
            rest = rest[last...]
        }
        if !rest.isEmpty { pieces.append(Piece(text: String(rest), isStretch: false)) }
        return pieces
    }

    /// Where a stretch ends that begins at the first character.
    private static func endOfStretch(_ scalars: Substring.UnicodeScalarView) -> String.Index {
        var end = scalars.startIndex
        var previous: Unicode.Scalar?
        for index in scalars.indices {
            let scalar = scalars[index]
            if contains(scalar) || end == index && isMark(scalar) {
                end = scalars.index(after: index)
            } else if !isInside(scalar) || scalar == " " && previous == " " {
                break
            }
            previous = scalar
        }
        return end
    }

    /// Whether a character belongs to the letter before it.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: true
        default: scalar.value == 0x200C || scalar.value == 0x200D
        }
    }

    /// Whether a character can be between two words of one name.
    private static func isInside(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "-", "'", "_", "\u{2019}", "0"..."9": true
        default: isMark(scalar)
        }
    }

    /// Completes what was cut within a text that is ordered by itself.
    ///
    /// - Parameters:
    ///   - line: The beginning of a line, up to where it was cut.
    ///   - mark: What is put where it was cut.
    /// - Returns: The line with the mark, and with no isolate left open.
    static func closed(_ line: String, mark: String = "") -> String {
        let scalars = line.unicodeScalars
        guard let place = scalars.lastIndex(where: { $0 == start || $0 == end }),
            scalars[place] == start
        else { return line + mark }
        let open = scalars[scalars.index(after: place)...]
        let isNeeded = open.contains(where: contains)
        return String(scalars[..<place])
            + (isNeeded ? "\(start)\(String(open))\(mark)\(end)" : String(open) + mark)
    }

    /// Completes lines into which a line was broken, so that each of them is in order by itself.
    static func closed(_ lines: [String], indent: Int) -> [String] {
        var isOpen = false
        return lines.enumerated().map { index, line in
            var line = line
            if isOpen {
                let blanks = index == 0 ? 0 : indent
                let scalars = line.unicodeScalars
                let body = scalars[scalars.index(scalars.startIndex, offsetBy: blanks)...]
                let first = body.prefix(while: { $0 != end })
                let isNeeded = first.contains(where: contains)
                var shown = String(body)
                if isNeeded {
                    shown = "\(start)\(shown)"
                } else if first.endIndex < body.endIndex {
                    shown = String(first) + String(body[body.index(after: first.endIndex)...])
                    isOpen = false
                }
                line = String(repeating: " ", count: blanks) + shown
            }
            let marks = line.unicodeScalars.filter { $0 == start || $0 == end }
            if let last = marks.last { isOpen = last == start }
            return closed(line)
        }
    }
}

extension TerminalText {
    /// A value from a file or a server in a text of our own: escaped, and ordered by itself where it is of a
    /// right-to-left script.
    package static func value(_ text: String) -> String { RightToLeft.isolated(escaped(text)) }

    /// A sentence of our own that quotes such values: escaped, with each right-to-left stretch ordered by itself.
    package static func sentence(_ text: String) -> String {
        RightToLeft.isolatedStretches(escaped(text))
    }

    /// A line that was put together from values and sentences: only the isolates of ``RightToLeft`` stay.
    static func escapedLine(_ line: Substring) -> String {
        guard line.unicodeScalars.contains(RightToLeft.start) else { return escaped(String(line)) }
        var shown = ""
        var rest = line.unicodeScalars
        while let place = rest.firstIndex(of: RightToLeft.start) {
            shown += escaped(String(rest[..<place]))
            let inner = rest[rest.index(after: place)...]
            let end = inner.firstIndex { $0 == RightToLeft.start || $0 == RightToLeft.end }
            if let end, inner[end] == RightToLeft.end,
                inner[..<end].contains(where: RightToLeft.contains)
            {
                shown += RightToLeft.isolated(escaped(String(inner[..<end])))
                rest = inner[inner.index(after: end)...]
            } else {
                shown += HiddenCharacter.escape(RightToLeft.start)
                rest = inner
            }
        }
        return shown + escaped(String(rest))
    }
}
