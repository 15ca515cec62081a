import CLibrary

/// An exclusive lock on a file, held until the value is destroyed or the process ends (flock(2)).
package struct FileLock: ~Copyable, Sendable {
    private let file: OpenFile

    /// Acquires the lock.
    ///
    /// - Parameters:
    ///   - path: The file to lock. It is created if it does not exist, and never removed.
    ///   - waits: Whether to wait for another holder, or to fail at once with `EWOULDBLOCK`.
    /// - Throws: A ``FileError``: `EWOULDBLOCK` when another process holds the lock.
    package init(_ path: String, waits: Bool = false) throws(FileError) {
        file = try Self.lock(path, waits: waits)
    }

    private static func lock(_ path: String, waits: Bool) throws(FileError) -> OpenFile {
        let file = try POSIXFileSystem().open(path, flags: O_RDWR | O_CREAT | O_NOFOLLOW)
        while flock(file.descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let failure = FileError.last(.lock, path)
            POSIXFileSystem().close(file)
            throw failure
        }
        return file
    }

    deinit {
        // A child process between fork and exec also has the descriptor, and would keep the lock.
        flock(file.descriptor, LOCK_UN)
        POSIXFileSystem().close(file)
    }
}
