public import BulkPlan
public import MavaAPI

/// Where the tickets' current values come from.
public enum TicketSource: Hashable, Sendable {
    /// From `GET /api/tickets`, in as few requests as possible.
    case live
    /// From a file: JSON Lines of tickets as `GET /api/tickets` lists them, or of its pages, or CSV.
    case snapshot(path: String)
    /// From nowhere: every change is sent without knowing what differs.
    case none
}

/// Which row counts when several rows for one ticket disagree.
public enum DuplicatePolicy: String, CaseIterable, Hashable, Sendable {
    /// None: all of them are invalid.
    case refuse
    /// The last one, field by field.
    case last
}

/// How a plan is made.
public struct PlanOptions: Sendable {
    /// Where the tickets' current values come from.
    public var source = TicketSource.live
    /// Whether tickets are to be read whatever it costs, so that the price of reading needs no note.
    public var readsAlways = false
    /// Which columns of the input are read, and what they mean, where their names do not say it.
    public var columns = ColumnChoices()
    /// Which rows take part; the others are excluded.
    public var selection = RowSelection()
    /// Which values become which, one table for a field at most.
    public var maps: [ValueMap] = []
    /// Values that rows get from elsewhere than their columns, one for a field at most.
    public var fills: [FieldFill] = []
    /// Which row counts when several rows for one ticket disagree.
    public var onDuplicate = DuplicatePolicy.refuse
    /// Whether rows for one ticket share one request.
    ///
    /// Otherwise only rows that write the same fields do, and rows of a ticket of which one has preconditions. So a
    /// wrong value of one row does not fail the others.
    package var mergesRows = true
    /// Whether tickets that the AI is handling may be assigned.
    public var allowsHandOff = false
    /// What becomes of rows whose ticket was looked for and not found; `nil` to hold the rows that assign an
    /// agent or have preconditions, and to send the others.
    public var unread: UnreadPolicy?
    /// Whether an input without rows gives a plan without rows, rather than an error.
    public var allowsEmpty = false
    /// The limits beyond which there is to be no plan.
    public var guards = PlanGuards()
    /// Where the plan is saved; `nil` to make it without saving it.
    public var output: String?
    /// Whether saving the plan may replace a file that is not a plan.
    public var replacesAnyFile = false
    /// How many requests the quota allows in one window.
    public var quotaLimit = 90
    /// The window's length.
    public var quotaWindow = Duration.seconds(30)
    /// The agents there are, where they are known already; else they are asked for.
    public var agents: [Agent]?
    /// The categories there are, where they are known already; else they are asked for.
    public var categories: [MavaAPI.Category]?
    /// Where ``agents`` and ``categories`` come from, where that is a file.
    public var lookups: LookupFile?

    /// A file that agents and categories were read from.
    public struct LookupFile: Hashable, Sendable {
        /// The file's name.
        public var path: String
        /// The API that the lists come from; `nil` when the file does not say.
        public var baseURL: String?
        /// When they were read (RFC 3339); `nil` when the file does not say.
        public var createdAt: String?

        /// Describes a file.
        public init(path: String, baseURL: String?, createdAt: String?) {
            self.path = path
            self.baseURL = baseURL
            self.createdAt = createdAt
        }
    }

    /// The earlier runs that the plan goes back to, to be written into it.
    public var follows: PlanHeader.Lineage?
    /// The mark of the organisation that the plan is for, where it is known before the agents are read.
    public var organisation: OrganisationFingerprint?
    /// What is to be said about the plan beside what planning finds.
    package var notes: [String] = []
    /// The API that the plan is made against, to be written into the plan.
    public var baseURL: String?
    /// The program that makes the plan, to be written into it.
    public var tool = "mava-bulk \(ToolVersion.current)"

    /// Starts with the live listing, no limits and nothing saved.
    public init() {}
}
