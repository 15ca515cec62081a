/// Decodes JSON strings that were already validated.
enum JSONText {
    /// Decodes the content between a string's quotes.
    ///
    /// - Parameters:
    ///   - bytes: The string's content as written, validated by a scanner, and followed by its quote; at least 16
    ///     more bytes can be loaded after them.
    ///   - buffer: Where the text goes, as UTF-8.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, into buffer: inout ByteBuffer) {
        guard let base = bytes.baseAddress else { return }
        var at = 0
        while at < bytes.count {
            let start = at
            JSONScanner.passPlainText(base, &at)
            buffer.append(base + start, count: at - start)
            guard at < bytes.count else { return }
            let letter = bytes[at + 1]
            at += 2
            switch letter {
            case UInt8(ascii: "b"): buffer.append(0x08)
            case UInt8(ascii: "f"): buffer.append(0x0C)
            case UInt8(ascii: "n"): buffer.append(0x0A)
            case UInt8(ascii: "r"): buffer.append(0x0D)
            case UInt8(ascii: "t"): buffer.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = hex4(bytes, at)
                at += 4
                if scalar & 0xFC00 == 0xD800 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + hex4(bytes, at + 2) & 0x3FF
                    at += 6
                }
                buffer.append(scalar: scalar)
            default: buffer.append(letter)
            }
        }
    }

    private static func hex4(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in start..<start + 4 { value = value << 4 | (hexDigit(bytes[index]) ?? 0) }
        return value
    }
}
