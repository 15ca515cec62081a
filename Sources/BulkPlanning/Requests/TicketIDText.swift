import BulkSystem
import BulkPlan
import MavaAPI

/// The text inside `="…"`; `nil` for any other.
func insideFormula(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
    guard text.count >= 3, text[0] == UInt8(ascii: "="), text[1] == UInt8(ascii: "\""),
        text[text.count - 1] == UInt8(ascii: "\""),
        !text[2..<text.count - 1].contains(UInt8(ascii: "\""))
    else { return nil }
    return trimmed(UnsafeBufferPointer(rebasing: text[2..<text.count - 1]))
}

/// Texts that name a ticket without being its id: what they are, and which ticket they most likely mean.
enum TicketIDText {
    /// The id in the dashboard's link to a ticket, `https://dashboard.mava.app/dashboard/ticket?id=…`.
    ///
    /// - Parameter text: The text without blanks around it.
    /// - Returns: The id's 24 digits; `nil` when the text is no such link, or its `id` is no ObjectId.
    static func idInDashboardLink(_ text: String) -> String? {
        guard let schemeEnd = text.firstRange(of: "://")?.upperBound,
            ["https://", "http://"].contains(text[..<schemeEnd].lowercased())
        else { return nil }
        let link = text[schemeEnd...].prefix { $0 != "#" }
        guard let mark = link.firstIndex(of: "?") else { return nil }
        let address = link[..<mark]
        guard let slash = address.firstIndex(of: "/"),
            ["dashboard.mava.app", "dashboard.mava.app:443"].contains(
                address[..<slash].lowercased()),
            ["/dashboard/ticket", "/dashboard/ticket/"].contains(address[slash...])
        else { return nil }
        let ids = link[mark...].dropFirst().split(separator: "&").filter { $0.hasPrefix("id=") }
            .map { String($0.dropFirst(3)) }
        guard let id = ids.first, ids.allSatisfy({ $0 == id }), TicketID(id)?.isObjectID == true
        else { return nil }
        return id
    }

    /// Lends a ticket's id without what may be around it in a cell: `'`, `="…"`, a dashboard link.
    ///
    /// - Parameters:
    ///   - text: The text without blanks around it.
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
        if let first = text.first, first | 0x20 == UInt8(ascii: "h"),
            var id = idInDashboardLink(String(decoding: text, as: UTF8.self))
        {
            return id.withUTF8(body)
        }
        return body(text)
    }

    /// The ids that a text holds: runs of exactly 24 hexadecimal digits, each once, in lower case.
    static func idsInside(_ text: String) -> [String] {
        let plain = percentDecoded(text)
        var found: [String] = []
        for run in plain.split(whereSeparator: { !$0.isASCII || !$0.isHexDigit })
        where run.count == 24 && !found.contains(run.lowercased()) {
            found.append(run.lowercased())
            if found.count == 3 { break }
        }
        // A link can name its organisation or inbox beside the ticket.
        if found.count > 1, let start = plain.firstRange(of: "id="),
            TicketID(String(plain[start.upperBound...].prefix(24)))?.isObjectID == true
        {
            return [plain[start.upperBound...].prefix(24).lowercased()]
        }
        return found
    }

    /// Whether a text is a number as people and programs write one, such as `12345`, `#12345`, `12,345.0`.
    static func isNumber(_ text: String) -> Bool {
        var rest = text[...]
        if let sign = rest.first, "#+-".contains(sign) { rest = rest.dropFirst() }
        return rest.contains { $0.isASCII && $0.isNumber }
            && rest.allSatisfy { ($0.isASCII && $0.isNumber) || $0 == "." || $0 == "," }
    }

    /// Whether a text is a number as spreadsheets shorten it, such as `6.63E+23` or `6,63E+23`.
    static func isScientific(_ text: String) -> Bool {
        let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("+") else { return false }
        let mantissa = parts[0].split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "." || $0 == "," })
        return mantissa.count <= 2
            && (mantissa + [parts[1].dropFirst()]).allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
            }
    }

    private static func percentDecoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TicketIDText {
    /// Why a text cannot be a ticket's id, whatever the other ids are; `nil` when it may be one.
    ///
    /// - Parameters:
    ///   - found: The text without what was unwrapped.
    ///   - column: The column's name.
    /// - Returns: What is wrong, with the id that is most likely meant.
    static func issue(_ found: String, column: String?) -> RowIssue? {
        if isScientific(found) {
            return issue(
                found, column,
                "export the tickets again with the column marked as text: \(quoted(found)) is an id "
                    + "that a spreadsheet turned into a number, and its digits are lost")
        }
        let inside = idsInside(found)
        if !inside.isEmpty {
            let meant = inside.joined(separator: " or ")
            return issue(
                found, column,
                "did you mean \(meant)? \(quoted(found)) is not the ticket's id alone",
                suggestion: meant)
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
        if TicketID(found) == nil {
            return issue(
                found, column,
                "use the ticket's id in Mava: \(quoted(found)) cannot be one, which has 1 to 128 "
                    + "visible characters without blanks")
        }
        return nil
    }

    /// That an id is unlike the other ids of its input.
    static func unlikeOthers(_ found: String, column: String?) -> RowIssue {
        let isHex = found.allSatisfy { $0.isASCII && $0.isHexDigit }
        let count = found.unicodeScalars.count
        return issue(
            found, column,
            "use the ticket's id in Mava, 24 hexadecimal digits like the other ids here: "
                + quoted(found) + (isHex ? " has \(count)" : " is none"))
    }

    private static func issue(
        _ found: String, _ column: String?, _ message: String, suggestion: String? = nil
    ) -> RowIssue {
        RowIssue(
            code: .ticketIDInvalid, message: message, column: column, value: found,
            suggestion: suggestion)
    }
}
