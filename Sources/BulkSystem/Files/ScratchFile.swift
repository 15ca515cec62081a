import CLibrary

/// A file for what need not be in memory all the time.
///
/// It has no name once it is made, so that it is gone with the process, however that ends.
package final class ScratchFile: Sendable {
    private let file: OpenFile
    private let fileSystem: any FileSystem

    /// Makes an empty file.
    ///
    /// - Parameters:
    ///   - directory: A directory on the disk that has room for it.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A ``FileError`` when it cannot be made there.
    package init(
        in directory: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        let path = FilePath.joining(directory, ".scratch.\(suffix).tmp")
        file = try fileSystem.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        self.fileSystem = fileSystem
        try fileSystem.remove(path)
    }

    deinit { fileSystem.close(file) }

    /// How many bytes the disk has left; `nil` where it does not say.
    package var bytesLeft: Int? { fileSystem.bytesLeft(file) }

    /// Writes all of some bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - offset: Where the first of them goes, counted from the file's start.
    /// - Throws: A ``FileError`` when the disk does not take them; what was there is undefined then.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        var rest = bytes
        var offset = offset
        while !rest.isEmpty {
            let written = try fileSystem.write(file, rest, at: offset)
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            offset += written
        }
    }

    /// Reads bytes that were written before.
    ///
    /// - Parameters:
    ///   - space: Where they go; as many as it holds.
    ///   - offset: Where the first of them is, counted from the file's start.
    /// - Throws: A ``FileError`` when they cannot be read, or were never written.
    package func read(
        into space: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(FileError) {
        guard try file.read(into: space, at: offset) == space.count else {
            throw FileError(operation: .read, path: file.path, errorNumber: EIO)
        }
    }
}
