import BulkSystem

/// The pieces of a gzip stream in order, decompressed ahead by one thread and taken by another.
///
/// A piece's slot in the ring is used again when the caller has taken the piece after it. It is
/// unchecked because the numbers are accessed only under its lock, and the stream only by the
/// thread that fills pieces.
final class GzipPieces: @unchecked Sendable {
    private static let size = 4

    private let lock = ChangeLock()
    private var stream: GzipStream
    private let ring = (0..<GzipPieces.size).map { _ in GzipPiece() }
    /// How many pieces were filled, and how many of them were taken.
    private var filled = 0
    private var taken = 0
    private var isStopped = false

    init(_ stream: consuming GzipStream) {
        self.stream = stream
    }

    /// Fills and takes the next piece; only while no thread runs ``fillAhead()``.
    func fillNow() -> GzipPiece {
        let piece = fill(filled)
        filled += 1
        taken += 1
        return piece
    }

    /// Waits for the next piece, which ``fillAhead()`` fills.
    func nextFilled() -> GzipPiece {
        lock.locked {
            while taken == filled { lock.wait() }
            taken += 1
            return ring[(taken - 1) % Self.size]
        }
    }

    /// Fills pieces to the end of the data, or until ``stop()``; it runs on a thread of its own.
    func fillAhead() {
        while let number = lock.locked(nextToFill) {
            let piece = fill(number)
            lock.locked { filled += 1 }
            if piece.isEmpty || piece.failure != nil { return }
        }
    }

    /// Ends ``fillAhead()``.
    func stop() {
        lock.locked { isStopped = true }
    }

    /// Waits for a free slot; `nil` when no piece is wanted any more.
    private func nextToFill() -> Int? {
        while !isStopped, filled - taken >= Self.size - 1 { lock.wait() }
        return isStopped ? nil : filled
    }

    private func fill(_ number: Int) -> GzipPiece {
        let piece = ring[number % Self.size]
        stream.fill(piece, after: number == 0 ? nil : ring[(number - 1) % Self.size])
        return piece
    }
}
