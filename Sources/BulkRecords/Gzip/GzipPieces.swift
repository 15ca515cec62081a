import CLibrary

/// The pieces of a gzip stream in order, decompressed ahead by one thread and taken by another.
///
/// A piece's slot in the ring is used again when the caller has taken the piece after it. It is
/// unchecked because the numbers are accessed only under its lock, and the stream only by the
/// thread that fills pieces.
final class GzipPieces: @unchecked Sendable {
    private static let size = 4

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let change: UnsafeMutablePointer<pthread_cond_t>
    private var stream: GzipStream
    private let ring = (0..<GzipPieces.size).map { _ in GzipPiece() }
    /// How many pieces were filled, and how many of them were taken.
    private var filled = 0
    private var taken = 0
    private var isStopped = false

    init(_ stream: consuming GzipStream) {
        self.stream = stream
        mutex = .allocate(capacity: 1)
        change = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    /// Fills and takes the next piece; only while no thread runs ``fillAhead()``.
    func fillNow() -> GzipPiece {
        let piece = fill(filled)
        filled += 1
        taken += 1
        return piece
    }

    /// Takes the next piece, which ``fillAhead()`` fills.
    func takeFilled() -> GzipPiece {
        locked {
            while taken == filled { pthread_cond_wait(change, mutex) }
            taken += 1
            return ring[(taken - 1) % Self.size]
        }
    }

    /// Fills pieces to the end of the data, or until ``stop()``; it runs on a thread of its own.
    func fillAhead() {
        while let number = locked(nextToFill) {
            let piece = fill(number)
            locked { filled += 1 }
            if piece.isEmpty || piece.failure != nil { return }
        }
    }

    /// Ends ``fillAhead()``.
    func stop() {
        locked { isStopped = true }
    }

    /// Waits for a free slot; `nil` when no piece is wanted any more.
    private func nextToFill() -> Int? {
        while !isStopped, filled - taken >= Self.size - 1 { pthread_cond_wait(change, mutex) }
        return isStopped ? nil : filled
    }

    private func fill(_ number: Int) -> GzipPiece {
        let piece = ring[number % Self.size]
        stream.fill(piece, after: number == 0 ? nil : ring[(number - 1) % Self.size])
        return piece
    }

    /// Runs a function under the lock and signals the change to the other thread.
    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(change)
            pthread_mutex_unlock(mutex)
        }
        return body()
    }
}
