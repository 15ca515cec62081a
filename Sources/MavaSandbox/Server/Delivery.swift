/// The bytes of an answer, and how to send them.
struct Delivery {
    /// How to send the bytes.
    enum Manner {
        /// At once, and the connection stays open.
        case keep
        /// At once, and then the connection is closed.
        case close
        /// One byte at a time.
        case drip(keepsAlive: Bool)
    }

    var bytes: [UInt8] = []
    var manner = Manner.keep

    /// Writes a reply as bytes, with the fault of its request applied.
    ///
    /// - Parameters:
    ///   - reply: The answer, already changed by the fault if the fault changes it.
    ///   - head: The request's head.
    ///   - fault: The fault.
    ///   - date: The value of `Date`.
    init(_ reply: Reply, head: RequestHead, fault: Fault?, date: [UInt8]) {
        let keepsAlive = head.keepsAlive && !reply.closes
        manner = keepsAlive ? .keep : .close
        let isHead = head.method == .head
        var length = reply.body.count
        if fault == .wrongLength { length += 10 }
        if fault == .shortLength { length = max(0, length - 5) }
        ResponseWriter.appendHead(
            reply, length: length, minorVersion: head.minorVersion, keepsAlive: keepsAlive,
            date: date, to: &bytes)
        if !isHead { bytes.append(contentsOf: reply.body) }
        switch fault {
        case .dropAfterCommit: (bytes, manner) = ([], .close)
        case .dropMidReply: (bytes, manner) = (Array(bytes.prefix(bytes.count / 2)), .close)
        case .wrongLength: manner = .close
        case .slowDrip: manner = .drip(keepsAlive: keepsAlive)
        default: break
        }
    }
}
