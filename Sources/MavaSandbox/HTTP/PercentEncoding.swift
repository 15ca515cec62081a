/// Percent-encoding (RFC 3986, section 2.1).
enum PercentEncoding {
    /// Decodes a text; nil when an escape is malformed or means NUL.
    ///
    /// - Parameters:
    ///   - bytes: The encoded text.
    ///   - plusIsSpace: Whether `+` means a space, as in a query.
    /// - Returns: The decoded bytes.
    static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let byte = bytes[index]
            index = bytes.index(after: index)
            guard byte == UInt8(ascii: "%") else {
                result.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
                continue
            }
            guard index != bytes.endIndex, let high = Hexadecimal.value(bytes[index]) else {
                return nil
            }
            index = bytes.index(after: index)
            guard index != bytes.endIndex, let low = Hexadecimal.value(bytes[index]) else {
                return nil
            }
            index = bytes.index(after: index)
            guard high << 4 | low != 0 else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }
}
