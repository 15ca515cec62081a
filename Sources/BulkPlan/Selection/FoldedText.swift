/// A text in the form in which conditions compare texts: without blanks around it, and in lower case.
enum FoldedText {
    /// The form for `=` and `<`.
    static func trimmed(_ text: String) -> String {
        folded(withoutBlanks(text))
    }

    /// The form for `contains`, which keeps the blanks around it.
    ///
    /// A line break of CR LF becomes LF, because the two are one `Character`.
    static func folded(_ text: some StringProtocol) -> String {
        let lower = text.lowercased()
        guard lower.utf8.contains(0x0D) else { return lower }
        return String(lower.map { $0 == "\r\n" ? "\n" : $0 })
    }

    static func withoutBlanks(_ text: String) -> Substring {
        // Most texts start and end with a visible ASCII character.
        if let first = text.utf8.first, let last = text.utf8.last, 0x21...0x7E ~= first,
            0x21...0x7E ~= last
        {
            return text[...]
        }
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    static func isBlank(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace)
    }

    /// The one spelling of all texts that are equal: numbers by value, other texts without case.
    static func key(_ text: String) -> String {
        let inner = withoutBlanks(text)
        return DecimalNumber(inner)?.key ?? folded(inner)
    }

    /// Whether one folded text is before another, by their Unicode scalars.
    static func isOrdered(_ one: String, before other: String) -> Bool {
        // Equal texts can have different scalars, as an é has.
        one != other && one.unicodeScalars.lexicographicallyPrecedes(other.unicodeScalars)
    }

    /// Whether a folded text contains another one, as whole characters.
    static func contains(_ text: String, _ part: String) -> Bool {
        guard hasSimpleCharacters(text), hasSimpleCharacters(part) else {
            return text.contains(part)
        }
        let found = text.utf8.withContiguousStorageIfAvailable { text in
            part.utf8.withContiguousStorageIfAvailable { part in contains(text, part) }
        }
        return (found ?? nil) ?? text.contains(part)
    }

    /// Whether every scalar is a character of its own, equal only to itself, so that bytes can be compared.
    private static func hasSimpleCharacters(_ text: String) -> Bool {
        // That is so below U+0300, the first combining mark; from there on the first byte is at least CC.
        text.utf8.allSatisfy { $0 < 0xCC }
            || text.unicodeScalars.allSatisfy { $0.value < 0x300 || isSimple($0.value) }
    }

    /// Whether a scalar from U+0300 on is a character of its own, whatever other such scalars are beside it.
    ///
    /// These are letters, syllables and signs of much used scripts without their marks, joiners and variants. An é of
    /// two scalars has a mark, so among these scalars alone no text has two spellings.
    static func isSimple(_ value: UInt32) -> Bool {
        switch value {
        // Signs that are other spellings of those of other blocks.
        case 0x0374, 0x037E, 0x0387: false
        // Greek; Cyrillic; Armenian; the letters of Hebrew and Arabic.
        case 0x0370...0x0482, 0x048A...0x0556, 0x0561...0x0587, 0x05D0...0x05EA, 0x0620...0x064A:
            true
        // Latin letters of Vietnamese; dashes, quotation marks, the ellipsis; the euro sign; arrows.
        case 0x1E00...0x1EFF, 0x2010...0x2027, 0x20AC, 0x2190...0x21FF: true
        // Signs, kana and ideographs of East Asia; Korean syllables; wide letters and digits.
        case 0x3001...0x3029, 0x3041...0x3096, 0x30A1...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xAC00...0xD7A3, 0xFF01...0xFF5E:
            true
        // Emoji without skin tones and flags.
        case 0x1F300...0x1F3FA, 0x1F400...0x1F64F: true
        default: false
        }
    }

    private static func contains(
        _ text: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let first = part.first else { return true }
        guard text.count >= part.count else { return false }
        for start in 0...(text.count - part.count) where text[start] == first {
            var length = 1
            while length < part.count, text[start + length] == part[length] { length += 1 }
            if length == part.count { return true }
        }
        return false
    }
}

/// A decimal number of any length, with at most one sign `-` and without an exponent.
///
/// Numbers are compared by their digits, because ids can have more digits than a `Double` keeps.
struct DecimalNumber: Hashable, Sendable, Comparable {
    /// The one spelling of this number: without needless zeros.
    let key: String
    private let isNegative: Bool
    /// The digits before the point without zeros in front, and after it without zeros at the end.
    private let whole: Substring
    private let fraction: Substring

    init?(_ text: Substring) {
        var rest = text.utf8
        guard let first = rest.first,
            0x30...0x39 ~= first || first == UInt8(ascii: "-") || first == UInt8(ascii: ".")
        else { return nil }
        let hasSign = first == UInt8(ascii: "-")
        if hasSign { rest.removeFirst() }
        let digits = rest.prefix { 0x30...0x39 ~= $0 }
        rest = rest.dropFirst(digits.count)
        var decimals = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            decimals = rest.dropFirst()
            guard !decimals.isEmpty, decimals.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        } else {
            guard rest.isEmpty, !digits.isEmpty else { return nil }
        }
        whole = Substring(digits.drop { $0 == 0x30 })
        while decimals.last == 0x30 { decimals.removeLast() }
        fraction = Substring(decimals)
        isNegative = hasSign && !(whole.isEmpty && fraction.isEmpty)
        key =
            (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : ".")
            + fraction
    }

    static func < (one: DecimalNumber, other: DecimalNumber) -> Bool {
        if one.isNegative != other.isNegative { return one.isNegative }
        return one.isNegative ? other.isSmaller(than: one) : one.isSmaller(than: other)
    }

    /// Whether the number without its sign is the smaller one.
    private func isSmaller(than other: DecimalNumber) -> Bool {
        let (length, otherLength) = (whole.utf8.count, other.whole.utf8.count)
        if length != otherLength { return length < otherLength }
        if whole != other.whole { return whole < other.whole }
        return fraction.utf8.lexicographicallyPrecedes(other.fraction.utf8)
    }
}
