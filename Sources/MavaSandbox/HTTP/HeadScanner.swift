/// Finds the end of a request's head as bytes arrive, and examines each byte once.
struct HeadScanner {
    private var scanned = 0
    private var lineStart = 0
    /// Where the request line begins, after empty lines, which RFC 9112 (2.2) lets a server skip.
    private(set) var start = 0
    private var lines = 0

    /// Examines the bytes that have arrived.
    ///
    /// - Parameters:
    ///   - bytes: Everything that arrived for the request, from its first byte.
    ///   - limits: The longest lines and head.
    /// - Returns: The offset after the head's empty line, or nil while the head is incomplete.
    /// - Throws: `HTTPFailure` with 400, 414 or 431, as soon as it is certain.
    mutating func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: HTTPLimits
    ) throws(HTTPFailure) -> Int? {
        while scanned < bytes.count {
            let byte = bytes[scanned]
            scanned += 1
            // This is checked at every byte, so that the answer does not depend on how the bytes
            // are split.
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
