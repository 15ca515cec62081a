import CLibrary

/// A pipe with which any thread can end another thread's poll(2).
///
/// Both ends stay open as long as a reference exists, so that a late wake-up never reaches a descriptor that
/// was reused.
final class WakePipe: Sendable {
    /// The end that the waiting thread polls for reading.
    let descriptor: Int32
    private let writingEnd: Int32

    /// Opens the pipe; `nil` when the system has no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        (descriptor, writingEnd) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writingEnd)
    }

    /// Ends the current poll, or the next one.
    func wake() {
        var byte: UInt8 = 0
        // A full pipe has already woken the thread.
        while write(writingEnd, &byte, 1) < 0, errno == EINTR {}
    }

    /// For the woken thread: empties the pipe.
    func drain() {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let count = MemoryLayout.size(ofValue: bytes)
        while true {
            let taken = read(descriptor, &bytes, count)
            if taken == count || taken < 0 && errno == EINTR { continue }
            return
        }
    }
}
