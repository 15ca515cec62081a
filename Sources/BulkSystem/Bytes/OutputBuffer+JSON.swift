extension OutputBuffer {
    /// Appends a JSON string with its quotes.
    package mutating func append(jsonString text: String) {
        var text = text
        text.withUTF8 { append(jsonString: UnsafeRawBufferPointer($0)) }
    }

    /// Appends a JSON string with its quotes.
    ///
    /// It escapes control characters, the quote and the backslash. It also escapes U+2028 and
    /// U+2029, so that every reader sees a line of JSON Lines as one line.
    ///
    /// - Parameter bytes: The text as valid UTF-8.
    @inlinable
    package mutating func append(jsonString bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        // A text without escapes is checked and copied in one pass.
        let space = grow(count &+ 2)
        if PlainText.copy(bytes, to: space + 1) {
            space.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
            space.storeBytes(of: UInt8(ascii: "\""), toByteOffset: count &+ 1, as: UInt8.self)
            filled &+= count &+ 2
        } else {
            appendEscaping(bytes)
        }
    }

    @usableFromInline
    mutating func appendEscaping(_ bytes: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0xE2 {
                index &+= 1
                continue
            }
            if byte == 0xE2 {
                guard index + 2 < bytes.count, bytes[index + 1] == 0x80,
                    bytes[index + 2] & 0xFE == 0xA8
                else {
                    index &+= 1
                    continue
                }
                append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                append(bytes[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
                index += 3
            } else {
                append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                appendEscaped(byte)
                index += 1
            }
            start = index
        }
        append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append("\\u00")
            append(Self.hexDigit(byte >> 4))
            append(Self.hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}

/// ASCII text without quotes, backslashes and control characters, which JSON holds unescaped.
@usableFromInline
enum PlainText {
    /// Copies a text if it is plain; otherwise the bytes left there are meaningless.
    @inlinable @inline(__always)
    static func copy(_ text: UnsafeRawBufferPointer, to space: UnsafeMutableRawPointer) -> Bool {
        let count = text.count
        if count >= 8 {
            var offset = 0
            while offset < count {
                // The last word may overlap the word before it.
                let at = min(offset, count &- 8)
                let word = text.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                if !isPlain(word) { return false }
                space.storeBytes(of: word, toByteOffset: at, as: UInt64.self)
                offset &+= 8
            }
            return true
        }
        if count >= 4 {
            let first = text.loadUnaligned(as: UInt32.self)
            let last = text.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            space.storeBytes(of: first, as: UInt32.self)
            space.storeBytes(of: last, toByteOffset: count &- 4, as: UInt32.self)
            return isPlain(UInt64(first) | UInt64(last) &<< 32)
        }
        var word: UInt64 = 0x2020_2020_2020_2020
        for offset in 0..<count {
            space.storeBytes(of: text[offset], toByteOffset: offset, as: UInt8.self)
            word = word &<< 8 | UInt64(text[offset])
        }
        return isPlain(word)
    }

    /// Whether all eight bytes of a word are plain.
    @inlinable @inline(__always)
    static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // A byte below 0x20 borrows and so sets its top bit. So does a byte that the exclusive or
        // makes zero. Borrows only move to higher bytes, so the answer to "is any bit set" is
        // right.
        let quotes = word ^ ones &* 0x22
        let backslashes = word ^ ones &* 0x5C
        let special = (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones) | word
        return special & (ones &* 0x80) == 0
    }
}
