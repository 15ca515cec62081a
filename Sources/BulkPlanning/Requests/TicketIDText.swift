import BulkSystem
import BulkPlan
import MavaAPI

/// The text inside `="…"`; `nil` for any other text.
func insideFormula(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard text.count >= 3, text[0] == UInt8(ascii: "="), text[1] == UInt8(ascii: "\""),
        text[text.count - 1] == UInt8(ascii: "\""),
        !text[2..<text.count - 1].contains(UInt8(ascii: "\""))
    else { return nil }
    return trimmed(UnsafeBufferPointer(rebasing: text[2..<text.count - 1]))
}

/// Recognises texts that are not ids but name a ticket, and finds the most likely id.
enum TicketIDText {
    /// Passes a ticket's id to a closure, without what a cell may have around it.
    ///
    /// A cell can have `'`, `="…"` or a dashboard link around the id.
    ///
    /// - Parameters:
    ///   - text: The text without surrounding blanks.
    ///   - body: Uses the id.
    /// - Returns: What `body` returns.
    static func withUnwrapped<R>(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        var text = text
        if text.count > 1, text[0] == UInt8(ascii: "'") {
            text = UnsafeBufferPointer(rebasing: text[1...])
        }
        if let inside = insideFormula(text) { text = inside }
        return withIDInDashboardLink(text, body) ?? body(text)
    }

    /// Whether a text is a number in a usual notation, such as `12345`, `#12345`, `12,345.0`, `0x1F`.
    static func isNumber(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            var text = text
            return text.withUTF8(isNumber(ascii:))
        }
        var rest = text[...]
        if let sign = rest.first, "#+-".contains(sign) { rest = rest.dropFirst() }
        if rest.prefix(2).lowercased() == "0x" {
            return rest.count > 2 && rest.dropFirst(2).allSatisfy(\.isHexDigit)
        }
        return rest.allSatisfy { $0.isNumber || ".,_' ".contains($0) }
            && rest.contains(where: \.isNumber)
    }

    static func isNumber(ascii text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        if let sign = rest.first, sign == 0x23 || sign == 0x2B || sign == 0x2D {
            rest = rest.dropFirst()
        }
        if rest.count > 1, rest.first == 0x30, rest[rest.startIndex + 1] | 0x20 == 0x78 {
            return rest.count > 2 && rest.dropFirst(2).allSatisfy(isHexDigit)
        }
        var hasDigits = false
        for byte in rest {
            switch byte {
            case 0x30...0x39: hasDigits = true
            case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "_"), UInt8(ascii: "'"),
                UInt8(ascii: " "):
                break
            default: return false
            }
        }
        return hasDigits
    }

    static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }

    /// Whether a text is a number as shortened by spreadsheets, such as `6.63E+23`, `6,63E+23` or `1e5`.
    static func isScientific(_ text: String) -> Bool {
        // Most texts have another byte at their start.
        guard let first = text.utf8.first, isDigit(first),
            text.utf8.allSatisfy({ isDigit($0) || "eE+-.,".utf8.contains($0) })
        else { return false }
        let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, let sign = parts[1].first else { return false }
        let exponent = "+-".contains(sign) ? parts[1].dropFirst() : parts[1]
        let mantissa = parts[0].split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
        return mantissa.count <= 2
            && (mantissa + [exponent]).allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
            }
    }

    /// Whether a text is what a spreadsheet leaves of an id of decimal digits: at most 17 of them, and zeros.
    static func isRounded(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { TicketKey(hexadecimal: $0)?.isRounded ?? false }
    }

    /// Whether a text can be what a spreadsheet leaves of an id, by a look that most texts do not pass.
    static func mayBeLost(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard isDigit(text[0]) else { return false }
        if text.count == 24 { return text[17...].allSatisfy { $0 == 0x30 } }
        return text.allSatisfy { isDigit($0) || $0 | 0x20 == 0x65 || 0x2B...0x2E ~= $0 }
    }

    /// Whether a text is what a spreadsheet leaves of an id, with digits lost.
    static func isLostID(_ text: String) -> Bool {
        if isRounded(text) { return true }
        guard isScientific(text) else { return false }
        let exponent = text.drop { $0 != "e" && $0 != "E" }.dropFirst().drop { $0 == "+" }
        return Int(exponent).map { 20...24 ~= $0 } ?? false
    }

    /// Whether a text is a date as shown by spreadsheets, such as `1/2/2026` or `2026-01-02 10:00`.
    static func isDate(_ text: String) -> Bool {
        // Every part of a date starts with a digit.
        guard let first = text.utf8.first, 0x30...0x39 ~= first else { return false }
        var rest = text.utf8[...]
        var separator: UInt8?
        for place in 0..<3 {
            let digits = rest.prefix(while: isDigit)
            guard (1...4).contains(digits.count) else { return false }
            rest = rest[digits.endIndex...]
            guard place < 2 else { break }
            guard let sign = rest.popFirst(), sign == separator ?? sign,
                [UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(sign)
            else { return false }
            separator = sign
        }
        guard let next = rest.first else { return true }
        guard next == UInt8(ascii: " ") || next == UInt8(ascii: "T") else { return false }
        // A mark of its own makes another character of what is before it.
        return text[rest.startIndex...].first.map { $0 == " " || $0 == "T" } ?? true
    }

    /// Whether a text is a spreadsheet's error value, such as `#N/A` or `#REF!`.
    static func isSpreadsheetError(_ text: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "#"), text.first == "#", text.count > 2 else {
            return false
        }
        let rest = text.dropFirst()
        return rest.contains(where: \.isLetter)
            && rest.allSatisfy { $0.isUppercase || $0.isNumber || "/!?_".contains($0) }
    }

    /// What people and programs write for a missing value.
    private static let placeholders: Set<String> = [
        "n/a", "na", "null", "nil", "none", "nan", "undefined", "unknown", "empty", "tbd",
        "missing",
        "(blank)", "(empty)", "(none)", "(null)", "<null>", "\\n", "true", "false",
    ]

    /// More bytes than a placeholder has in any letter case.
    private static let longestPlaceholder = 32

    /// Whether a text of ASCII can be a placeholder, by a look that most texts do not pass.
    static func mayBePlaceholder(ascii text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, isDigit(first) || isLetter(first) else { return true }
        return text.count <= longestInASCII && placeholderLetters[Int(first)]
    }

    private static let longestInASCII = placeholders.map(\.utf8.count).max() ?? 0
    /// The letters, in either case, with which placeholders begin.
    private static let placeholderLetters: [Bool] = {
        var letters = [Bool](repeating: false, count: 256)
        for first in placeholders.compactMap(\.utf8.first) where isLetter(first) {
            letters[Int(first)] = true
            letters[Int(first & ~0x20)] = true
        }
        return letters
    }()

    /// Whether a text is written for a missing value.
    static func isPlaceholder(_ text: String) -> Bool {
        (text.utf8.count <= longestPlaceholder && placeholders.contains(text.lowercased()))
            || isMadeOfSigns(text)
    }

    private static func isMadeOfSigns(_ text: String) -> Bool {
        let signs = "-\u{2013}\u{2014}?._*/"
        // Most texts have a letter or a digit at their start.
        if let first = text.utf8.first, isDigit(first) || isLetter(first) { return false }
        return text.allSatisfy { signs.contains($0) }
    }
}
