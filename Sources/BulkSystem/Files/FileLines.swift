import CLibrary

/// The lines of a file that this program wrote, read in pieces so that memory does not grow with it.
package enum FileLines {
    /// Hands over every line of a file in order.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - body: Takes the line without its newline, its first byte's offset in the file, and whether a
    ///     newline ended it (only the last line can be without one). The bytes are valid inside the
    ///     call only.
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

    /// Hands over every line of an open file in order, from its start, wherever its reading is.
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
