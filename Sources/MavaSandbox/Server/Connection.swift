/// One client's connection; only the event loop's thread uses it.
final class Connection {
    /// What the connection is doing.
    enum Stage {
        /// Waiting for bytes, or for the rest of a request.
        case reading
        /// An answer is ready and delayed until its time.
        case holding
        /// The last answer is sent, and the client's further bytes are discarded.
        ///
        /// Closing at once could destroy the answer on its way (RFC 9112, section 9.6).
        case draining
        case closed
    }

    let descriptor: Int32
    let isFromLoopback: Bool
    /// The connection's number since the start, for the log.
    let number: Int
    /// The connection's index in the loop's list.
    var place = 0
    /// The events that the loop waits for: `POLLIN`, `POLLOUT`.
    var watched: Int32 = 0
    var stage = Stage.reading
    var assembler: RequestAssembler
    /// The route of the request whose head has arrived.
    var route = Route.unknown
    /// The planned delay and fault of that request.
    var fate = Fate()
    /// The bytes to send; those before `sent` are already sent.
    var output: [UInt8] = []
    var sent = 0
    /// Whether requests that have arrived may wait for the client to take earlier answers.
    var isHeldUp = false
    /// Whether the connection ends once `output` is sent.
    var closesAfterOutput = false
    /// When the current wait began: for a head, a body, the next request or the client's reading.
    var waitingSince: UInt64
    /// How many bytes were discarded while draining.
    var drained = 0

    init(descriptor: Int32, isFromLoopback: Bool, number: Int, limits: HTTPLimits, now: UInt64) {
        self.descriptor = descriptor
        self.isFromLoopback = isFromLoopback
        self.number = number
        assembler = RequestAssembler(limits: limits)
        waitingSince = now
    }

    /// Whether bytes wait to be sent.
    var hasOutput: Bool { sent < output.count }

    /// Whether to read more; not while an answer is delayed or not accepted.
    var wantsInput: Bool {
        switch stage {
        case .reading: output.count - sent < 1 << 20
        case .draining: true
        case .holding, .closed: false
        }
    }

    /// Sends as much as the socket accepts.
    ///
    /// - Returns: Whether the connection is still intact.
    func flush() -> Bool {
        while hasOutput {
            let transfer = output.withUnsafeBytes { bytes in
                Socket.write(UnsafeRawBufferPointer(rebasing: bytes[sent...]), to: descriptor)
            }
            switch transfer {
            case .bytes(let count): sent += count
            case .wouldBlock: return true
            case .end, .failed: return false
            }
        }
        output.removeAll(keepingCapacity: output.capacity <= 1 << 16)
        sent = 0
        return true
    }
}
