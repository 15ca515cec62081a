package import BulkSystem
package import BulkPlan
package import MavaAPI

/// A row that is being sent: its update and the state of its requests.
package struct Job: Hashable, Sendable {
    /// The row's number in the plan.
    package let row: Int
    /// The update to send.
    package let update: TicketUpdate
    /// The number of requests sent for the row, including earlier parts of the run.
    package internal(set) var requests: Int
    /// The number of requests of this part of the run that count as attempts.
    ///
    /// A request that the server delayed does not count. A request that this machine could not open does not
    /// count.
    package internal(set) var attempts = 0
    /// Whether the request in flight is the breaker's probe.
    package internal(set) var isProbe = false
    /// When this part of the run sent its first request for the row.
    package internal(set) var firstSentAt: Nanoseconds?
    /// Whether a request without a complete answer may have taken effect.
    package internal(set) var wasLeftOpen: Bool
    /// Whether a request was answered by an error that does not say whether it took effect.
    package internal(set) var hadServerError = false
    /// The earliest time of the next attempt.
    var notBefore = Nanoseconds.min

    /// Whether any request may have taken effect.
    package var mayHaveTakenEffect: Bool { wasLeftOpen || hadServerError }

    /// Makes a job from a plan entry.
    ///
    /// The result is `nil` when the entry holds a value that no update can carry. A plan made by this program
    /// never holds one.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - requests: The number of requests that earlier parts of the run sent for the row.
    ///   - mayHaveTakenEffect: Whether one of those requests may have taken effect.
    package init?(_ entry: PlanEntry, requests: Int = 0, mayHaveTakenEffect: Bool = false) {
        guard let update = TicketUpdate(entry) else { return nil }
        row = entry.row
        self.update = update
        self.requests = requests
        wasLeftOpen = mayHaveTakenEffect
    }
}
