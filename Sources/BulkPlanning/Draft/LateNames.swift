import BulkPlan
import MavaAPI

/// Why names mean nothing that only rows hold which cannot be understood for another reason, by their numbers.
struct LateNames {
    private var agents: [Int: RowIssue?] = [:]
    private var categories: [Int: RowIssue?] = [:]
    private var suggestions = 50

    /// Whether a name has not been looked up.
    func needs(_ index: Int, _ thing: NamedThing) -> Bool {
        (thing == .agent ? agents[index] : categories[index]) == nil
    }

    /// Looks a name up.
    mutating func note(
        _ index: Int, _ thing: NamedThing, _ name: String, _ column: String?,
        _ match: (_ suggests: Bool) -> NameDirectory.Match
    ) {
        let found = match(suggestions > 0)
        if case .unknown = found { suggestions -= 1 }
        var issue: RowIssue?
        switch found {
        case .id: break
        // It may be what the ticket holds.
        case .unknown where TicketID(name)?.isObjectID == true: break
        default:
            issue = thing.issue(name, found)
            issue?.column = column
        }
        if thing == .agent {
            agents[index] = .some(issue)
        } else {
            categories[index] = .some(issue)
        }
    }

    /// Why a name means nothing; `nil` when it means something.
    func issue(_ index: Int, _ thing: NamedThing) -> RowIssue? {
        (thing == .agent ? agents[index] : categories[index]) ?? nil
    }
}
