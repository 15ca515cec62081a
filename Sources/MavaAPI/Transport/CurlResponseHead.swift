import CLibrary

/// The head of an answer, put together from the lines that libcurl hands over.
///
/// An answer can have several heads: interim ones (1xx) before the real one. Each status line starts again,
/// so the last head stays. Lines after the real head's end are a chunked body's trailers; they are ignored.
/// The transport's thread only collects the bytes. The task that waits for the answer parses them, on another
/// thread.
struct CurlResponseHead: Sendable {
    /// The lines after the status line with their line ends, as they came.
    private var lines: [UInt8] = []
    private var byteCount = 0
    private var isEnded = false
    private var isInterim = false

    /// Whether the real head came to its end.
    var isComplete: Bool { isEnded && !isInterim }

    /// Whether nothing of a head was received.
    var isEmpty: Bool { byteCount == 0 }

    /// Parses one line with its line end.
    ///
    /// - Returns: `false` when the answer's lines together are more than is taken.
    mutating func parse(_ line: UnsafeRawBufferPointer) -> Bool {
        byteCount += line.count
        guard byteCount <= curlHeaderLimit else { return false }
        let text = Self.withoutEnd(line)
        if Self.isStatusLine(text), !isComplete {
            lines.removeAll(keepingCapacity: true)
            isEnded = false
            // "HTTP/1.1 103 …": the first digit after the first blank.
            let digit = Self.offset(of: 0x20, in: text).flatMap {
                $0 + 1 < text.count ? text[$0 + 1] : nil
            }
            isInterim = digit == UInt8(ascii: "1")
        } else if isEnded {
            return true
        } else if text.isEmpty {
            isEnded = true
        } else {
            if lines.isEmpty { lines.reserveCapacity(512) }
            lines.append(contentsOf: text)
            lines.append(0x0A)
        }
        return true
    }

    /// The header fields, names in lower case, in the order they came.
    func fields() -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(8)
        lines.withUnsafeBytes { lines in
            var start = 0
            while start < lines.count {
                let rest = UnsafeRawBufferPointer(rebasing: lines[start...])
                let count = Self.offset(of: 0x0A, in: rest) ?? rest.count
                Self.parse(UnsafeRawBufferPointer(rebasing: rest[..<count]), into: &fields)
                start += count + 1
            }
        }
        return fields
    }

    private static func parse(
        _ text: UnsafeRawBufferPointer, into fields: inout [(name: String, value: String)]
    ) {
        guard let first = text.first else { return }
        if isBlank(first) {
            // A line that starts with a blank goes on with the field before it (obsolete, RFC 9112 5.2).
            let more = trimmed(text)
            guard let last = fields.indices.last, !more.isEmpty else { return }
            fields[last].value += fields[last].value.isEmpty ? more : " " + more
        } else if let colon = offset(of: UInt8(ascii: ":"), in: text) {
            let name = UnsafeRawBufferPointer(rebasing: text[..<colon])
            let value = UnsafeRawBufferPointer(rebasing: text[(colon + 1)...])
            fields.append((lowercased(name), trimmed(value)))
        }
    }

    private static func offset(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        return memchr(base, Int32(byte), bytes.count).map { UnsafeRawPointer($0) - base }
    }

    private static func withoutEnd(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = line.count
        while end > 0, line[end - 1] == 0x0A || line[end - 1] == 0x0D { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: line[..<end])
    }

    private static func lowercased(_ name: UnsafeRawBufferPointer) -> String {
        // Text that is not ASCII is not a valid header name, but is lowered as well.
        guard name.allSatisfy({ $0 < 0x80 }) else {
            return String(decoding: name, as: UTF8.self).lowercased()
        }
        return String(unsafeUninitializedCapacity: name.count) { space in
            for (index, byte) in name.enumerated() {
                let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                space[index] = isCapital ? byte | 0x20 : byte
            }
            return name.count
        }
    }

    private static func isStatusLine(_ text: UnsafeRawBufferPointer) -> Bool {
        text.starts(with: "HTTP/".utf8)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> String {
        var start = 0
        var end = bytes.count
        while start < end, isBlank(bytes[start]) { start += 1 }
        while start < end, isBlank(bytes[end - 1]) { end -= 1 }
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    }
}
