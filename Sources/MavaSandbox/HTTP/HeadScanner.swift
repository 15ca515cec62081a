/// Finds the end of a request's head as bytes arrive, looking at each byte once.
struct HeadScanner {
    private var scanned = 0
    private var lineStart = 0
    /// Where the request line begins: after empty lines, which RFC 9112 (2.2) lets a server skip.
    private(set) var start = 0
    private var lines = 0

    /// Looks at what has arrived.
    ///
    /// - Parameters:
    ///   - bytes: Everything that arrived for the request, from its first byte.
    ///   - limits: How long lines and the head may be.
    /// - Returns: The offset after the head's empty line, or nil while more has to come.
    /// - Throws: `HTTPFailure` with 400, 414 or 431, as soon as it is certain.
    mutating func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: HTTPLimits
    ) throws(HTTPFailure) -> Int? {
        while scanned < bytes.count {
            let byte = bytes[scanned]
            scanned += 1
            // Checked at every byte, so that the answer is the same however the bytes are cut.
            if lines == 0 {
                guard scanned - start <= limits.requestLine else {
                    throw HTTPFailure(414, "the request line is too long")
                }
            } else if scanned - start > limits.head {
                throw HTTPFailure(431, "the request's fields are too long")
            }
            guard byte == 0x0A else { continue }
            guard scanned - lineStart >= 2, bytes[scanned - 2] == 0x0D else {
                throw HTTPFailure(400, "a line ends with LF alone")
            }
            let isEmpty = scanned - lineStart == 2
            lineStart = scanned
            if isEmpty, lines == 0 {
                guard scanned <= 8 else { throw HTTPFailure(400, "no request line") }
                start = scanned
                continue
            }
            lines += 1
            if isEmpty { return scanned }
        }
        return nil
    }
}
