import CLibrary

/// A file for data that does not have to stay in memory.
///
/// It has no name once it is created. It therefore disappears with the process, however that ends.
package final class ScratchFile: Sendable {
    private let file: OpenFile
    private let fileSystem: any FileSystem

    /// Creates an empty file.
    ///
    /// - Parameters:
    ///   - directory: A directory on a disk that has enough space.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A ``FileError`` when it cannot be created there.
    package init(
        in directory: String, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        let path = FilePath.joining(directory, ".scratch.\(FilePath.randomSuffix).tmp")
        file = try fileSystem.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        self.fileSystem = fileSystem
        try fileSystem.remove(path)
    }

    /// Creates an empty file near another, whose disk has room for such files, else in the temporary directory.
    ///
    /// - Parameter path: The other file or directory.
    /// - Throws: A ``FileError`` when it cannot be created in either place.
    package convenience init(beside path: String) throws(FileError) {
        do {
            try self.init(in: FilePath.directory(of: FilePath.absolute(path)))
        } catch {
            try self.init(in: FilePath.temporaryDirectory)
        }
    }

    deinit { fileSystem.close(file) }

    /// How many bytes are left on the disk; `nil` if the system does not say.
    package var bytesLeft: Int? { fileSystem.bytesLeft(file) }

    /// Writes all of the given bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - offset: Where the first byte goes, counted from the file's start.
    /// - Throws: A ``FileError`` when writing fails; the earlier content is then undefined.
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
    ///   - space: Where the bytes go; it is filled completely.
    ///   - offset: The offset of the first byte from the file's start.
    /// - Throws: A ``FileError`` when they cannot be read, or were never written.
    package func read(
        into space: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(FileError) {
        guard try file.read(into: space, at: offset) == space.count else {
            throw FileError(operation: .read, path: file.path, errorNumber: EIO)
        }
    }
}
