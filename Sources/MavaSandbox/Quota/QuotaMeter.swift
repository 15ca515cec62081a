/// The quota's decision about one request.
struct QuotaDecision: Equatable {
    /// Whether the request is allowed.
    var isAllowed: Bool
    /// How many more requests may follow at once.
    var remaining: Int
    /// Nanoseconds until a request is allowed again, or until the window is renewed.
    var reset: UInt64
}

/// Counts the requests of one key against a rule.
///
/// A refused request does not count.
struct QuotaMeter: Sendable {
    private let rule: QuotaRule
    private let start: UInt64
    /// For a sliding window: when the requests of the last window were allowed.
    private var allowed = MomentQueue()
    /// For a fixed window: the number of the window, and its requests so far.
    private var window: UInt64 = 0
    private var used = 0

    /// - Parameters:
    ///   - rule: The rule to apply.
    ///   - start: When the first fixed window begins, in the clock's nanoseconds.
    init(rule: QuotaRule, start: UInt64) {
        self.rule = rule
        self.start = start
    }

    /// Decides on a request that arrives now.
    mutating func decide(now: UInt64) -> QuotaDecision {
        switch rule.kind {
        case .none:
            return QuotaDecision(isAllowed: true, remaining: rule.limit, reset: 0)
        case .fixed:
            return decideFixed(now: now)
        case .sliding:
            return decideSliding(now: now)
        }
    }

    private mutating func decideFixed(now: UInt64) -> QuotaDecision {
        let length = rule.windowNanoseconds
        let elapsed = now > start ? now - start : 0
        if elapsed / length != window {
            window = elapsed / length
            used = 0
        }
        let reset = length - elapsed % length
        guard used < rule.limit else {
            return QuotaDecision(isAllowed: false, remaining: 0, reset: reset)
        }
        used += 1
        return QuotaDecision(isAllowed: true, remaining: rule.limit - used, reset: reset)
    }

    private mutating func decideSliding(now: UInt64) -> QuotaDecision {
        let length = rule.windowNanoseconds
        allowed.drop { $0 + length <= now }
        let isAllowed = allowed.count < rule.limit
        if isAllowed { allowed.append(now) }
        let reset = allowed.first.map { $0 + length - now } ?? length
        return QuotaDecision(
            isAllowed: isAllowed, remaining: rule.limit - allowed.count, reset: reset)
    }
}
