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
    package init(_ response: HTTPResponse) {
        retryAfter = response.values(of: "retry-after").first.flatMap { Int64($0) }
            .flatMap { (0...31_536_000).contains($0) ? $0 * .second : nil }
        isBusy = response.status == 429 || response.status == 503 && retryAfter != nil
        hints = []
    }
}
