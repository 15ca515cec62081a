import CLibrary

/// A file that is read in pieces from its start.
package struct FileReader: ~Copyable {
    private let file: OpenFile

    /// Opens a file.
    ///
    /// - Parameter path: The file.
    /// - Throws: A ``FileError`` when it cannot be opened.
    package init(_ path: String) throws(FileError) {
        file = try POSIXFileSystem().open(path, flags: O_RDONLY)
    }

    /// Opens a file of a run's directory, which another program may have replaced.
    ///
    /// - Parameter path: The file.
    /// - Throws: A ``FileError`` when it is not a regular file of this user.
    package init(ofRun path: String) throws(FileError) {
        file = try OpenFile(ofRun: path)
    }

    deinit { POSIXFileSystem().close(file) }

    /// The file's size now, in bytes; 0 for what has none.
    package var size: Int {
        var information = stat()
        return fstat(file.descriptor, &information) == 0 ? Int(information.st_size) : 0
    }

    /// Reads a whole file that must not be long.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The most bytes that it may have.
    /// - Returns: The bytes; `nil` when there are more.
    /// - Throws: A ``FileError`` when the file cannot be read.
    package static func bytes(of path: String, atMost limit: Int) throws(FileError) -> [UInt8]? {
        var reader = try FileReader(path)
        return try reader.rest(atMost: limit)
    }

    /// Reads a whole file of a run's directory that must not be long.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The most bytes that it may have.
    /// - Returns: The bytes; `nil` when there are more.
    /// - Throws: A ``FileError`` when it is not a regular file of this user, or cannot be read.
    package static func bytes(
        ofRun path: String, atMost limit: Int
    ) throws(FileError) -> [UInt8]? {
        var reader = try FileReader(ofRun: path)
        return try reader.rest(atMost: limit)
    }

    private mutating func rest(atMost limit: Int) throws(FileError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while true {
            // Most such files are small, and memory for a large piece has to be asked for.
            let piece = try read(upTo: bytes.count < 64 << 10 ? 16 << 10 : 256 << 10)
            if piece.isEmpty { return bytes }
            bytes += piece
            if bytes.count > limit { return nil }
        }
    }

    /// Reads the next bytes.
    ///
    /// - Parameter count: The most bytes to read.
    /// - Returns: The bytes; empty only at the file's end.
    /// - Throws: A ``FileError`` when reading fails.
    package mutating func read(upTo count: Int) throws(FileError) -> [UInt8] {
        try file.readSome(upTo: count)
    }
}

extension OpenFile {
    /// Opens a file of a run's directory for reading.
    ///
    /// A pipe without a writer does not block, and a link is not followed.
    ///
    /// - Parameter path: The file.
    /// - Throws: A ``FileError`` when it is not a regular file of this user.
    package init(ofRun path: String) throws(FileError) {
        let system = POSIXFileSystem()
        let file = try system.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
        do throws(FileError) {
            try file.requireRegular(isOurs: true)
        } catch {
            system.close(file)
            throw error
        }
        self = file
    }

    /// Refuses what is not a regular file.
    ///
    /// - Parameter isOurs: Whether the file must belong to this user, too.
    /// - Throws: A ``FileError``.
    package func requireRegular(isOurs: Bool) throws(FileError) {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { throw .last(.open, path) }
        guard information.st_mode & S_IFMT == S_IFREG else {
            let number = information.st_mode & S_IFMT == S_IFDIR ? EISDIR : ENOTSUP
            throw FileError(operation: .open, path: path, errorNumber: number)
        }
        guard !isOurs || information.st_uid == geteuid() else {
            throw FileError(operation: .open, path: path, errorNumber: EPERM)
        }
    }

    /// Another descriptor of the same file, which its owner closes.
    ///
    /// - Returns: The descriptor.
    /// - Throws: A ``FileError`` when the system has none left.
    package func duplicate() throws(FileError) -> OpenFile {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .last(.open, path) }
        return OpenFile(descriptor: copy, path: path)
    }

    /// Reads the next bytes of an open file.
    ///
    /// - Parameter count: The most bytes to read.
    /// - Returns: The bytes; empty only at the file's end.
    /// - Throws: A ``FileError`` when reading fails.
    package func readSome(upTo count: Int) throws(FileError) -> [UInt8] {
        try Self.bytes(upTo: count) { space throws(FileError) in try readSome(into: space) }
    }

    /// Reads the next bytes of an open file.
    ///
    /// - Parameter space: Where the bytes go.
    /// - Returns: The number of bytes read; 0 only at the file's end.
    /// - Throws: A ``FileError`` when reading fails.
    package func readSome(into space: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let taken = SystemCall.read(descriptor, space)
            if taken >= 0 { return taken }
            if errno != EINTR { throw .last(.read, path) }
        }
    }

    /// Reads bytes at an offset, independent of the current read position.
    ///
    /// - Parameters:
    ///   - count: The most bytes to read.
    ///   - offset: The offset of the first byte from the file's start.
    /// - Returns: The bytes; fewer than `count` only at the file's end.
    /// - Throws: A ``FileError`` when reading fails.
    package func read(upTo count: Int, at offset: Int) throws(FileError) -> [UInt8] {
        try Self.bytes(upTo: count) { space throws(FileError) in
            try read(into: space, at: offset)
        }
    }

    private static func bytes(
        upTo count: Int, _ read: (UnsafeMutableRawBufferPointer) throws(FileError) -> Int
    ) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { space, filled in
            do throws(FileError) {
                filled = try read(UnsafeMutableRawBufferPointer(space))
            } catch {
                (failure, filled) = (error, 0)
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads bytes at an offset, independent of the current read position.
    ///
    /// - Parameters:
    ///   - space: Where the bytes go.
    ///   - offset: The offset of the first byte from the file's start.
    /// - Returns: The number of bytes read; fewer than `space` holds only at the file's end.
    /// - Throws: A ``FileError`` when reading fails.
    package func read(
        into space: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(FileError) -> Int {
        var filled = 0
        while filled < space.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: space[filled...])
            let taken = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
            if taken == 0 { break }
            if taken > 0 {
                filled += taken
            } else if errno != EINTR {
                throw .last(.read, path)
            }
        }
        return filled
    }
}
