import BulkSystem

// The ids inside a text. The text is looked at as a list of signs, a byte for each character, so that what is before
// an id shows whether it is named, without a search for each name.

extension TicketIDText {
    /// The ids inside a text; each once, in lower case.
    ///
    /// They are runs of exactly 24 hexadecimal digits, or of several ids without a separator.
    static func idsInside(_ text: String) -> [String] {
        // A digit has at least a byte, whichever way it is written.
        if text.utf8.count < idLength { return [] }
        let signs = signs(ofDecoded: text)
        let found = signs.ids
        // A link can also contain the id of an organisation, a user or an inbox.
        guard !found.isEmpty, found.count > 1 || signs.bytes.contains(equals) else {
            return found.map(string(of:))
        }
        var named: (rank: Int, id: Int)?
        var others: Set<Int> = []
        for mark in signs.bytes.indices where signs.bytes[mark] == equals {
            let after = signs.bytes[(mark + 1)...]
            guard let id = found.firstIndex(where: { after.starts(with: $0) }) else { continue }
            let before = signs.bytes[..<mark]
            let isWhole = !(after.dropFirst(idLength).first.map(isHexDigit) ?? false)
            if isWhole, let rank = ticketNames.firstIndex(where: { isName($0, endOf: before) }),
                rank < named?.rank ?? .max
            {
                named = (rank, id)
            }
            let name = ends(before, with: ticketNames[2]) ? before.dropLast(2) : before
            if otherNames.contains(where: { ends(before, with: $0) || ends(name, with: $0) }) {
                others.insert(id)
            }
        }
        if let named { return [string(of: found[named.id])] }
        // An id that a link gives to a user or an organisation is not a ticket.
        guard signs.hasScheme else { return found.map(string(of:)) }
        return found.indices.filter { !others.contains($0) }.map { string(of: found[$0]) }
    }

    private static let idLength = 24
    private static let equals = UInt8(ascii: "=")
    private static let scheme = Array("://".utf8)
    /// The names that links give to tickets, the surest first.
    private static let ticketNames = ["ticketid", "ticket", "id"].map { Array($0.utf8) }
    /// The names of other things, after which an `id` may follow.
    private static let otherNames = [
        "user", "agent", "org", "organization", "inbox", "assignee", "team",
    ].map { Array($0.utf8) }

    /// A text's characters in lower case, a byte each: those of ASCII, and one of two marks for any other.
    struct Signs {
        /// A letter or a digit that is not ASCII, and any other such character.
        static let letter: UInt8 = 0xFF
        static let other: UInt8 = 0xFE

        let bytes: [UInt8]

        /// Whether they have what separates a link's scheme from its host.
        var hasScheme: Bool {
            bytes.indices.contains { bytes[$0] == scheme[0] && bytes[$0...].starts(with: scheme) }
        }

        /// The first three ids.
        fileprivate var ids: [ArraySlice<UInt8>] {
            var found: [ArraySlice<UInt8>] = []
            var start = 0
            while start < bytes.count {
                guard isHexDigit(bytes[start]) else {
                    start += 1
                    continue
                }
                var end = start
                while end < bytes.count, isHexDigit(bytes[end]) { end += 1 }
                if (end - start).isMultiple(of: idLength) {
                    for place in stride(from: start, to: end, by: idLength) where found.count < 3 {
                        let id = bytes[place..<place + idLength]
                        if !found.contains(id) { found.append(id) }
                    }
                }
                start = end
            }
            return found
        }
    }

    /// The signs of a text.
    static func signs(of text: String) -> Signs {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return Signs(bytes: text.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 })
        }
        return Signs(
            bytes: text.lowercased().map { character in
                if character.utf8.count == 1, let byte = character.utf8.first { return byte }
                return character.isLetter || character.isNumber ? Signs.letter : Signs.other
            })
    }

    /// The signs of a text in which characters may be written as percent escapes, or wide.
    private static func signs(ofDecoded text: String) -> Signs {
        signs(of: narrow(percentDecoded(text)))
    }

    /// Whether a text ends with a name that is a word by itself.
    private static func isName(_ name: [UInt8], endOf text: ArraySlice<UInt8>) -> Bool {
        guard ends(text, with: name) else { return false }
        guard let before = text.dropLast(name.count).last else { return true }
        return before != Signs.letter && before != UInt8(ascii: "_")
            && !(0x61...0x7A ~= before || 0x30...0x39 ~= before)
    }

    private static func ends(_ text: ArraySlice<UInt8>, with word: [UInt8]) -> Bool {
        text.suffix(word.count).elementsEqual(word)
    }

    private static func string(of bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a byte is a hexadecimal digit.
    static func isHexDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x61...0x66 ~= byte | 0x20
    }

    /// Converts full-width letters and digits, as East Asian keyboards write them, to ASCII.
    private static func narrow(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isWide = (0xFF01...0xFF5E).contains(scalar.value)
            plain.append(isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar)
        }
        return String(plain)
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
