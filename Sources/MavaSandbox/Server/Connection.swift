/// One client's connection; the event loop's thread alone touches it.
final class Connection {
    /// What the connection is doing.
    enum Stage {
        /// Waiting for bytes, or for the rest of a request.
        case reading
        /// An answer is ready and held back until its moment.
        case holding
        /// The last answer is sent; what the client still sends is read over, so that closing does
        /// not destroy the answer on its way (RFC 9112, section 9.6).
        case draining
        case closed
    }

    let descriptor: Int32
    let isFromLoopback: Bool
    /// The connection's number since the start, for the log.
    let number: Int
    /// The place in the loop's list.
    var place = 0
    /// What the loop waits for on it: `POLLIN`, `POLLOUT`.
    var watched: Int32 = 0
    var stage = Stage.reading
    var assembler: RequestAssembler
    /// Where the request goes whose head has arrived.
    var route = Route.unknown
    /// What that request will meet.
    var fate = Fate()
    /// What is still to be sent, from `sent` on.
    var output: [UInt8] = []
    var sent = 0
    /// Whether the connection ends once `output` is sent.
    var closesAfterOutput = false
    /// When the present wait began: for a head, a body, the next request or the client's reading.
    var waitingSince: UInt64
    /// Bytes read over while draining.
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

    /// Whether more should be read: not while an answer is held back or not taken.
    var wantsInput: Bool {
        switch stage {
        case .reading: output.count - sent < 1 << 20
        case .draining: true
        case .holding, .closed: false
        }
    }

    /// Sends what the socket takes.
    ///
    /// - Returns: Whether the connection is still whole.
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
