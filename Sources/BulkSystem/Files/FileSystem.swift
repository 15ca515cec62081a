import CLibrary

/// An open file, as the file layer uses it.
package struct OpenFile: Hashable, Sendable {
    package let descriptor: Int32
    package let path: String

    package init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }
}

/// The system calls that data safety depends on, as a protocol so that tests can make the n-th one
/// fail.
package protocol FileSystem: Sendable {
    /// Opens a file with the flags of open(2); a new file gets mode 0600.
    func open(_ path: String, flags: Int32) throws(FileError) -> OpenFile
    /// Writes as much as the system accepts at once and returns how much that was.
    func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int
    /// Writes at an offset in bytes and returns how much the system accepted.
    ///
    /// The file's current write position does not matter.
    func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(FileError) -> Int
    /// How many bytes this user can still write on the file's disk; `nil` if the system does not
    /// say.
    func bytesLeft(_ file: OpenFile) -> Int?
    /// Checks that an open file is still at its path and has at least this many bytes.
    func requireKept(_ file: OpenFile, bytes: Int) throws(FileError)
    /// Syncs what was written to the disk.
    func sync(_ file: OpenFile) throws(FileError)
    /// Closes a file; close(2) reports no error that `sync` has not reported already.
    func close(_ file: OpenFile)
    /// Renames a file, replacing the destination.
    func rename(_ from: String, to destination: String) throws(FileError)
    /// Syncs a directory's entries to the disk, so that a rename lasts.
    func syncDirectory(_ path: String) throws(FileError)
    /// Truncates a file to a length in bytes.
    func truncate(_ file: OpenFile, to length: Int) throws(FileError)
    /// Removes a file.
    func remove(_ path: String) throws(FileError)
    /// Creates a directory with mode 0700, and its parent directories.
    func makeDirectory(_ path: String) throws(FileError)
}

extension FileSystem {
    /// Writes everything, even if the system accepts only a little at a time.
    package func writeAll(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer
    ) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = try write(file, rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}

/// The file system of the operating system.
package struct POSIXFileSystem: FileSystem {
    package init() {}

    package func open(_ path: String, flags: Int32) throws(FileError) -> OpenFile {
        while true {
            let descriptor = SystemCall.open(path, flags | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return OpenFile(descriptor: descriptor, path: path) }
            if errno != EINTR { throw .last(.open, path) }
        }
    }

    package func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer
    ) throws(FileError) -> Int {
        while true {
            let written = SystemCall.write(file.descriptor, bytes)
            if written >= 0 { return written }
            // A terminal or pipe in non-blocking mode is waited for. Everything else is an error.
            if errno == EAGAIN {
                var request = pollfd(fd: file.descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, -1)
            } else if errno != EINTR {
                throw .last(.write, file.path)
            }
        }
    }

    package func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(FileError) -> Int {
        while true {
            let written = pwrite(file.descriptor, bytes.baseAddress, bytes.count, off_t(offset))
            if written >= 0 { return written }
            if errno != EINTR { throw .last(.write, file.path) }
        }
    }

    package func bytesLeft(_ file: OpenFile) -> Int? {
        var information = statvfs()
        guard fstatvfs(file.descriptor, &information) == 0 else { return nil }
        let (bytes, overflows) = Int(clamping: information.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: information.f_frsize))
        return overflows ? .max : bytes
    }

    package func requireKept(_ file: OpenFile, bytes: Int) throws(FileError) {
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { throw .last(.keep, file.path) }
        var named = stat()
        guard Int(information.st_size) >= bytes, lstat(file.path, &named) == 0,
            named.st_dev == information.st_dev, named.st_ino == information.st_ino
        else {
            throw FileError(operation: .keep, path: file.path, errorNumber: EIO)
        }
    }

    package func sync(_ file: OpenFile) throws(FileError) {
        while SystemCall.fsync(file.descriptor) != 0 {
            if errno != EINTR { throw .last(.sync, file.path) }
        }
    }

    package func close(_ file: OpenFile) { _ = SystemCall.close(file.descriptor) }

    package func rename(_ from: String, to destination: String) throws(FileError) {
        if SystemCall.rename(from, destination) != 0 { throw .last(.rename, destination) }
    }

    package func syncDirectory(_ path: String) throws(FileError) {
        let directory = try open(path, flags: O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        // Some file systems cannot sync a directory and return EINVAL. Nothing more can be done
        // there.
        while SystemCall.fsync(directory.descriptor) != 0 {
            if errno == EINVAL { return }
            if errno != EINTR { throw .last(.sync, path) }
        }
    }

    package func truncate(_ file: OpenFile, to length: Int) throws(FileError) {
        while ftruncate(file.descriptor, off_t(length)) != 0 {
            if errno != EINTR { throw .last(.truncate, file.path) }
        }
    }

    package func remove(_ path: String) throws(FileError) {
        if unlink(path) != 0 { throw .last(.remove, path) }
    }

    package func makeDirectory(_ path: String) throws(FileError) {
        if SystemCall.isWhole(path), mkdir(path, 0o700) == 0 { return }
        switch errno {
        case EEXIST:
            guard FilePath.isDirectory(path) else {
                throw FileError(operation: .makeDirectory, path: path, errorNumber: ENOTDIR)
            }
        case ENOENT:
            let parent = FilePath.directory(of: path)
            if parent == path || parent == "." {
                throw FileError(operation: .makeDirectory, path: path, errorNumber: ENOENT)
            }
            try makeDirectory(parent)
            guard SystemCall.isWhole(path), mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw .last(.makeDirectory, path)
            }
        default: throw .last(.makeDirectory, path)
        }
    }
}
