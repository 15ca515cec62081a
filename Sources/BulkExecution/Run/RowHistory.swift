package import BulkSystem
import BulkPlan

/// What earlier parts of a run did with one row.
package enum RowHistory: Hashable, Sendable {
    /// The row has its outcome.
    case finished
    /// The row has no outcome yet: how many requests were sent for it, and whether one of them may have taken effect.
    case open(requests: Int, mayHaveTakenEffect: Bool)

    /// The history of a row that was never sent.
    package static let none = RowHistory.open(requests: 0, mayHaveTakenEffect: false)

    /// Looks up the row of a plan's step.
    ///
    /// - Parameters:
    ///   - step: The step; only where it may send a request is anything looked up.
    ///   - earlier: What the journal says of earlier parts; `nil` for a new run.
    /// - Throws: A `FileError` when what is known of the row cannot be read.
    package init(of step: PlanStep, in earlier: JournalIndex?) throws(FileError) {
        guard let earlier, step.isDecidedHere else {
            self = .none
            return
        }
        let row = step.entry.row
        if try earlier.isFinished(row) {
            self = .finished
        } else {
            self = .open(
                requests: try earlier.requests(of: row),
                mayHaveTakenEffect: try earlier.mayHaveTakenEffect(row))
        }
    }
}

extension PlanStep {
    /// Whether the run gives this row an outcome of its own: it sends a request, or was decided again.
    var isDecidedHere: Bool {
        switch self {
        case .planned(let entry): entry.sendsRequest
        // The outcome of an entry that another row carries is its carrier's.
        case .redecided(let entry): entry.mergedInto == nil
        }
    }
}
