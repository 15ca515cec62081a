import BulkSystem

/// Bytes of another supply, decompressed.
///
/// If reading that supply never waits, such as for a file, a thread of its own decompresses while the
/// caller works. Otherwise the caller decompresses when it reads: a thread that waits for input
/// could not be ended.
final class GzipSupply: ByteSupply {
    private let pieces: GzipPieces
    private var piece: GzipPiece?
    private var thread: JoinableThread?
    private var isStarted = false
    private let isAhead: Bool

    /// Reads compressed data.
    ///
    /// - Parameters:
    ///   - head: The compressed bytes that were already read.
    ///   - upstream: The source of the remaining compressed bytes.
    ///   - name: The input's name in messages.
    ///   - allowed: How much the data may expand.
    init(
        head: [UInt8], upstream: any ByteSupply, name: String, allowed: (ratio: Int, bytes: Int)
    ) {
        pieces = GzipPieces(
            GzipStream(head: head, upstream: upstream, name: name, allowed: allowed))
        isAhead = !upstream.canWait
    }

    deinit {
        pieces.stop()
        thread?.join()
    }

    func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        while true {
            if let piece {
                let count = piece.read(into: space)
                if count > 0 { return count }
                if let failure = piece.failure { throw failure }
                if piece.isEmpty { return 0 }
            }
            advance()
        }
    }

    /// Moves to the next piece.
    private func advance() {
        // The first piece is the whole of a small input, which needs no thread.
        if piece != nil, isAhead, !isStarted {
            isStarted = true
            thread = JoinableThread { [pieces] in pieces.fillAhead() }
        }
        piece = thread == nil ? pieces.fillNow() : pieces.nextFilled()
    }
}
