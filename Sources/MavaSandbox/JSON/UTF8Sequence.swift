/// The structure of UTF-8 (RFC 3629, section 4).
enum UTF8Sequence {
    /// The length of the sequence at an offset: 1 to 4, or 0 when the bytes are not UTF-8.
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
        guard offset < bytes.count else { return 0 }
        let first = bytes[offset]
        let length: Int
        // The second byte's bounds exclude overlong forms, surrogates and values over U+10FFFF.
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else { return 0 }
        for place in (offset + 2)..<(offset + max(length, 2)) where bytes[place] & 0xC0 != 0x80 {
            return 0
        }
        return length
    }
}
