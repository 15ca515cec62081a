import BulkSystem

/// How many requests a key may send in any window of time.
public struct Quota: Hashable, Sendable, CustomStringConvertible {
    /// What Mava documents for one API key: 90 requests in 30 seconds, all endpoints together.
    public static let mava = Quota(requests: 90, window: .seconds(30))

    private static let requestBounds = 1...1_000_000
    private static let windowBounds = Duration.milliseconds(1)...Duration.seconds(86_400_000)

    /// The requests that the server allows in a window: 1 to 1,000,000; others are brought within these bounds.
    public var requests: Int {
        didSet {
            requests = Self.requestBounds.nearest(to: requests)
            share = min(share, requests)
        }
    }
    /// The window's length: 1 ms to 1000 days; others are brought within these bounds.
    public var window: Duration {
        didSet { window = Self.windowBounds.nearest(to: window) }
    }
    /// The requests of ``requests`` that this run may use: fewer where the key is shared, and at least 1.
    public var share: Int {
        didSet { share = (1...requests).nearest(to: share) }
    }

    /// Makes a quota of which all may be used.
    ///
    /// - Parameters:
    ///   - requests: The requests allowed in a window, 1 to 1,000,000.
    ///   - window: The window's length, 1 ms to 1000 days.
    public init(requests: Int, window: Duration) {
        self.requests = Self.requestBounds.nearest(to: requests)
        self.window = Self.windowBounds.nearest(to: window)
        self.share = self.requests
    }

    /// Reads a quota such as `90/30s`, `5000/10m`, `10/500ms`, `90/1.5m` or `100/2h30m`.
    ///
    /// The result is `nil` when the text is no such thing, when the time has no unit, or when a part of it is
    /// not above zero.
    ///
    /// - Parameter text: The text.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let requests = Int(parts[0]), requests > 0, requests <= 1_000_000
        else { return nil }
        // Quotas are also written per `min`.
        let time = parts[1].hasSuffix("min") ? parts[1].dropLast(2) : parts[1]
        let units: Set<WrittenSpan.Unit> = [.milliseconds, .seconds, .minutes, .hours, .days]
        guard let span = WrittenSpan(String(time), units: units, takesFractions: true),
            (1...86_400_000_000).contains(span.milliseconds)
        else { return nil }
        self.init(requests: requests, window: .milliseconds(span.milliseconds))
    }

    /// The same quota, of which only a part may be used: `1/3`, `40%` or `0.5`.
    ///
    /// - Parameter text: A fraction above 0 and not above 1, or a percentage.
    /// - Returns: The quota with its share rounded down, but at least one request; `nil` when the
    ///   text is no such fraction.
    public func sharing(_ text: some StringProtocol) -> Quota? {
        guard let part = WrittenShare(text), part.numerator > 0 else { return nil }
        var result = self
        result.share = max(1, requests * part.numerator / part.denominator)
        return result
    }

    /// For example `90 requests per 30 s`, or `30 of 90 requests per 30 s`.
    public var description: String {
        let milliseconds = Nanoseconds(window).quotient(by: .millisecond)
        let length =
            milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
        let part = share == requests ? "" : "\(Words.number(share)) of "
        return
            "\(part)\(Words.number(requests)) \(requests == 1 ? "request" : "requests") per \(length)"
    }
}

extension ClosedRange {
    /// The value of the range that is nearest to another value.
    fileprivate func nearest(to value: Bound) -> Bound {
        Swift.min(Swift.max(value, lowerBound), upperBound)
    }
}
