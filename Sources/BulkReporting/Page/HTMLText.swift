import BulkSystem

/// The one function through which text from files and servers gets into pages and into XML.
enum HTMLText {
    /// The longest foreign text that a page shows, in characters (Unicode scalars).
    static let longestText = 200

    /// A text as the content of an element, or as the value of an attribute in double quotes.
    ///
    /// Characters that control a terminal or turn the reading direction are made visible first. So the result is one
    /// line, has no `<`, no `>` and no quote, and is valid in XML too.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - limit: The most characters (Unicode scalars) that are kept, before they are escaped for the page.
    /// - Returns: The escaped text.
    static func escaped(_ text: String, limit: Int = longestText) -> String {
        markupFree(shown(text, limit: limit))
    }

    /// A text with visible control characters, of which at most `limit` characters are kept.
    fileprivate static func shown(_ text: String, limit: Int) -> String {
        let escaped = TerminalText.escaped(text)
        // No text has more characters than bytes.
        guard escaped.utf8.count > limit, escaped.unicodeScalars.count > limit else {
            return escaped
        }
        return String(String.UnicodeScalarView(escaped.unicodeScalars.prefix(limit))) + "…"
    }

    fileprivate static func markupFree(_ shown: String) -> String {
        var result = ""
        for scalar in shown.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Writes a page.
///
/// Markup is a literal of this program, by its type. Everything else is escaped.
struct HTMLWriter: ~Copyable {
    private(set) var buffer = OutputBuffer()

    /// The number of bytes written.
    var count: Int { buffer.count }

    /// Appends markup of our own.
    mutating func markup(_ markup: StaticString) { buffer.append(markup) }

    /// Appends text of our own, which may quote values: no part of it becomes markup, and each right-to-left stretch
    /// is ordered by itself (``RightToLeft``).
    mutating func text(_ text: String, limit: Int = HTMLText.longestText) {
        for piece in RightToLeft.pieces(of: HTMLText.shown(text, limit: limit)) {
            if piece.isStretch { markup("<bdi>") }
            buffer.append(text: HTMLText.markupFree(piece.text))
            if piece.isStretch { markup("</bdi>") }
        }
    }

    /// Appends text as it is, for XML that programs read.
    mutating func exactText(_ text: String, limit: Int = HTMLText.longestText) {
        buffer.append(text: HTMLText.escaped(text, limit: limit))
    }

    /// Appends a value from a file or a server, which is ordered by itself: a name, a label, an id, a note or a cell.
    mutating func value(_ value: String, limit: Int = HTMLText.longestText) {
        markup("<bdi>")
        buffer.append(text: HTMLText.escaped(value, limit: limit))
        markup("</bdi>")
    }

    /// Appends an attribute with a blank before it.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - value: Its value, which is escaped.
    ///   - limit: The most characters of the value that are kept.
    mutating func attribute(
        _ name: StaticString, _ value: String, limit: Int = HTMLText.longestText
    ) {
        buffer.append(" ")
        buffer.append(name)
        buffer.append(#"=""#)
        buffer.append(text: HTMLText.escaped(value, limit: limit))
        buffer.append(#"""#)
    }

    /// Appends a number with separators between thousands.
    mutating func number(_ number: Int) { buffer.append(text: Words.number(number)) }

    /// Appends a number as programs read it.
    mutating func decimal(_ number: Int) { buffer.append(decimal: number) }

    /// Appends a number with up to two decimals, for a drawing.
    mutating func coordinate(_ value: Double) {
        let hundredths = Int((max(0, min(value, 1e9)) * 100).rounded())
        buffer.append(decimal: hundredths / 100)
        guard hundredths % 100 > 0 else { return }
        buffer.append(".")
        buffer.append(UInt8(ascii: "0") + UInt8(hundredths / 10 % 10))
        buffer.append(UInt8(ascii: "0") + UInt8(hundredths % 10))
    }

    /// Appends what another writer has, and empties that.
    mutating func append(_ other: inout HTMLWriter) {
        other.buffer.drain { buffer.append($0) }
    }

    /// Discards what was written after the first `length` bytes.
    mutating func truncate(to length: Int) { buffer.truncate(to: length) }

    /// Moves the bytes into a buffer.
    mutating func drain(into other: inout OutputBuffer) { buffer.drain { other.append($0) } }
}
