package import BulkSystem
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
        guard response.status == 429 || Self.maySpeakOfQuota(response) else {
            hints = []
            isBusy = false
            return
        }
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

    /// Whether a header's name begins like the name of a header about a quota.
    ///
    /// Most answers have no such header, and parsing all their headers would cost as much as sending them.
    private static func maySpeakOfQuota(_ response: HTTPResponse) -> Bool {
        response.headers.contains { header in
            switch header.name.utf8.first {
            case UInt8(ascii: "r"), UInt8(ascii: "x"), UInt8(ascii: "z"): true
            default: false
            }
        }
    }
}
