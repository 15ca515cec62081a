/// Decodes a chunked body as it arrives (RFC 9112, section 7.1).
///
/// Extensions and trailer fields are skipped, up to a limit. The standard allows servers to ignore
/// them.
struct ChunkedDecoder {
    private enum Place {
        case size
        case data(Int)
        case dataEnd
        case trailer
    }

    /// The longest size line with extensions, and the longest trailer section, in bytes.
    private static let longestLine = 4096

    private var place = Place.size
    private var trailerLength = 0
    /// The body so far.
    private(set) var body: [UInt8] = []

    /// Decodes as much of the bytes as possible.
    ///
    /// - Parameters:
    ///   - bytes: The bytes that arrived and were not consumed yet.
    ///   - limit: The longest body.
    /// - Returns: How many bytes were consumed, and whether the body has ended.
    /// - Throws: `HTTPFailure` with 400 or 413.
    mutating func feed(
        _ bytes: UnsafeBufferPointer<UInt8>, limit: Int
    ) throws(HTTPFailure) -> (consumed: Int, isDone: Bool) {
        var offset = 0
        while true {
            switch place {
            case .size:
                guard let end = try lineEnd(bytes, from: offset) else { return (offset, false) }
                let size = try self.size(bytes[offset..<end])
                offset = end + 2
                guard size <= limit - body.count else {
                    throw HTTPFailure(413, "the body is too long")
                }
                place = size == 0 ? .trailer : .data(size)
            case .data(let rest):
                let count = min(rest, bytes.count - offset)
                body.append(contentsOf: bytes[offset..<(offset + count)])
                offset += count
                guard count == rest else {
                    place = .data(rest - count)
                    return (offset, false)
                }
                place = .dataEnd
            case .dataEnd:
                guard bytes.count - offset >= 2 else { return (offset, false) }
                guard bytes[offset] == 0x0D, bytes[offset + 1] == 0x0A else {
                    throw HTTPFailure(400, "a chunk is longer than its size")
                }
                offset += 2
                place = .size
            case .trailer:
                guard let end = try lineEnd(bytes, from: offset) else { return (offset, false) }
                let length = end - offset
                trailerLength += length
                guard trailerLength <= Self.longestLine else {
                    throw HTTPFailure(431, "the trailer is too long")
                }
                offset = end + 2
                if length == 0 { return (offset, true) }
            }
        }
    }

    /// The offset of the CR that ends the line, or nil while the line is incomplete.
    private func lineEnd(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) throws(HTTPFailure) -> Int? {
        var offset = start
        while offset < bytes.count {
            if bytes[offset] == 0x0A {
                guard offset > start, bytes[offset - 1] == 0x0D else {
                    throw HTTPFailure(400, "a line of the body's framing ends with LF alone")
                }
                return offset - 1
            }
            offset += 1
            guard offset - start <= Self.longestLine else {
                throw HTTPFailure(400, "a line of the body's framing is too long")
            }
        }
        return nil
    }

    private func size(_ line: Slice<UnsafeBufferPointer<UInt8>>) throws(HTTPFailure) -> Int {
        var size = 0
        var digits = 0
        var rest = line
        while let byte = rest.first, let value = Hexadecimal.value(byte) {
            size = size << 4 | Int(value)
            digits += 1
            rest = rest.dropFirst()
            guard digits <= 12 else { throw HTTPFailure(413, "the body is too long") }
        }
        while rest.first == 0x20 || rest.first == 0x09 { rest = rest.dropFirst() }
        guard digits > 0, rest.isEmpty || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy(CharacterTable.isFieldValue)
        else { throw HTTPFailure(400, "a chunk's size is not hexadecimal") }
        return size
    }
}
