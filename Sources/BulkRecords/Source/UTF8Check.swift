/// Finds the first byte that is not UTF-8.
///
/// RFC 3629 forbids overlong forms, surrogates and scalars over U+10FFFF.
///
/// - Parameters:
///   - bytes: The first byte.
///   - count: How many bytes there are.
/// - Returns: The position of the first byte of the first sequence that is malformed or cut off;
///   `nil` when all bytes are valid.
func firstInvalidUTF8(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
    var at = 0
    while at < count {
        let byte = bytes[at]
        if byte < 0x80 {
            at += 1
            while at + 8 <= count {
                let word = UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
                let foreign = word.littleEndian & 0x8080_8080_8080_8080
                if foreign != 0 {
                    // The bytes before the first that is not ASCII need no look of their own.
                    at += foreign.trailingZeroBitCount / 8
                    break
                }
                at += 8
            }
            continue
        }
        let length: Int
        let lowest: UInt8
        let highest: UInt8
        switch byte {
        case 0xC2...0xDF: (length, lowest, highest) = (2, 0x80, 0xBF)
        case 0xE0: (length, lowest, highest) = (3, 0xA0, 0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, lowest, highest) = (3, 0x80, 0xBF)
        case 0xED: (length, lowest, highest) = (3, 0x80, 0x9F)
        case 0xF0: (length, lowest, highest) = (4, 0x90, 0xBF)
        case 0xF1...0xF3: (length, lowest, highest) = (4, 0x80, 0xBF)
        case 0xF4: (length, lowest, highest) = (4, 0x80, 0x8F)
        default: return at
        }
        guard at + length <= count, (lowest...highest).contains(bytes[at + 1]) else { return at }
        for next in 2..<max(2, length) where bytes[at + next] & 0xC0 != 0x80 { return at }
        at += length
    }
    return nil
}
