import CLibrary

/// The files that the sandbox reads and writes.
enum SandboxFile {
    /// The most bytes that are read of a file.
    private static let longest = 1 << 30

    /// Reads a whole file.
    ///
    /// - Throws: `SandboxError` with `read`, also for a file of more than 1 GiB; its message does not name the file.
    static func read(_ path: String) throws(SandboxError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.read, "cannot be opened") }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(.read, "cannot be read") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(0, Int(status.st_size)) + 1)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = CLibrary.read(descriptor, block.baseAddress, block.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(.read, "cannot be read")
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: block[..<count])
            guard bytes.count <= longest else {
                throw SandboxError(.read, "is longer than 1 GiB")
            }
        }
    }

    /// Checks that a file can be written at a path.
    ///
    /// - Throws: `SandboxError` with `write` when its directory cannot be written, or something
    ///   other than a file is there. Renaming over a device would remove it for every program.
    static func checkPlace(_ path: String) throws(SandboxError) {
        guard access(directory(of: path), W_OK) == 0 else {
            throw failure(.write, "cannot save to \(path)")
        }
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw SandboxError(
                .write, "cannot save to \(path): it is not a regular file; name another place")
        }
    }

    /// Writes a file atomically: a reader sees either the old or the complete new content.
    ///
    /// - Parameters:
    ///   - path: The file; a temporary one is created beside it.
    ///   - content: Calls its argument with the content, part by part.
    /// - Throws: `SandboxError` with `write`; the old content is then still there.
    static func writeAtomically(
        _ path: String,
        _ content: (_ write: ([UInt8]) throws(SandboxError) -> Void) throws(SandboxError) -> Void
    ) throws(SandboxError) {
        try checkPlace(path)
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.write, "cannot create \(temporary)") }
        do throws(SandboxError) {
            try content { (part) throws(SandboxError) in
                try write(part, to: descriptor, name: temporary)
            }
            guard fsync(descriptor) == 0 else {
                throw failure(.write, "cannot write \(temporary)")
            }
        } catch {
            _ = close(descriptor)
            _ = unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, rename(temporary, path) == 0 else {
            let error = failure(.write, "cannot write \(path)")
            _ = unlink(temporary)
            throw error
        }
        try syncDirectory(of: path)
    }

    /// Opens a file for appending.
    static func openToAppend(_ path: String) throws(SandboxError) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(.write, "cannot open \(path)") }
        return descriptor
    }

    /// Writes all bytes to a descriptor.
    static func write(
        _ bytes: [UInt8], to descriptor: Int32, name: String
    ) throws(SandboxError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                return CLibrary.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(.write, "cannot write \(name)")
            }
            done += count
        }
    }

    private static func directory(of path: String) -> String {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        return slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func syncDirectory(of path: String) throws(SandboxError) {
        let parent = directory(of: path)
        let descriptor = open(parent, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(.write, "cannot open \(parent)") }
        defer { _ = close(descriptor) }
        // Some file systems cannot sync a directory. The rename is still valid.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw failure(.write, "cannot write \(parent)")
        }
    }

    private static func failure(_ code: SandboxError.Code, _ what: String) -> SandboxError {
        SandboxError(code, "\(what): \(String(cString: strerror(errno)))")
    }
}
