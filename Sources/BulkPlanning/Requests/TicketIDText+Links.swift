import BulkSystem
import MavaAPI

// The dashboard's links to tickets, by their bytes. Only a link with an unusual form is read by its characters.

extension TicketIDText {
    /// What the dashboard's links to tickets have before the id.
    private static let linkStart: StaticString =
        "https://dashboard.mava.app/dashboard/ticket?id="

    /// The key of the ticket to which a dashboard link leads; `nil` when the text is no such link.
    static func keyInDashboardLink(_ text: UnsafeBufferPointer<UInt8>) -> TicketKey? {
        withIDInDashboardLink(text) { TicketKey(hexadecimal: $0) } ?? nil
    }

    /// Passes the id in the dashboard's link to a ticket to a closure.
    ///
    /// - Parameters:
    ///   - text: The text without surrounding blanks.
    ///   - body: Uses the id's 24 digits.
    /// - Returns: What `body` returns; `nil` when the text is not such a link.
    static func withIDInDashboardLink<R>(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R? {
        guard let first = text.first, first | 0x20 == UInt8(ascii: "h") else { return nil }
        if let id = idInPlainLink(text) { return body(id) }
        guard beginsAsLink(text),
            var id = idInDashboardLink(String(decoding: text, as: UTF8.self))
        else { return nil }
        return id.withUTF8(body)
    }

    /// The id in a link with the usual beginning, and no other id behind it.
    private static func idInPlainLink(
        _ text: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8>? {
        let length = linkStart.utf8CodeUnitCount
        guard text.count >= length + 24 else { return nil }
        for place in 0..<length where text[place] != linkStart.utf8Start[place] { return nil }
        let end = text[(length + 24)...]
        // A combining mark makes another character of the one before it.
        guard end.allSatisfy({ $0 < 0x80 }) else { return nil }
        let rest = end.prefix { $0 != UInt8(ascii: "#") }
        if let first = rest.first, first != UInt8(ascii: "&") || namesID(rest) { return nil }
        let id = UnsafeBufferPointer(rebasing: text[length..<length + 24])
        return id.allSatisfy(isHexDigit) ? id : nil
    }

    /// Whether a part of a link has another id.
    private static func namesID(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        text.indices.contains { text[$0...].starts(with: "&id=".utf8) }
    }

    /// Whether a text begins with the scheme and the host of a dashboard link, in any letter case.
    private static func beginsAsLink(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        func begins(_ start: StaticString) -> Bool {
            text.count >= start.utf8CodeUnitCount
                && equalsIgnoringCase(
                    UnsafeBufferPointer(rebasing: text[..<start.utf8CodeUnitCount]), start)
        }
        return begins("https://dashboard.mava.app") || begins("http://dashboard.mava.app")
    }

    /// The id in the dashboard's link to a ticket, `https://dashboard.mava.app/dashboard/ticket?id=…`.
    ///
    /// - Parameter text: The text without surrounding blanks.
    /// - Returns: The id's 24 digits; `nil` when the text is not such a link, or its `id` is not an ObjectId.
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

    /// Whether a text has what separates a link's scheme from its host.
    static func namesScheme(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return false }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.contains("://") }
        return signs(of: text).hasScheme
    }
}
