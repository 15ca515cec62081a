/// A string in a JSON text: its range between the quotes, and whether it must be unescaped.
struct JSONText: Equatable {
    /// The bytes between the quotes.
    var range: Range<Int>
    /// Whether the bytes contain a backslash.
    var hasEscapes: Bool
}

extension JSONCursor {
    /// Reads a string and checks its escapes and its UTF-8.
    mutating func string() throws(JSONFailure) -> JSONText {
        skipSpace()
        guard byte(at: position) == UInt8(ascii: "\"") else {
            throw failure("a string is expected here")
        }
        let start = position + 1
        var offset = start
        var hasEscapes = false
        while let next = byte(at: offset) {
            if next == UInt8(ascii: "\"") {
                advance(to: offset + 1)
                return JSONText(range: start..<offset, hasEscapes: hasEscapes)
            } else if next == UInt8(ascii: "\\") {
                hasEscapes = true
                offset = try escapeEnd(offset)
            } else if next < 0x20 {
                throw JSONFailure(message: "a control character must be escaped", offset: offset)
            } else if next < 0x80 {
                offset += 1
            } else {
                let length = UTF8Sequence.length(bytes, at: offset)
                guard length > 0 else {
                    throw JSONFailure(message: "these bytes are not UTF-8", offset: offset)
                }
                offset += length
            }
        }
        throw JSONFailure(message: "the string has no closing quote", offset: start - 1)
    }

    /// Reads a number and returns the range of its bytes.
    mutating func number() throws(JSONFailure) -> Range<Int> {
        skipSpace()
        let start = position
        var offset = position
        if byte(at: offset) == UInt8(ascii: "-") { offset += 1 }
        if byte(at: offset) == UInt8(ascii: "0") {
            offset += 1
        } else {
            offset = try digits(from: offset)
        }
        if byte(at: offset) == UInt8(ascii: ".") { offset = try digits(from: offset + 1) }
        if let sign = byte(at: offset), sign | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if let sign = byte(at: offset), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                offset += 1
            }
            offset = try digits(from: offset)
        }
        advance(to: offset)
        return start..<offset
    }

    /// The value of a number's bytes if it is whole, otherwise nil.
    ///
    /// `2`, `2.0` and `2e0` are the same number in JSON.
    func integer(_ range: Range<Int>) -> Int? {
        if range.count == 1, let digit = byte(at: range.lowerBound) { return Int(digit) - 48 }
        let text = String(decoding: bytes[range], as: UTF8.self)
        if let value = Int(text) { return value }
        guard let value = Double(text) else { return nil }
        return Int(exactly: value)
    }

    /// The decoded bytes of a string.
    func decoded(_ text: JSONText) -> [UInt8] {
        guard text.hasEscapes else { return Array(bytes[text.range]) }
        var result: [UInt8] = []
        result.reserveCapacity(text.range.count)
        var offset = text.range.lowerBound
        while offset < text.range.upperBound {
            guard bytes[offset] == UInt8(ascii: "\\") else {
                result.append(bytes[offset])
                offset += 1
                continue
            }
            let letter = bytes[offset + 1]
            offset += 2
            switch letter {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var unit = hexadecimal(at: offset)
                offset += 4
                if unit & 0xFC00 == 0xD800, offset + 6 <= text.range.upperBound,
                    bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
                {
                    let low = hexadecimal(at: offset + 2)
                    if low & 0xFC00 == 0xDC00 {
                        unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
                        offset += 6
                    }
                }
                // A surrogate without its partner is not a character.
                let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
                result.append(contentsOf: String(Character(scalar)).utf8)
            default: result.append(letter)
            }
        }
        return result
    }

    /// Passes a string's decoded bytes, without a copy when nothing is escaped.
    func withBytes<R>(of text: JSONText, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        guard text.hasEscapes else {
            return body(UnsafeBufferPointer(rebasing: bytes[text.range]))
        }
        return decoded(text).withUnsafeBufferPointer(body)
    }

    /// Whether a string's decoded text is exactly this.
    func matches(_ text: JSONText, _ other: StaticString) -> Bool {
        withBytes(of: text) { bytes in
            guard bytes.count == other.utf8CodeUnitCount else { return false }
            for index in 0..<bytes.count where bytes[index] != other.utf8Start[index] {
                return false
            }
            return true
        }
    }

    /// A string as Swift text.
    func swiftString(_ text: JSONText) -> String {
        withBytes(of: text) { String(decoding: $0, as: UTF8.self) }
    }

    private func escapeEnd(_ offset: Int) throws(JSONFailure) -> Int {
        switch byte(at: offset + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return offset + 2
        case UInt8(ascii: "u"):
            for place in (offset + 2)..<(offset + 6) {
                guard let digit = byte(at: place), Self.hexadecimalValue(digit) != nil else {
                    throw JSONFailure(
                        message: "four hexadecimal digits should follow \\u", offset: offset)
                }
            }
            return offset + 6
        default:
            throw JSONFailure(message: "no such escape", offset: offset)
        }
    }

    private func digits(from start: Int) throws(JSONFailure) -> Int {
        var offset = start
        while let next = byte(at: offset), next >= 0x30 && next <= 0x39 { offset += 1 }
        guard offset > start else {
            throw JSONFailure(message: "a digit is expected here", offset: offset)
        }
        return offset
    }

    private func hexadecimal(at offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for place in offset..<(offset + 4) {
            value = value << 4 | UInt32(byte(at: place).flatMap(Self.hexadecimalValue) ?? 0)
        }
        return value
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? { Hexadecimal.value(byte) }
}
