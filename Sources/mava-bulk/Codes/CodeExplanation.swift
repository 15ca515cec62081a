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
        case outcome = "outcome of a row"
        case stop = "why a run ended"
        case wait = "what a run waits for"
        case event = "event of --events"
        case hook = "event of --on"
        case notice = "second look at a plan"
        case runState = "state of a run"
        case kept = "why pruning keeps a run"
        case check = "what verify found"

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
            case .outcome: "Outcomes of rows"
            case .stop: "Ends of runs"
            case .wait: "Waits"
            case .event: "Events"
            case .hook: "Events of hooks"
            case .notice: "Second looks of a preview"
            case .runState: "States of runs"
            case .kept: "Runs that pruning keeps"
            case .check: "Verified rows"
            }
        }
    }

    let code: String
    /// How errors for programs call an exit code; `nil` for a code of another kind.
    var name: String?
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
        + ExitCode.allCases.map(\.explanation) + words

    /// The explanations of words that are no errors.
    private static let words: [CodeExplanation] =
        Outcome.allCases.map(\.explanation) + StopReason.Code.allCases.map(\.explanation)
        + WaitReason.explained.map(\.explanation) + RunEvent.Name.allCases.map(\.explanation)
        + HookEvent.allCases.map(\.explanation)
        + PlanSummary.Notice.Kind.allCases.map(\.explanation)
        + PastRun.State.allCases.map(\.explanation)
        + PrunePlan.Reason.Code.allCases.map(\.explanation)
        + RowCheck.State.allCases.map(\.explanation)

    /// Every code and every name of an exit code once.
    static let codes: [String] = {
        var seen: Set<String> = []
        return (all.map(\.code) + all.compactMap(\.name)).filter { seen.insert($0).inserted }
    }()

    /// The explanations of a code, or of an exit code's name; a code can mean different things of rows and of plans.
    static func of(_ code: String) -> [CodeExplanation] {
        all.filter { $0.code == code || $0.name == code }
    }

    /// What to do about a code of a report's row; `nil` for a code of another kind.
    @Sendable static func remedy(ofRow code: String) -> String? {
        of(code).first { $0.kind == .row || $0.kind == .request }?.remedy
    }
}
