import CLibrary

/// A large file mapped into memory, of which only the part being read is kept.
///
/// A saved workspace of a million tickets is three times as large as the tickets in memory. The
/// file must not be truncated while it is mapped. The sandbox's own saving replaces files and never
/// truncates one.
final class MappedFile {
    /// The file's bytes.
    let bytes: UnsafeBufferPointer<UInt8>
    private let start: UnsafeMutableRawPointer
    private var released = 0

    /// Maps a file.
    ///
    /// It fails when the file is shorter, is not a regular file or cannot be mapped. The caller can
    /// then read the file, or reading it reports the reason.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - smallest: The smallest length in bytes that is worth mapping.
    init?(_ path: String, smallest: Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size >= smallest,
            let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0),
            start != MAP_FAILED
        else { return nil }
        self.start = start
        bytes = UnsafeBufferPointer(
            start: start.assumingMemoryBound(to: UInt8.self), count: Int(status.st_size))
    }

    deinit {
        munmap(start, bytes.count)
    }

    /// Releases the memory before an offset; it is read again if needed.
    func release(upTo offset: Int) {
        // This is a multiple of any page size, and a mapping starts at a page boundary.
        let step = 8 << 20
        let end = offset / step * step
        guard end > released else { return }
        madvise(start + released, end - released, MADV_DONTNEED)
        released = end
    }
}
