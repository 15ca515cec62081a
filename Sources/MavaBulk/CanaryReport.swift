/// What the first rows of a run came to when their tickets were read again.
public struct CanaryReport: Sendable {
    /// The tickets that were read again.
    public var checked: Int
    /// The updates whose tickets could not be found again.
    public var notFound: Int
    /// The rows that did not succeed.
    public var failed: Int
    /// The rows whose tickets do not hold what was asked, in words.
    public var mismatches: [String]

    /// Whether every row succeeded and every ticket found holds what was asked.
    public var isGood: Bool { failed == 0 && mismatches.isEmpty }

    init(_ check: CanaryCheck) {
        checked = check.checked
        notFound = check.notFound
        failed = check.failed
        mismatches = check.mismatches.map { mismatch in
            let fields = mismatch.fields.map(\.rawValue).joined(separator: ", ")
            return "row \(mismatch.entry.row), ticket \(mismatch.entry.ticketID ?? "-"): \(fields)"
        }
    }
}
