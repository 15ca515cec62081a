public import BulkExecution
internal import BulkPlan
internal import BulkReporting

/// Which rows of a run are tried again.
public struct RetrySelection: Hashable, Sendable {
    /// The outcomes of such rows.
    public var outcomes: Set<Outcome> = [.failed, .unknown]
    /// Why such rows did not succeed, as reports write it; `nil` for any reason.
    public var codes: Set<String>?

    /// Selects rows that failed, or whose effect is unknown.
    public init() {}

    /// The outcomes that can be selected.
    public static let possibleOutcomes: [Outcome] = [
        .failed, .unknown, .conflict, .held, .invalid, .unsent,
    ]

    /// The codes that can be selected.
    public static let possibleCodes: [String] =
        FailureCode.allCases.map(\.rawValue) + RowIssue.Code.allCases.map(\.rawValue)

    /// Whether a row is selected.
    func takes(_ row: RunRows.Row) -> Bool {
        guard outcomes.contains(row.outcome.outcome) else { return false }
        guard let codes else { return true }
        return row.code.map(codes.contains) ?? false
    }
}
