extension ByteSource {
    /// The text of a whole file as an input is read: decompressed, in UTF-8, and without a byte order mark.
    ///
    /// - Parameters:
    ///   - bytes: The file's bytes.
    ///   - name: The file's name in messages.
    /// - Returns: The text.
    /// - Throws: ``ReadError`` when the data is damaged, or in an encoding that no mark shows.
    package static func text(of bytes: [UInt8], name: String) throws(ReadError) -> [UInt8] {
        var window = ByteWindow(ByteSource(bytes: bytes, name: name))
        try window.skipByteOrderMark()
        while !window.isFinal { try window.refill() }
        return Array(
            UnsafeBufferPointer(
                start: window.base + window.start, count: window.end - window.start))
    }
}
