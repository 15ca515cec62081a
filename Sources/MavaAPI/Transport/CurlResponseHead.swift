/// The head of an answer, put together from the lines that libcurl hands over.
///
/// An answer can have several heads: interim ones (1xx) before the real one. Each status line starts
/// anew, so the last head stays. Lines after the real head's end are a chunked body's trailers, which
/// nobody asked for: dropped.
struct CurlResponseHead {
    /// The header fields, names in lower case, in the order they came.
    private(set) var fields: [(name: String, value: String)] = []
    private var byteCount = 0
    private var isEnded = false
    private var isInterim = false

    /// Whether the real head came to its end.
    var isComplete: Bool { isEnded && !isInterim }

    /// Takes one line with its line end.
    ///
    /// - Returns: `false` when the answer's lines together are more than is taken.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
        byteCount += line.count
        guard byteCount <= curlHeaderLimit else { return false }
        var end = line.count
        while end > 0, line[end - 1] == 0x0A || line[end - 1] == 0x0D { end -= 1 }
        let text = UnsafeRawBufferPointer(rebasing: line[..<end])
        if Self.isStatusLine(text), !isComplete {
            fields.removeAll(keepingCapacity: true)
            fields.reserveCapacity(8)
            isEnded = false
            // "HTTP/1.1 103 …": the first digit after the first blank.
            let digit = text.firstIndex(of: 0x20).flatMap { $0 + 1 < end ? text[$0 + 1] : nil }
            isInterim = digit == UInt8(ascii: "1")
        } else if isEnded {
            return true
        } else if text.isEmpty {
            isEnded = true
        } else if Self.isBlank(text[0]) {
            continueField(with: text)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: text[..<colon], as: UTF8.self).lowercased()
            fields.append((name, Self.trimmed(text[(colon + 1)...])))
        }
        return true
    }

    /// A line that starts with a blank goes on with the field before it (obsolete, RFC 9112 5.2).
    private mutating func continueField(with text: UnsafeRawBufferPointer) {
        guard let last = fields.indices.last else { return }
        let more = Self.trimmed(text[...])
        if !more.isEmpty {
            fields[last].value += fields[last].value.isEmpty ? more : " " + more
        }
    }

    private static func isStatusLine(_ text: UnsafeRawBufferPointer) -> Bool {
        text.starts(with: "HTTP/".utf8)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
