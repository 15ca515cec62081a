import MavaBulk

/// The JSON schemas (draft 2020-12) of the files and documents of the program.
///
/// A schema has the members that this version writes. It allows others, because later versions may add some;
/// `docs/compatibility.md` says what stays as it is.
enum JSONSchema: String, CaseIterable, Sendable {
    case agents
    case approval
    case categories
    case check
    case completions
    case config
    case error
    case events
    case explain
    case export
    case guards
    case interface
    case journal
    case lookups
    case plan
    case planDiff = "plan-diff"
    case preview
    case profiles
    case prune
    case report
    case reportRow = "report-row"
    case resume
    case run
    case runs
    case sandbox
    case schemas
    case summary
    case ticketHistory = "ticket-history"
    case verification
    case version
    case workspace

    /// What it describes, in a few words.
    var summary: String {
        switch self {
        case .agents: "a line of `agents --json`"
        case .approval: "a line of a plan's file of decisions, and `plan approve --json`"
        case .categories: "a line of `categories --json`"
        case .check: "what `check --json` prints"
        case .completions: "what `completions --json` prints"
        case .config: "what `config --json` prints"
        case .error: "an error, with --json or --log-format json"
        case .events: "a line of --events"
        case .explain: "a line of `explain --json`"
        case .export: "a line of `export --json`"
        case .guards: "the file of --guards"
        case .interface: "what `help --json` prints"
        case .journal: "a line of a run's journal.jsonl"
        case .lookups: "the file of --lookups, and what `lookups --json` prints"
        case .plan: "a line of a plan"
        case .planDiff: "what `plan diff --json` prints"
        case .preview: "what `plan --json` prints"
        case .profiles: "a line of what --profiles prints with --json"
        case .prune: "what `runs prune --json` prints"
        case .report: "what `report --format summary` prints"
        case .reportRow: "a line of `report --json`"
        case .resume: "what `resume --dry-run --json` prints"
        case .run: "run.json"
        case .runs: "what `runs --json` and `runs show --json` print"
        case .sandbox: "the first line of `sandbox --json`"
        case .schemas: "what `schema --json` prints"
        case .summary: "summary.json, and what `apply --json` prints"
        case .ticketHistory: "what `runs find --json` prints"
        case .verification: "what `verify --json` prints"
        case .version: "what `version --json` prints"
        case .workspace: "the workspace of a sandbox"
        }
    }

    /// The schema's text.
    var text: String {
        switch self {
        case .agents: Self.agentsText
        case .approval: Self.approvalText
        case .categories: Self.categoriesText
        case .check: Self.checkText
        case .completions: Self.completionsText
        case .config: Self.configText
        case .error: Self.errorText
        case .events: Self.eventsText
        case .explain: Self.explainText
        case .export: Self.exportText
        case .guards: PlanGuards.schema
        case .interface: Self.interfaceText
        case .journal: Self.journalText
        case .lookups: Self.lookupsText
        case .plan: Self.planText
        case .planDiff: Self.planDiffText
        case .preview: Self.previewText
        case .profiles: Self.profilesText
        case .prune: Self.pruneText
        case .report: Self.reportText
        case .reportRow: Self.reportRowText
        case .resume: Self.resumeText
        case .run: Self.runText
        case .runs: Self.runsText
        case .sandbox: Self.sandboxText
        case .schemas: Self.schemasText
        case .summary: Self.summaryText
        case .ticketHistory: Self.ticketHistoryText
        case .verification: Self.verificationText
        case .version: Self.versionText
        case .workspace: Self.workspaceText
        }
    }
}
