// Assembles requests from bytes that arrive in any pieces. It keeps a request's bytes until
// `consume`, so that the ranges of its head stay valid. The framing of a chunked body is dropped at
// once, so that no framing can make the buffer grow beyond the limits. The same requests and the
// same failure result from any pieces; the fuzz target checks this.

/// Turns a connection's bytes into requests.
struct RequestAssembler {
    /// The next step.
    enum Step: Equatable {
        /// More bytes are needed.
        case needsMore
        /// A head is complete, but perhaps not its body; returned once per request.
        case head
        /// A request is complete: answer it, then `consume`.
        case request
    }

    private enum Stage {
        case head
        case body
        case chunks(ChunkedDecoder)
        case whole(chunked: [UInt8]?)
    }

    private let limits: HTTPLimits
    private var buffer: [UInt8] = []
    private var stage = Stage.head
    private var scanner = HeadScanner()
    /// The offset in `buffer` of the current request's first byte.
    private var start = 0
    /// The head of the current request, once it is complete.
    private(set) var head: RequestHead?

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether a request has begun and was not consumed yet.
    var isMidway: Bool { buffer.count > start }

    /// How many bytes are buffered.
    var count: Int { buffer.count - start }

    /// Whether the whole body of the current request has arrived.
    var hasBody: Bool {
        guard let head, case .body = stage else { return false }
        return buffer.count - start >= head.length + (head.contentLength ?? 0)
    }

    /// Adds bytes that arrived.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if start == buffer.count, start > 0 {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 65_536, start * 2 > buffer.count {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Continues as far as the bytes allow.
    ///
    /// - Throws: `HTTPFailure`; the connection can then no longer be used.
    mutating func next() throws(HTTPFailure) -> Step {
        switch stage {
        case .head:
            guard let head = try readHead() else { return .needsMore }
            self.head = head
            if head.isChunked {
                stage = .chunks(ChunkedDecoder())
            } else {
                guard head.contentLength ?? 0 <= limits.body else {
                    throw HTTPFailure(413, "the body is longer than \(limits.body) bytes")
                }
                stage = .body
            }
            return .head
        case .body:
            guard hasBody else { return .needsMore }
            stage = .whole(chunked: nil)
            return .request
        case .chunks(var decoder):
            // The decoder is moved out of the enum while it is changed, so that its body is not
            // copied.
            stage = .head
            let from = start + (head?.length ?? 0)
            let result: Result<(consumed: Int, isDone: Bool), HTTPFailure> =
                buffer.withUnsafeBufferPointer { buffer in
                    do throws(HTTPFailure) {
                        return .success(
                            try decoder.feed(
                                UnsafeBufferPointer(rebasing: buffer[from...]),
                                limit: limits.body))
                    } catch {
                        return .failure(error)
                    }
                }
            let (consumed, isDone) = try result.get()
            buffer.removeSubrange(from..<(from + consumed))
            stage = isDone ? .whole(chunked: decoder.body) : .chunks(decoder)
            return isDone ? .request : .needsMore
        case .whole:
            return .request
        }
    }

    /// Passes the complete request to a closure.
    func withRequest<R>(isFromLoopback: Bool, _ body: (Request) -> R) -> R? {
        guard let head, case .whole(let chunked) = stage else { return nil }
        return buffer.withUnsafeBufferPointer { buffer in
            let bytes = UnsafeBufferPointer(rebasing: buffer[start...])
            func request(_ content: UnsafeBufferPointer<UInt8>) -> Request {
                Request(head: head, bytes: bytes, body: content, isFromLoopback: isFromLoopback)
            }
            if let chunked { return chunked.withUnsafeBufferPointer { body(request($0)) } }
            let end = head.length + (head.contentLength ?? 0)
            return body(request(UnsafeBufferPointer(rebasing: bytes[head.length..<end])))
        }
    }

    /// Passes the bytes from the current request's first byte on, to which its head's ranges refer.
    func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        buffer.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start...])) }
    }

    /// Discards the current request and begins the next one.
    mutating func consume() {
        guard let head, case .whole(let chunked) = stage else { return }
        start += head.length + (chunked == nil ? head.contentLength ?? 0 : 0)
        self.head = nil
        scanner = HeadScanner()
        stage = .head
    }

    private mutating func readHead() throws(HTTPFailure) -> RequestHead? {
        let limits = limits
        var scanner = scanner
        let result: Result<RequestHead?, HTTPFailure> = buffer.withUnsafeBufferPointer { buffer in
            let bytes = UnsafeBufferPointer(rebasing: buffer[start...])
            do throws(HTTPFailure) {
                guard let end = try scanner.scan(bytes, limits: limits) else {
                    return .success(nil)
                }
                return .success(
                    try RequestHeadParser.parse(
                        bytes, from: scanner.start, to: end, limits: limits))
            } catch {
                return .failure(error)
            }
        }
        self.scanner = scanner
        return try result.get()
    }
}
