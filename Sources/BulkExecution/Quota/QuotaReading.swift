package import MavaAPI

/// What one answer says about the quota.
package struct QuotaReading: Hashable, Sendable {
    /// The server's own count, once for each form in which the answer gives it.
    package var hints: [QuotaHint]
    /// Whether the server asks to wait and has not done what was asked: 429, or 503 with a time.
    package var isBusy: Bool
    /// How long it asks to wait; `nil` where it does not say.
    package var retryAfter: Nanoseconds?

    package init(
        hints: [QuotaHint] = [], isBusy: Bool = false, retryAfter: Nanoseconds? = nil
    ) {
        self.hints = hints
        self.isBusy = isBusy
        self.retryAfter = retryAfter
    }

    /// Reads an answer's status and headers.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - timeOfDay: Milliseconds since 1970, for headers that name a point in time in an answer
    ///     without a date.
    package init(
        _ response: HTTPResponse,
        timeOfDay: () -> Int64 = SystemTime.millisecondsSince1970
    ) {
        let said = RateLimitHints(response, now: Int(timeOfDay() / 1000))
        retryAfter = said.retryAfter.map(Nanoseconds.init)
        isBusy = response.status == 429 || response.status == 503 && retryAfter != nil
        hints = said.windows.map { window in
            QuotaHint(
                limit: window.limit, remaining: window.remaining,
                resetAfter: window.resetAfter.map(Nanoseconds.init),
                window: window.length.map(Nanoseconds.init))
        }
    }
}
