import MavaBulk

/// The JSON schemas (draft 2020-12) of the files and documents of the program.
///
/// A schema has the members that this version writes. It allows others, because later versions may add some;
/// `docs/compatibility.md` says what stays as it is.
enum JSONSchema: String, CaseIterable, Sendable {
    case approval
    case check
    case config
    case error
    case events
    case guards
    case journal
    case lookups
    case plan
    case profiles
    case reportRow = "report-row"
    case run
    case runs
    case summary
    case workspace

    /// What it describes, in a few words.
    var summary: String {
        switch self {
        case .approval: "a line of a plan's file of decisions"
        case .check: "what `check --json` prints"
        case .config: "what `config --json` prints"
        case .error: "an error, with --json or --log-format json"
        case .events: "a line of --events"
        case .guards: "the file of --guards"
        case .journal: "a line of a run's journal.jsonl"
        case .lookups: "the file of --lookups"
        case .plan: "a line of a plan"
        case .profiles: "a line of what --profiles prints with --json"
        case .reportRow: "a line of `report --format jsonl`"
        case .run: "run.json"
        case .runs: "what `runs --json` and `runs show --json` print"
        case .summary: "summary.json"
        case .workspace: "the workspace of a sandbox"
        }
    }

    /// The schema's text.
    var text: String {
        switch self {
        case .approval: Self.approvalText
        case .check: Self.checkText
        case .config: Self.configText
        case .error: Self.errorText
        case .events: Self.eventsText
        case .guards: PlanGuards.schema
        case .journal: Self.journalText
        case .lookups: Self.lookupsText
        case .plan: Self.planText
        case .profiles: Self.profilesText
        case .reportRow: Self.reportRowText
        case .run: Self.runText
        case .runs: Self.runsText
        case .summary: Self.summaryText
        case .workspace: Self.workspaceText
        }
    }
}
