/// The result of a run's first rows, after their tickets were read again.
public struct CanaryReport: Sendable {
    /// The tickets that were read again.
    public var checked: Int
    /// The updates whose tickets could not be found again.
    public var notFound: Int
    /// The rows that did not succeed.
    public var failed: Int
    /// The rows whose tickets do not hold what was asked, in words.
    public var mismatches: [String]

    /// Whether every row succeeded and every ticket found holds what was asked, and one was found at least.
    public var isGood: Bool { failed == 0 && mismatches.isEmpty && checked > 0 }

    /// What is wrong with the rows in a few words; `nil` where nothing is.
    var trouble: String? {
        guard !isGood else { return nil }
        if failed == 0, mismatches.isEmpty { return "no ticket could be read again" }
        let parts = [(failed, "failed"), (mismatches.count, "not as asked")].filter { $0.0 > 0 }
        return parts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

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
