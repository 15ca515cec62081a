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
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return isNumber(ascii: text.utf8[...]) }
        var rest = text[...]
        if let sign = rest.first, "#+-".contains(sign) { rest = rest.dropFirst() }
        if rest.prefix(2).lowercased() == "0x" {
            return rest.count > 2 && rest.dropFirst(2).allSatisfy(\.isHexDigit)
        }
        return rest.allSatisfy { $0.isNumber || ".,_' ".contains($0) }
            && rest.contains(where: \.isNumber)
    }

    private static func isNumber(ascii text: Substring.UTF8View) -> Bool {
        var rest = text
        if let sign = rest.first, [0x23, 0x2B, 0x2D].contains(sign) { rest = rest.dropFirst() }
        if rest.first == 0x30, let mark = rest.dropFirst().first, mark | 0x20 == 0x78 {
            let digits = rest.dropFirst(2)
            return !digits.isEmpty
                && digits.allSatisfy { isDigit($0) || 0x61...0x66 ~= $0 | 0x20 }
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

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

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
    private static func isSpreadsheetError(_ text: String) -> Bool {
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

    private static func isPlaceholder(_ text: String) -> Bool {
        (text.utf8.count <= longestPlaceholder && placeholders.contains(text.lowercased()))
            || isMadeOfSigns(text)
    }

    private static func isMadeOfSigns(_ text: String) -> Bool {
        let signs = "-\u{2013}\u{2014}?._*/"
        // Most texts have a letter or a digit at their start.
        if let first = text.utf8.first, isDigit(first) || 0x61...0x7A ~= first | 0x20 {
            return false
        }
        return text.allSatisfy { signs.contains($0) }
    }
}

extension TicketIDText {
    /// Finds out why a text cannot be a ticket's id, whatever the other ids are; `nil` when it may be one.
    ///
    /// - Parameters:
    ///   - found: The text after unwrapping.
    ///   - column: The column's name.
    /// - Returns: The issue, with the id that is most likely meant.
    static func issue(_ found: String, column: String?) -> RowIssue? {
        let inside = idsInside(found)
        if isScientific(found) || inside.contains(where: isRounded) {
            return issue(
                found, column,
                "export the tickets again with the column marked as text: \(quoted(found)) is an id "
                    + "that a spreadsheet turned into a number, and its digits are lost")
        }
        if isSpreadsheetError(found) {
            return issue(
                found, column,
                "correct the formula of this cell: \(quoted(found)) is a spreadsheet's error")
        }
        let isDate = isDate(found)
        if isDate || isPlaceholder(found) {
            let kind = isDate ? "a date" : "written where there is no value"
            return issue(
                found, column,
                "use the ticket's id in Mava, 24 hexadecimal digits: \(quoted(found)) is \(kind)")
        }
        if !inside.isEmpty {
            let meant = inside.joined(separator: " or ")
            return issue(
                found, column,
                "did you mean \(meant)? \(quoted(found)) is not the ticket's id alone",
                suggestion: meant)
        }
        if namesScheme(found) {
            return issue(
                found, column,
                "use the ticket's id in Mava, 24 hexadecimal digits: \(quoted(found)) is a link, and not "
                    + "one to a ticket")
        }
        if isNumber(found) {
            let digits = found.utf8.count
            if (20...23).contains(digits), found.allSatisfy(\.isNumber) {
                let filled = String(repeating: "0", count: 24 - digits) + found
                return issue(
                    found, column,
                    "did you mean \(filled)? \(quoted(found)) has \(digits) digits where ids have 24: "
                        + "a spreadsheet dropped leading zeros", suggestion: filled)
            }
            return issue(
                found, column,
                "use the ticket's id in Mava, 24 hexadecimal digits: \(quoted(found)) is a number, as "
                    + "other systems count tickets")
        }
        if (20...28).contains(found.utf8.count), found.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
            return issue(
                found, column,
                "use the ticket's id in Mava, 24 hexadecimal digits: \(quoted(found)) has "
                    + "\(found.utf8.count)")
        }
        if TicketID(found) == nil {
            return issue(
                found, column,
                "use the ticket's id in Mava: \(quoted(found)) cannot be one, which has 1 to 128 "
                    + "visible characters without blanks")
        }
        return nil
    }

    /// The issue for an id that is unlike the other ids of its input.
    static func unlikeOthers(_ found: String, column: String?) -> RowIssue {
        let isHex = found.allSatisfy { $0.isASCII && $0.isHexDigit }
        let count = found.unicodeScalars.count
        return issue(
            found, column,
            "use the ticket's id in Mava, 24 hexadecimal digits like the other ids here: "
                + quoted(found) + (isHex ? " has \(count)" : " is not one"))
    }

    private static func issue(
        _ found: String, _ column: String?, _ message: String, suggestion: String? = nil
    ) -> RowIssue {
        RowIssue(
            code: .ticketIDInvalid, message: message, column: column, value: found,
            suggestion: suggestion)
    }
}
