/// The target of a transfer, parsed once.
struct CurlTarget: Sendable {
    let endpoint: HTTPEndpoint
    let isLoopback: Bool
}

/// An answer as the transport's thread received it.
struct CurlAnswer: Sendable {
    let status: Int
    let head: CurlResponseHead
    let body: [UInt8]

    /// The answer with its head taken apart.
    var response: HTTPResponse {
        HTTPResponse(status: status, loweredHeaders: head.fields(), body: body)
    }
}

/// One request on its way through the transport's thread, and the task that waits for it.
///
/// Unchecked: `continuation` is written once, before the transfer is handed to the thread through the inbox's
/// lock; everything else that can change is touched by that thread only. Other threads use the reference only
/// to identify the transfer when they cancel it.
final class CurlTransfer: @unchecked Sendable {
    /// How a transfer ends.
    typealias Outcome = Result<CurlAnswer, TransportError>

    /// What is sent.
    let request: HTTPRequest
    /// Where it goes.
    let target: CurlTarget
    /// The deadline.
    let deadline: ContinuousClock.Instant
    /// The waiting task; taken when the transfer ends, so that it is resumed once.
    var continuation: CheckedContinuation<Outcome, Never>?
    /// Whether the caller gave up.
    var isCancelled = false
    /// The handle that carries it; `nil` before it starts and after it ended.
    var handle: CurlHandle?

    /// The server's part of where it goes.
    var endpoint: HTTPEndpoint { target.endpoint }

    init(request: HTTPRequest, target: CurlTarget, deadline: ContinuousClock.Instant) {
        self.request = request
        self.target = target
        self.deadline = deadline
    }

    /// Ends the transfer; later calls do nothing.
    func finish(_ outcome: Outcome) {
        let waiting = continuation.take()
        waiting?.resume(returning: outcome)
    }

    /// The error for a deadline that passed.
    func timeoutError(reached: Bool) -> TransportError {
        TransportError(
            code: .timeout,
            message: "\(endpoint) gave no complete answer within \(request.timeout); "
                + "\(SettingName.timeout) sets how long one is waited for.",
            mayHaveReachedServer: reached)
    }

    /// The error for a caller that gave up.
    func cancelledError(reached: Bool) -> TransportError {
        TransportError(
            code: .cancelled, message: "The request to \(endpoint) was cancelled.",
            mayHaveReachedServer: reached)
    }
}
