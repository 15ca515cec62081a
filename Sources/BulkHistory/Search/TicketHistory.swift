public import BulkExecution
public import BulkPlan
public import MavaAPI

/// What the runs in a directory did to one ticket.
public struct TicketHistory: Hashable, Sendable {
    /// A row of a run that names the ticket.
    public struct Row: Hashable, Sendable {
        /// The run.
        public var run: PastRun
        /// The row's number in the run's input; the first one after the header is 1.
        public var row: Int
        /// The line of the input on which it starts.
        public var line: Int
        /// How it ended.
        public var outcome: Outcome
        /// What it changed, or was to change, with the names of agents and categories.
        public var changes: [PlanSummary.Change]
        /// The row whose request carried this row's changes; `nil` for a request of its own.
        public var mergedInto: Int?
        /// Why it did not end as asked; `nil` when there is nothing to say.
        public var message: String?
        /// When it ended (RFC 3339, UTC); `nil` for a row that was not sent.
        public var finishedAt: String?
    }

    /// A run that could not be searched.
    public struct Unsearched: Hashable, Sendable {
        /// The run.
        public var run: PastRun
        /// Why.
        public var problem: String
    }

    /// The ticket.
    public var ticket: TicketID
    /// The rows that name it, those of the newest run first, in the order of the input.
    public var rows: [Row] = []
    /// How many runs were searched.
    public var searched = 0
    /// How many runs were pruned, so that their rows are gone.
    public var pruned = 0
    /// The runs whose files cannot be read.
    public var unsearched: [Unsearched] = []

    /// The rows that changed the ticket, or may have.
    public var changing: [Row] {
        rows.filter { $0.outcome == .updated || $0.outcome == .unknown }
    }
}
