import CLibrary

/// The file layer's system calls under their own names, so that a method called `write` can call
/// the system's `write` without naming a C library.
enum SystemCall {
    static func open(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
        guard isWhole(path) else { return -1 }
        return CLibrary.open(path, flags, mode)
    }

    /// Whether the system would see all of a path; it would see only what is before a NUL.
    static func isWhole(_ path: String) -> Bool {
        guard path.utf8.contains(0) else { return true }
        errno = EINVAL
        return false
    }

    static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        CLibrary.write(descriptor, bytes.baseAddress, bytes.count)
    }

    static func read(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        CLibrary.read(descriptor, bytes.baseAddress, bytes.count)
    }

    static func fsync(_ descriptor: Int32) -> Int32 {
        #if canImport(Darwin)
            // On Darwin, fsync leaves the bytes in the drive's cache. F_FULLFSYNC does not.
            fcntl(descriptor, F_FULLFSYNC) == 0 ? 0 : CLibrary.fsync(descriptor)
        #else
            CLibrary.fsync(descriptor)
        #endif
    }

    static func close(_ descriptor: Int32) -> Int32 {
        CLibrary.close(descriptor)
    }

    static func rename(_ from: String, _ to: String) -> Int32 {
        CLibrary.rename(from, to)
    }
}
