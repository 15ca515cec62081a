package import BulkSystem

/// Stops sending when the server does not work, and tries it with one request at a time.
///
/// Ten consecutive failures open it, or fewer when the run is small (``open(at:)``). While it is open, there
/// is one probe at a time. The first probe follows 5 s after it opened. The interval doubles after each
/// failed probe, up to 60 s. Any answer that is not a failure closes it.
package struct CircuitBreaker: Hashable, Sendable {
    /// Whether a request may be sent.
    package enum Decision: Hashable, Sendable {
        /// The request may be sent.
        case closed
        /// The request may be sent, as the probe.
        case probe
        /// No request may be sent before this time; there is no time while the probe is in flight.
        case open(until: Nanoseconds?)
    }

    private enum State: Hashable {
        case closed(failures: Int)
        case open(since: Nanoseconds, probeAt: Nanoseconds, interval: Nanoseconds)
        case probing(since: Nanoseconds, interval: Nanoseconds)
    }

    private var state = State.closed(failures: 0)
    private let threshold: Int
    private let firstInterval: Nanoseconds
    private let longestInterval: Nanoseconds

    package init(
        threshold: Int = 10, firstInterval: Nanoseconds = 5 * .second,
        longestInterval: Nanoseconds = 60 * .second
    ) {
        self.threshold = threshold
        self.firstInterval = firstInterval
        self.longestInterval = longestInterval
    }

    /// When the breaker opened; `nil` while it is closed.
    package var openSince: Nanoseconds? {
        switch state {
        case .closed: nil
        case .open(let since, _, _), .probing(let since, _): since
        }
    }

    /// Whether a request may be sent now.
    package func decision(at now: Nanoseconds) -> Decision {
        switch state {
        case .closed: .closed
        case .open(_, let probeAt, _): now >= probeAt ? .probe : .open(until: probeAt)
        case .probing: .open(until: nil)
        }
    }

    /// Leaves a time in which nothing was sent out of the time that the breaker has been open.
    package mutating func leaveOut(from start: Nanoseconds, to end: Nanoseconds) {
        switch state {
        case .closed: break
        case .open(let since, let probeAt, let interval):
            state = .open(
                since: since + end - max(start, since), probeAt: probeAt, interval: interval)
        case .probing(let since, let interval):
            state = .probing(since: since + end - max(start, since), interval: interval)
        }
    }

    /// Opens the breaker at once if it is closed.
    package mutating func open(at now: Nanoseconds) {
        guard case .closed = state else { return }
        state = .open(since: now, probeAt: now + firstInterval, interval: firstInterval)
    }

    /// Notes that the probe is sent.
    package mutating func beginProbe() {
        guard case .open(let since, _, let interval) = state else { return }
        state = .probing(since: since, interval: interval)
    }

    /// Notes an answer that shows a working server.
    package mutating func noteSuccess() { state = .closed(failures: 0) }

    /// Notes that there was no answer, or one that shows a server in trouble.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - isProbe: Whether the request was the probe. A late failure of a request sent before the breaker
    ///     opened has no new information.
    package mutating func noteFailure(at now: Nanoseconds, isProbe: Bool) {
        switch state {
        case .closed(let failures) where failures + 1 < threshold:
            state = .closed(failures: failures + 1)
        case .closed: open(at: now)
        case .probing(let since, let interval) where isProbe:
            let next = min(2 * interval, longestInterval)
            state = .open(since: since, probeAt: now + next, interval: next)
        case .open, .probing: break
        }
    }

    /// Notes that the probe ended without a result, for example by a request to wait.
    package mutating func noteInconclusive(at now: Nanoseconds, isProbe: Bool) {
        guard isProbe, case .probing(let since, let interval) = state else { return }
        state = .open(since: since, probeAt: now, interval: interval)
    }
}
