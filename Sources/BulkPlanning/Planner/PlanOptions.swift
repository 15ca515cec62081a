public import BulkRecords
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

/// What becomes of rows whose ticket was looked for and not found.
public enum UnreadPolicy: String, CaseIterable, Hashable, Sendable {
    /// All of them are held.
    case hold
    /// All of them are sent, without knowing what they replace.
    case send
}

/// The rows to plan.
public struct PlanInput: Hashable, Sendable {
    /// The file's path; `-` for standard input.
    public var path: String
    /// How the file is written; `nil` to tell from its name or its first byte.
    public var format: RecordFormat?
    /// The byte between two CSV fields; `nil` to find it from the header.
    public var delimiter: UInt8?
    /// How the file's characters are written; `nil` for UTF-8, or UTF-16 with a byte order mark.
    public var encoding: TextEncoding?

    /// Names the rows to plan.
    public init(path: String, format: RecordFormat? = nil, delimiter: UInt8? = nil) {
        self.path = path
        self.format = format
        self.delimiter = delimiter
    }
}

/// How a plan is made.
public struct PlanOptions: Sendable {
    /// Where the tickets' current values come from.
    public var source = TicketSource.live
    /// Which row counts when several rows for one ticket disagree.
    public var onDuplicate = DuplicatePolicy.refuse
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
    /// The window's length in seconds.
    public var quotaSeconds = 30
    /// The agents there are, where they are known already; else they are asked for.
    public var agents: [Agent]?
    /// The categories there are, where they are known already; else they are asked for.
    public var categories: [MavaAPI.Category]?
    /// The API that the plan is made against, to be written into the plan.
    public var baseURL: String?
    /// The program that makes the plan, to be written into it.
    public var tool = "mava-bulk \(ToolVersion.current)"

    /// Starts with the live listing, no limits and nothing saved.
    public init() {}
}

/// What planning is doing, for whoever shows its progress.
public enum PlanProgress: Hashable, Sendable {
    /// The rows are being read; so many were.
    case readingRows(Int)
    /// The tickets are being read; so many pages were asked for, and so many of the wanted tickets seen.
    case readingTickets(pages: Int, found: Int, wanted: Int)
    /// The plan is being written; so many rows were.
    case writingRows(Int)
}

/// A plan that was made: what it holds, and where it was saved.
public struct Plan: Hashable, Sendable {
    /// The plan as a person looks at it.
    public var summary: PlanSummary
    /// Where its rows are; `nil` when it was not saved.
    public var path: String?

    /// Makes a plan from its parts.
    public init(summary: PlanSummary, path: String?) {
        self.summary = summary
        self.path = path
    }

    /// The plan's first line.
    public var header: PlanHeader { summary.header }
    /// Whether the plan sends anything.
    public var hasChanges: Bool { header.hasChanges }
    /// Whether every row is either an update or already right: nothing to look after.
    public var isClean: Bool {
        header.counts.invalid == 0 && header.counts.conflict == 0 && header.counts.held == 0
    }
}
