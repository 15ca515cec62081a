import CLibrary

/// A large file as memory, of which only the part being read is kept.
///
/// A saved workspace of a million tickets is three times as long as the tickets are in memory. The file
/// must not be shortened while it is mapped; the sandbox's own saving replaces files and never
/// shortens one.
final class MappedFile {
    /// The file's bytes.
    let bytes: UnsafeBufferPointer<UInt8>
    private let start: UnsafeMutableRawPointer
    private var released = 0

    /// Maps a file.
    ///
    /// It fails when the file is shorter, is no regular file or cannot be mapped; it can then be read, or
    /// reading it says why not.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - smallest: The least length in bytes that is worth it.
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

    /// Lets go of the memory before an offset; it is read again should it be needed.
    func release(upTo offset: Int) {
        // Any page's length divides this one, and the start of a mapping is a page's start.
        let step = 8 << 20
        let end = offset / step * step
        guard end > released else { return }
        madvise(start + released, end - released, MADV_DONTNEED)
        released = end
    }
}
