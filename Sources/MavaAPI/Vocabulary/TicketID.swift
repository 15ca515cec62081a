#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

import BulkSystem

/// The identifier of one ticket, as the API writes it.
///
/// The documentation says only "string"; all ids seen so far are MongoDB ObjectIds (24 hex digits whose first
/// eight are the creation time in seconds since 1970). Any 1 to 128 visible characters are taken.
public struct TicketID: Hashable, Sendable, CustomStringConvertible {
    /// The identifier's text, exactly as it goes over the wire.
    public let rawValue: String

    /// Parses an identifier of 1 to 128 visible characters (no blanks, no control characters).
    ///
    /// The result is `nil` when the text is empty, too long, or holds a character that is not visible.
    ///
    /// - Parameter rawValue: The identifier's text.
    public init?(_ rawValue: String) {
        guard Self.isValid(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// The identifier's text.
    public var description: String { rawValue }

    /// When the ticket was created, to the second; `nil` where the identifier is not an ObjectId.
    public var createdAt: Date? { creationSeconds.map { Date(secondsSince1970: $0) } }

    /// ``createdAt`` in seconds since 1970.
    package var creationSeconds: Int? {
        guard isObjectID else { return nil }
        return Int(rawValue.prefix(8), radix: 16)
    }

    /// Whether the identifier has the form of a MongoDB ObjectId: 24 hex digits.
    public var isObjectID: Bool {
        let bytes = rawValue.utf8
        return bytes.count == 24
            && bytes.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
            }
    }

    /// The most characters (Unicode scalars) of an identifier.
    private static let mostCharacters = 128

    private static func isValid(_ text: String) -> Bool {
        // All ids seen so far are of this kind, and looking up Unicode's categories is slow.
        let length = text.utf8.count
        if length > 0, length <= mostCharacters,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return true
        }
        // A blank is not visible, and a long text is no identifier: they need no look-up either.
        if length == 0 || text.utf8.contains(0x20) { return false }
        if text.unicodeScalars.dropFirst(mostCharacters).first != nil { return false }
        return text.unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && !HiddenCharacter.contains($0)
        }
    }
}
