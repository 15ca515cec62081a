/// Passes bytes to a function on a thread of its own, in the order in which they come.
///
/// It is unchecked because its fields are used by one thread, except for the chunks, which are accessed only under the
/// lock. A chunk belongs to the thread that took it.
package final class BytePipe: @unchecked Sendable {
    private final class Chunk {
        var bytes = OutputBuffer()
    }

    private let most: Int
    private let consume: (inout OutputBuffer) -> Void
    private var thread: JoinableThread?

    private let lock = ChangeLock()
    private var waiting: [Chunk] = []
    private var empty: [Chunk] = []
    private var isClosed = false

    /// Makes a pipe, which must be closed after its last chunk.
    ///
    /// - Parameters:
    ///   - most: How many chunks are held at a time.
    ///   - consume: Takes the bytes of a chunk and empties it.
    package init(most: Int = 4, _ consume: @escaping (inout OutputBuffer) -> Void) {
        self.most = most
        self.consume = consume
    }

    /// Puts a chunk into the pipe, and waits while the pipe is full.
    ///
    /// The first chunk starts the thread.
    ///
    /// - Parameter bytes: The bytes. The buffer is empty afterwards.
    package func put(_ bytes: inout OutputBuffer) {
        if thread == nil { thread = JoinableThread { self.run() } }
        guard thread != nil else { return consume(&bytes) }
        let chunk = lock.locked {
            while waiting.count >= most { lock.wait() }
            return empty.popLast() ?? Chunk()
        }
        swap(&chunk.bytes, &bytes)
        lock.locked { waiting.append(chunk) }
    }

    /// Waits until all chunks are consumed, and ends the thread.
    package func close() {
        lock.locked { isClosed = true }
        thread?.join()
        thread = nil
    }

    private func run() {
        lock.locked {
            while true {
                if let chunk = waiting.first {
                    lock.unlocked { consume(&chunk.bytes) }
                    waiting.removeFirst()
                    empty.append(chunk)
                    lock.announce()
                } else if isClosed {
                    return
                } else {
                    lock.wait()
                }
            }
        }
    }
}
