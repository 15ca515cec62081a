package import BulkSystem
import BulkPlan

/// What earlier parts of a run did with one row.
package enum RowHistory: Hashable, Sendable {
    /// The row has its outcome.
    case finished
    /// The row has no outcome yet.
    ///
    /// `requests` counts the requests sent for it. `mayHaveTakenEffect` says whether one of them may have taken
    /// effect.
    case open(requests: Int, mayHaveTakenEffect: Bool)

    /// The history of a row that was never sent.
    package static let none = RowHistory.open(requests: 0, mayHaveTakenEffect: false)

    /// Looks up the row of a plan's step.
    ///
    /// - Parameters:
    ///   - step: The step. A look-up happens only when the step may send a request.
    ///   - earlier: The journal's index of earlier parts; `nil` for a new run.
    /// - Throws: A `FileError` when the row's history cannot be read.
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
    /// Whether the run records an outcome for this row: it sends a request, or the row was decided again.
    var isDecidedHere: Bool {
        switch self {
        case .planned(let entry): entry.sendsRequest
        // An entry that was merged into another row has that row's outcome.
        case .redecided(let entry): entry.mergedInto == nil
        }
    }
}
