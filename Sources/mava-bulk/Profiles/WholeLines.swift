/// Cuts a stream of bytes into whole lines, however the bytes arrive.
struct WholeLines: Sendable {
    /// A longer line is cut into several, so that memory is bounded.
    static let longest = 64 << 10

    private var rest: [UInt8] = []

    /// Adds bytes.
    ///
    /// - Parameter bytes: What was read.
    /// - Returns: The lines that are whole now, without their ends.
    mutating func add(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            rest += bytes[start..<end]
            cut(into: &lines)
            lines.append(String(decoding: rest, as: UTF8.self))
            rest = []
            start = end + 1
        }
        rest += bytes[start...]
        cut(into: &lines)
        return lines
    }

    /// Ends the stream; the rest is a line, too.
    mutating func end() -> [String] {
        defer { rest = [] }
        return rest.isEmpty ? [] : [String(decoding: rest, as: UTF8.self)]
    }

    /// Makes lines of what is too long for one; a character is never cut.
    private mutating func cut(into lines: inout [String]) {
        var start = 0
        while rest.count - start > Self.longest {
            var end = start + Self.longest
            // The second to fourth bytes of a character are 10xxxxxx.
            while end > start + Self.longest - 4, rest[end] & 0xC0 == 0x80 { end -= 1 }
            lines.append(String(decoding: rest[start..<end], as: UTF8.self))
            start = end
        }
        rest.removeFirst(start)
    }
}
