/// The ids of tags, which workspaces name by their texts alone.
enum TagID {
    private static let digits: StaticString = "0123456789abcdef"

    /// Appends the id of a tag: 24 hexadecimal digits that follow from its text.
    ///
    /// - Parameters:
    ///   - text: The tag's text.
    ///   - bytes: Where the digits go.
    static func append(of text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        // FNV-1a with 64 bits, from two beginnings: draft-eastlake-fnv.
        var hashes: (UInt64, UInt64) = (0xCBF2_9CE4_8422_2325, 0x6C62_272E_07BB_0142)
        for byte in text {
            hashes.0 = (hashes.0 ^ UInt64(byte)) &* 0x100_0000_01B3
            hashes.1 = (hashes.1 ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        for place in 0..<24 {
            let hash = place < 16 ? hashes.0 : hashes.1
            let shift = UInt64(60 - 4 * (place % 16))
            bytes.append(digits.utf8Start[Int(hash >> shift & 0xF)])
        }
    }

    /// The id of a tag.
    static func of(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var id: [UInt8] = []
        append(of: text, to: &id)
        return id
    }
}
