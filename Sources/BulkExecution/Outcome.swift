package import BulkPlan

/// The final result of one input record.
///
/// Every record ends in exactly one of these cases.
public enum Outcome: String, CaseIterable, Hashable, Sendable {
    /// The server accepted the change.
    case updated
    /// The ticket already held the requested values.
    case unchanged
    /// The record cannot be understood, or names something that does not exist.
    case invalid
    /// A precondition was not met, or the ticket changed since the plan was approved.
    case conflict
    /// The change would take the ticket away from the AI, so it was not sent.
    case held
    /// A selection left the row out, so nothing was sent.
    case excluded
    /// The server refused the change or every attempt failed, and the ticket was not changed.
    case failed
    /// The change was sent, but neither an answer nor the ticket shows whether it took effect.
    case unknown
    /// The run ended before the row was sent.
    case unsent

    /// The case's position among all cases, from 0.
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

    /// Makes the outcome of a record for which the plan sends nothing.
    ///
    /// - Parameter disposition: The plan's disposition for the record; the result is `nil` for an update.
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
