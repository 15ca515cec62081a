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

    /// Whether another process holds the lock on a file.
    ///
    /// Asking takes a shared lock for an instant, so a process that begins at that instant has to try twice.
    ///
    /// - Parameter path: The file.
    /// - Returns: Whether it is locked; `false` also when there is no such file, or it is not a regular
    ///   file of this user.
    package static func isHeld(_ path: String) -> Bool {
        let file: OpenFile
        do throws(FileError) {
            file = try OpenFile(ofRun: path)
        } catch {
            return false
        }
        defer { POSIXFileSystem().close(file) }
        return flock(file.descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    private static func lock(_ path: String, waits: Bool) throws(FileError) -> OpenFile {
        let file = try POSIXFileSystem().open(
            path, flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK)
        do throws(FileError) {
            try file.requireRegular(isOurs: false)
        } catch {
            POSIXFileSystem().close(file)
            throw error
        }
        var attempts = 1
        while flock(file.descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            // A process that only asks whether the lock is held has it for microseconds.
            if errno == EWOULDBLOCK, attempts < 4 {
                attempts += 1
                poll(nil, 0, 5)
                continue
            }
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
