package import BulkSystem

/// Decides whether a failed request is retried, and how long to wait before that.
///
/// The wait is a random time between zero and a limit that doubles. Source: "full jitter" of the AWS
/// Architecture Blog, "Exponential Backoff And Jitter".
package struct RetryPolicy: Hashable, Sendable {
    /// The most requests for one row, including the first.
    package var attempts: Int
    /// The limit of the first wait.
    package var base: Nanoseconds
    /// The limit that no wait exceeds.
    package var ceiling: Nanoseconds

    package init(
        attempts: Int = 5, base: Nanoseconds = .second / 2, ceiling: Nanoseconds = 20 * .second
    ) {
        self.attempts = attempts
        self.base = base
        self.ceiling = ceiling
    }

    /// The wait before the next attempt.
    ///
    /// - Parameters:
    ///   - failures: The number of failed attempts; at least 1.
    ///   - roll: A random number, at least 0 and below 1.
    /// - Returns: The wait.
    package func delay(afterFailures failures: Int, roll: Double) -> Nanoseconds {
        let doublings = min(max(0, failures - 1), 32)
        let bound = min(Double(ceiling.count), Double(base.count) * Double(1 << doublings))
        return Nanoseconds(count: Int64(bound * roll))
    }
}

/// The retries that a whole run may spend: a fifth of its requests, plus ten.
///
/// Without this limit, a server in trouble could get up to five times as many requests as a healthy one.
package struct RetryBudget: Hashable, Sendable {
    private var requests = 0
    /// The number of retries spent.
    package private(set) var spent = 0

    package init() {}

    /// Counts the first request of a row.
    package mutating func noteRequest() { requests += 1 }

    /// Spends a retry; false when none is left.
    package mutating func spend() -> Bool {
        guard spent < 10 + requests / 5 else { return false }
        spent += 1
        return true
    }
}
