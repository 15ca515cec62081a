import BulkExecution
import BulkHistory
import BulkPlan

/// What a code of a report, a message or the program's end means, and what to do.
struct CodeExplanation: Sendable {
    /// Where a code comes from.
    enum Kind: String, CaseIterable, Sendable {
        case row = "from planning, for one row"
        case request = "from sending, for one row"
        case plan = "for a whole plan"
        case approval = "for the approvals of a plan"
        case command = "for a command"
        case merge = "for merging the reports of shards"
        case exit = "exit code"

        /// The heading of the kind's codes on a page.
        var heading: String {
            switch self {
            case .row: "Rows, from planning"
            case .request: "Rows, from sending"
            case .plan: "Plans"
            case .approval: "Approvals"
            case .command: "Commands"
            case .merge: "Merged reports"
            case .exit: "Exit codes"
            }
        }
    }

    let code: String
    let kind: Kind
    /// What happened.
    let meaning: String
    /// What to do.
    let remedy: String

    /// All explanations, in the order of their kinds.
    static let all: [CodeExplanation] =
        RowIssue.Code.allCases.map(\.explanation) + FailureCode.allCases.map(\.explanation)
        + PlanError.Code.allCases.map(\.explanation)
        + ApprovalError.Code.allCases.map(\.explanation)
        + CommandErrorCode.allCases.map(\.explanation) + MergeError.Code.allCases.map(\.explanation)
        + ExitCode.allCases.map(\.explanation)

    /// The explanations of a code; a code can have a meaning for rows and another one for plans.
    static func of(_ code: String) -> [CodeExplanation] { all.filter { $0.code == code } }

    /// What to do about a code of a report's row; `nil` for a code of another kind.
    @Sendable static func remedy(ofRow code: String) -> String? {
        of(code).first { $0.kind == .row || $0.kind == .request }?.remedy
    }
}
