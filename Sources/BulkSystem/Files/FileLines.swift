import CLibrary

/// Reads the lines of a file that this program wrote, in pieces so that memory use stays constant.
package enum FileLines {
    /// Passes on every line of a file in order.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - body: Takes the line without its newline, the offset of its first byte in the file, and
    ///     whether a newline ended it. Only the last line can lack one. The bytes are valid only
    ///     inside the call.
    /// - Throws: A ``FileError`` when the file cannot be read, or what `body` throws.
    package static func forEach(
        in path: String,
        _ body: (_ line: UnsafeRawBufferPointer, _ offset: Int, _ isWhole: Bool) throws -> Void
    ) throws {
        let system = POSIXFileSystem()
        let file = try system.open(path, flags: O_RDONLY)
        defer { system.close(file) }
        try forEach(in: file, body)
    }

    /// Passes on every line of an open file in order, from its start.
    ///
    /// The file's current read position does not matter.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - body: As for a path.
    /// - Throws: A ``FileError`` when the file cannot be read, or what `body` throws.
    package static func forEach(
        in file: OpenFile,
        _ body: (_ line: UnsafeRawBufferPointer, _ offset: Int, _ isWhole: Bool) throws -> Void
    ) throws {
        var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var filled = 0
        var offset = 0
        while true {
            if filled == buffer.count {
                let larger = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: 2 * buffer.count, alignment: 16)
                larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
                buffer.deallocate()
                buffer = larger
            }
            let taken = try file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]),
                at: offset + filled)
            if taken == 0 { break }
            filled += taken
            var start = 0
            while let newline = memchr(buffer.baseAddress! + start, 0x0A, filled - start) {
                let end = UnsafeRawPointer(newline) - UnsafeRawPointer(buffer.baseAddress!)
                let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
                try body(line, offset + start, true)
                start = end + 1
            }
            guard start > 0 else { continue }
            buffer.baseAddress!.copyMemory(
                from: buffer.baseAddress! + start, byteCount: filled - start)
            filled -= start
            offset += start
        }
        guard filled > 0 else { return }
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<filled]), offset, false)
    }
}
