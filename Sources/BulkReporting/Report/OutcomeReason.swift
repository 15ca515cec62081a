package import BulkExecution

/// Why rows of a run did not succeed: one cause, and how many rows have it.
package struct OutcomeReason: Hashable, Sendable {
    /// How the rows ended.
    package var outcome: Outcome
    /// The code of the cause; `nil` where there is none.
    package var code: String?
    /// The rows.
    package var rows: Int
    /// The first of them.
    package var row: Int
    /// What is said of the first row; empty for nothing.
    package var message: String
}
