import BulkSystem
package import MavaAPI
import Synchronization

/// A transport that waits for a permit before each request, and repeats requests where that is safe.
///
/// Look-ups and ticket reads go through it, so they share one budget with the updates. A GET is sent again
/// up to four times after no answer, after a 500, 502, 503 or 504, and after an answer that its caller
/// cannot use. Once the server has answered, no answer, 502, 503 and 504 are an outage, which is waited for
/// as long as the patience lasts. A PUT is never repeated here, because the executor decides about those.
/// An answer that asks to wait pauses all requests and costs no attempt.
package final class PacedTransport<C: Clock>: HTTPTransport where C.Duration == Duration {
    private let inner: any HTTPTransport
    private let gate: QuotaGate<C>
    private let clock: C
    private let policy: RetryPolicy
    private let patience: Nanoseconds
    private let random: @Sendable () -> Double
    private let budget = Mutex(RetryBudget())
    private let pause = Mutex<(reason: WaitReason, until: Nanoseconds)?>(nil)
    /// Whether the server has answered a request, so that a wrong address is no reason for its silence.
    private let hasAnswered = Atomic(false)

    /// Wraps a transport.
    ///
    /// - Parameters:
    ///   - inner: What carries the requests.
    ///   - gate: The permits of the key.
    ///   - clock: What the waiting between attempts is measured by.
    ///   - policy: When to try again.
    ///   - patience: How long to go on asking while the server asks to wait or does not work.
    ///   - random: A random number, at least 0 and below 1, for the back-off.
    package init(
        _ inner: any HTTPTransport, gate: QuotaGate<C>, clock: C,
        policy: RetryPolicy = RetryPolicy(), patience: Duration = .seconds(300),
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.inner = inner
        self.gate = gate
        self.clock = clock
        self.policy = policy
        self.patience = Nanoseconds(patience)
        self.random = random
    }

    /// What the requests wait for before another attempt, and the remaining time; `nil` while they do not wait.
    package var wait: (reason: WaitReason, remaining: Duration)? {
        let now = gate.now
        return pause.withLock { pause in
            pause.map { ($0.reason, Duration(max(.zero, $0.until - now))) }
        }
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await send(request) { _ in true }
    }

    package func send(
        _ request: HTTPRequest, until isUsable: (HTTPResponse) -> Bool
    ) async throws(TransportError) -> HTTPResponse {
        var failures = 0
        var busySince: Nanoseconds?
        var failingSince: Nanoseconds?
        var shortage = LocalShortage()
        budget.withLock { $0.noteRequest() }
        while true {
            switch await attempt(request) {
            case .failure(let error) where error.code == .localShortage:
                let now = gate.now
                shortage.note(at: now)
                guard request.method == .get, now - (shortage.since ?? now) < patience else {
                    throw error
                }
                try await sleep((shortage.end(at: now) ?? now) - now, .localShortage)
                continue
            case .failure(let error):
                failures += 1
                guard ![.cancelled, .untrusted, .unavailable].contains(error.code),
                    isWorthMore(request, failures, isOutage: true)
                else { throw error }
                let now = gate.now
                let since = failingSince ?? now
                failingSince = since
                if now - since >= patience { throw error }
            case .success(let response):
                let reading = QuotaReading(response)
                if reading.isBusy, request.method == .get {
                    let since = busySince ?? gate.now
                    busySince = since
                    let wait = reading.retryAfter ?? .zero
                    if gate.now + min(wait, patience) - since >= patience { return response }
                    continue
                }
                let isLost = Self.isLost(response)
                if !isLost { hasAnswered.store(true, ordering: .relaxed) }
                guard isLost || !isUsable(response) else { return response }
                failures += 1
                let isOutage = Self.isOutage(response)
                guard isWorthMore(request, failures, isOutage: isOutage) else { return response }
                let now = gate.now
                let since = failingSince ?? now
                failingSince = since
                if now - since >= patience { return response }
            }
            try await backOff(failures)
        }
    }

    private func attempt(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        do {
            try await gate.acquire(patience: patience)
        } catch let pause as QuotaPause {
            return .failure(
                TransportError(
                    code: .unavailable, message: "\(pause)", mayHaveReachedServer: false))
        } catch {
            return .failure(Self.cancelled)
        }
        do throws(TransportError) {
            let response = try await inner.send(request)
            gate.complete(QuotaReading(response))
            return .success(response)
        } catch {
            gate.complete(nil)
            return .failure(error)
        }
    }

    private func isWorthMore(
        _ request: HTTPRequest, _ failures: Int, isOutage: Bool
    ) -> Bool {
        guard request.method == .get else { return false }
        if isOutage, hasAnswered.load(ordering: .relaxed) { return true }
        return failures < policy.attempts && budget.withLock { $0.spend() }
    }

    private func backOff(_ failures: Int) async throws(TransportError) {
        let delay = min(policy.delay(afterFailures: failures, roll: random()), patience)
        try await sleep(delay, .backOff)
    }

    private func sleep(
        _ delay: Nanoseconds, _ reason: WaitReason
    ) async throws(TransportError) {
        let until = gate.now + delay
        pause.withLock { $0 = (reason, until) }
        defer { pause.withLock { $0 = nil } }
        do {
            try await clock.sleep(for: Duration(delay))
        } catch {
            throw Self.cancelled
        }
    }

    /// Whether an answer says that a read may get another one when it is sent again.
    private static func isLost(_ response: HTTPResponse) -> Bool {
        [500, 502, 503, 504, 408, 421, 425].contains(response.status)
    }

    /// Whether a server or a proxy says that it is out of order for now.
    private static func isOutage(_ response: HTTPResponse) -> Bool {
        [502, 503, 504].contains(response.status)
    }

    private static var cancelled: TransportError {
        TransportError(
            code: .cancelled, message: "The request was given up before it was sent.",
            mayHaveReachedServer: false)
    }
}
