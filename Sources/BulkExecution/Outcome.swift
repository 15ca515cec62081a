package import BulkPlan

/// How one record of the input ended: every record ends in exactly one of these.
public enum Outcome: String, CaseIterable, Hashable, Sendable {
    /// The server accepted the change.
    case updated
    /// The ticket already held what was asked.
    case unchanged
    /// The record cannot be understood, or names something that does not exist.
    case invalid
    /// A precondition was not met, or the ticket changed since the plan was approved.
    case conflict
    /// It would have taken a ticket away from the AI.
    case held
    /// A selection left it out, so nothing was sent.
    case excluded
    /// The server refused it, or every attempt failed; its ticket was not changed.
    case failed
    /// It was sent, but neither an answer nor the ticket tells whether it took effect.
    case unknown
    /// The run ended before its turn came.
    case unsent

    /// Its place among all cases, from 0.
    package var place: Int {
        switch self {
        case .updated: 0
        case .unchanged: 1
        case .invalid: 2
        case .conflict: 3
        case .held: 4
        case .excluded: 5
        case .failed: 6
        case .unknown: 7
        case .unsent: 8
        }
    }

    /// How a record ends for which the plan sends nothing.
    ///
    /// - Parameter disposition: What the plan does with the record; `nil` comes out for an update.
    package init?(withoutUpdate disposition: Disposition) {
        switch disposition {
        case .update: return nil
        case .unchanged: self = .unchanged
        case .invalid: self = .invalid
        case .conflict: self = .conflict
        case .held: self = .held
        case .excluded: self = .excluded
        }
    }
}
