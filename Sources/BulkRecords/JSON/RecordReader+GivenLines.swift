extension RecordReader {
    /// Makes a reader for lines of JSON that its owner gives to it, a few at a time.
    ///
    /// It remembers the keys of earlier lines, as a reader of one input does.
    ///
    /// - Parameters:
    ///   - limits: How much one record may hold.
    ///   - size: The usual size of the lines in bytes.
    package init(ofGivenLines limits: RecordLimits, size: Int) {
        self.limits = limits
        format = .jsonLines
        delimiter = nil
        window = ByteWindow(name: "", size: size)
    }

    /// Gives the next lines to the reader, to be read with ``advanceInBlock()``.
    ///
    /// - Parameter lines: The lines, complete ones. The last one need not have a line feed.
    package mutating func give(_ lines: UnsafeRawBufferPointer) {
        window.clear(at: 0)
        if let base = lines.bindMemory(to: UInt8.self).baseAddress {
            window.append(base, count: lines.count)
        }
        window.setFinal()
        beginBlock(isSkippingLine: false)
    }
}
