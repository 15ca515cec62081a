import BulkPlan

/// What a name in the input means.
enum Resolution {
    case value(UInt32)
    /// An id that no list has: right for a ticket that holds it already, and for no other.
    case unlisted(UInt32, RowIssue)
    case issue(RowIssue)
    /// A map says to leave the ticket's value as it is.
    case leave

    /// Why the name means nothing, or nothing but what a ticket holds already.
    var problem: RowIssue? {
        switch self {
        case .value, .leave: nil
        case .unlisted(_, let issue), .issue(let issue): issue
        }
    }

    /// Whether it means nothing, whatever the ticket holds.
    var isWrong: Bool { if case .issue = self { true } else { false } }

    /// Why a row cannot have it.
    ///
    /// - Parameter takesUnlisted: Whether an id that no list has is taken for its value.
    /// - Returns: The reason; `nil` when the row can have it.
    func issue(_ takesUnlisted: Bool) -> RowIssue? {
        if case .unlisted = self, takesUnlisted { return nil }
        return problem
    }

    /// The value; `nil` where there is none.
    var number: UInt32? {
        switch self {
        case .value(let number), .unlisted(let number, _): number
        case .issue, .leave: nil
        }
    }
}
