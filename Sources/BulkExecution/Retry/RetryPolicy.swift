package import BulkSystem

/// When a request that failed is worth another attempt, and how long to wait before it.
///
/// Source of the waiting time: "full jitter" of the AWS Architecture Blog, "Exponential Backoff And
/// Jitter": a random time between zero and a bound that doubles.
package struct RetryPolicy: Hashable, Sendable {
    /// The most requests for one row, the first one included.
    package var attempts: Int
    /// The bound of the first wait.
    package var base: Nanoseconds
    /// The bound that no wait exceeds.
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
    ///   - failures: How many attempts have failed; at least 1.
    ///   - roll: A random number, at least 0 and below 1.
    /// - Returns: The wait.
    package func delay(afterFailures failures: Int, roll: Double) -> Nanoseconds {
        let doublings = min(max(0, failures - 1), 32)
        let bound = min(Double(ceiling), Double(base) * Double(1 << doublings))
        return Nanoseconds(bound * roll)
    }
}

/// The retries that a whole run may spend: a fifth of its requests, and ten to begin with.
///
/// It keeps a server in trouble from being asked up to five times as much as one in health.
package struct RetryBudget: Hashable, Sendable {
    private var requests = 0
    /// The retries spent.
    package private(set) var spent = 0

    package init() {}

    /// Counts a request, the first for its row.
    package mutating func noteRequest() { requests += 1 }

    /// Spends a retry if there is one left.
    package mutating func spend() -> Bool {
        guard spent < 10 + requests / 5 else { return false }
        spent += 1
        return true
    }
}
