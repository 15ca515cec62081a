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

    /// Appends a text as it is inside a JSON string, without the quotes around it.
    package mutating func append(insideJSONString text: String) {
        var text = text
        text.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            if PlainText.copy(bytes, to: grow(bytes.count)) {
                filled &+= bytes.count
            } else {
                appendEscaped(bytes)
            }
        }
    }

    @usableFromInline
    mutating func appendEscaping(_ bytes: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        appendEscaped(bytes)
        append(UInt8(ascii: "\""))
    }

    /// How many bytes of a text are escaped before the next ones get space.
    private static var piece: Int { 4096 }

    private mutating func appendEscaped(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            let limit = min(bytes.count, index &+ Self.piece)
            // No byte becomes more than six.
            let space = grow(6 &* (limit &- index))
            var length = 0
            while index < limit {
                if index &+ 8 <= limit {
                    let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    if !PlainText.mayNeedEscape(word) {
                        space.storeBytes(of: word, toByteOffset: length, as: UInt64.self)
                        index &+= 8
                        length &+= 8
                        continue
                    }
                }
                let escape = Self.escape(at: index, in: bytes)
                if let escape {
                    (space + length).copyMemory(
                        from: escape.text.utf8Start, byteCount: escape.text.utf8CodeUnitCount)
                    length &+= escape.text.utf8CodeUnitCount
                    if let byte = escape.digits {
                        space.storeBytes(
                            of: Self.hexDigit(byte >> 4), toByteOffset: length, as: UInt8.self)
                        space.storeBytes(
                            of: Self.hexDigit(byte & 15), toByteOffset: length &+ 1, as: UInt8.self)
                        length &+= 2
                    }
                    index &+= escape.bytes
                } else {
                    space.storeBytes(of: bytes[index], toByteOffset: length, as: UInt8.self)
                    index &+= 1
                    length &+= 1
                }
            }
            filled &+= length
        }
    }

    /// The escape of a character: its text, the byte whose digits follow, and how many bytes it replaces.
    @inline(__always)
    private static func escape(
        at index: Int, in bytes: UnsafeRawBufferPointer
    ) -> (text: StaticString, digits: UInt8?, bytes: Int)? {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\""): return ("\\\"", nil, 1)
        case UInt8(ascii: "\\"): return ("\\\\", nil, 1)
        case 0xE2:
            guard index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return nil }
            switch bytes[index + 2] {
            case 0xA8: return ("\\u2028", nil, 3)
            case 0xA9: return ("\\u2029", nil, 3)
            default: return nil
            }
        case 0x20...: return nil
        case 0x08: return ("\\b", nil, 1)
        case 0x09: return ("\\t", nil, 1)
        case 0x0A: return ("\\n", nil, 1)
        case 0x0C: return ("\\f", nil, 1)
        case 0x0D: return ("\\r", nil, 1)
        default: return ("\\u00", byte, 1)
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

    /// Whether any of eight bytes is a control character, a quote, a backslash, or the first one of U+2028 and of
    /// other characters.
    @inline(__always)
    static func mayNeedEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Of the lowest byte that is below the bound, and perhaps of higher ones, the top bit is set.
        func below(_ word: UInt64, _ bound: UInt64) -> UInt64 { (word &- ones &* bound) & ~word }
        let found =
            below(word, 0x20) | below(word ^ ones &* 0x22, 1) | below(word ^ ones &* 0x5C, 1)
            | below(word ^ ones &* 0xE2, 1)
        return found & (ones &* 0x80) != 0
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
