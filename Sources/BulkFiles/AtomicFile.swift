#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is there whole or not at all.
///
/// The bytes go to a temporary file beside the destination; ``commit()`` syncs it, renames it into place
/// and syncs the directory. A file that is not committed is removed when the value goes away.
package struct AtomicFile: ~Copyable {
    package let path: String
    private let temporaryPath: String
    private let fileSystem: any FileSystem
    private let file: OpenFile
    private var isFinished = false

    /// Opens the temporary file (mode 0600).
    ///
    /// - Parameters:
    ///   - path: Where the finished file will be.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A ``FileError`` when the file cannot be made.
    package init(
        _ path: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        self.path = path
        self.fileSystem = fileSystem
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        temporaryPath = FilePath.joining(
            FilePath.directory(of: path), ".\(FilePath.name(of: path)).\(suffix).tmp")
        file = try fileSystem.open(temporaryPath, flags: O_RDWR | O_CREAT | O_EXCL)
    }

    /// Writes what a buffer holds at the file's end and empties the buffer.
    package func write(_ buffer: inout OutputBuffer) throws(FileError) {
        try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(file, bytes) }
    }

    /// Overwrites bytes at the file's start, as a header that was reserved and is known only now.
    package func overwriteStart(_ buffer: inout OutputBuffer) throws(FileError) {
        guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw .last(.write, path) }
        try write(&buffer)
        guard lseek(file.descriptor, 0, SEEK_END) >= 0 else { throw .last(.write, path) }
    }

    /// Brings what was written so far to the disk, so that ``commit()`` has less left to wait for; another
    /// thread may go on writing meanwhile.
    package func sync() throws(FileError) { try fileSystem.sync(file) }

    /// Puts the file in its place so that it survives a crash.
    package mutating func commit() throws(FileError) {
        try fileSystem.sync(file)
        try fileSystem.rename(temporaryPath, to: path)
        isFinished = true
        try fileSystem.syncDirectory(FilePath.directory(of: path))
    }

    deinit {
        fileSystem.close(file)
        // The destination was never touched; a temporary file that cannot be removed does no harm.
        if !isFinished { _ = unlink(temporaryPath) }
    }
}
