package import BulkSystem
package import BulkPlan
package import MavaAPI

/// One row on its way: what is sent for it and what has come of its requests so far.
package struct Job: Hashable, Sendable {
    /// The row's number in the plan.
    package let row: Int
    /// What is sent for it.
    package let update: TicketUpdate
    /// How many requests were sent for it, in earlier sessions of the run too.
    package internal(set) var requests: Int
    /// How many of this session's requests count as attempts: those that the server did not delay.
    package internal(set) var attempts = 0
    /// Whether the request in flight is the breaker's probe.
    package internal(set) var isProbe = false
    /// When the first request of this session was sent.
    package internal(set) var firstSentAt: Nanoseconds?
    /// Whether a request that brought no whole answer may have taken effect.
    package internal(set) var wasLeftOpen: Bool
    /// Whether a request was answered by an error that does not tell whether it took effect.
    package internal(set) var hadServerError = false
    /// When it may be sent again.
    var notBefore = Nanoseconds.min

    /// Whether any request may have taken effect.
    package var mayHaveTakenEffect: Bool { wasLeftOpen || hadServerError }

    /// Makes a job of a plan's entry.
    ///
    /// The result is `nil` when the entry holds something that no update can carry, which a plan made
    /// by this program never does.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - requests: The requests that earlier sessions of the run have sent for it.
    ///   - mayHaveTakenEffect: Whether one of those may have taken effect.
    package init?(_ entry: PlanEntry, requests: Int = 0, mayHaveTakenEffect: Bool = false) {
        guard let update = TicketUpdate(entry) else { return nil }
        row = entry.row
        self.update = update
        self.requests = requests
        wasLeftOpen = mayHaveTakenEffect
    }
}
