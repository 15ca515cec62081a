#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is read from its start in pieces.
package struct FileReader: ~Copyable {
    private let file: OpenFile

    /// Opens a file.
    ///
    /// - Parameter path: The file.
    /// - Throws: A ``FileError`` when it cannot be opened.
    package init(_ path: String) throws(FileError) {
        file = try POSIXFileSystem().open(path, flags: O_RDONLY)
    }

    deinit { POSIXFileSystem().close(file) }

    /// Reads the next bytes.
    ///
    /// - Parameter count: The most bytes to read.
    /// - Returns: The bytes; empty at the file's end only.
    /// - Throws: A ``FileError`` when reading fails.
    package mutating func read(upTo count: Int) throws(FileError) -> [UInt8] {
        try file.readSome(upTo: count)
    }
}

extension OpenFile {
    /// Reads the next bytes of an open file.
    ///
    /// - Parameter count: The most bytes to read.
    /// - Returns: The bytes; empty at the file's end only.
    /// - Throws: A ``FileError`` when reading fails.
    package func readSome(upTo count: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { space, filled in
            do throws(FileError) {
                filled = try SystemCall.readSome(
                    self, into: UnsafeMutableRawBufferPointer(space))
            } catch {
                (failure, filled) = (error, 0)
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
