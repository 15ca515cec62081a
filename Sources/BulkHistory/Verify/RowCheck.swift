public import BulkExecution
public import BulkPlan

/// Whether a row's ticket still holds what a run wrote.
public struct RowCheck: Hashable, Sendable {
    /// What became of the ticket.
    public enum State: String, CaseIterable, Hashable, Sendable {
        /// It holds what the run wrote.
        case holds
        /// It holds something else.
        case moved
        /// It does not exist any more.
        case gone
        /// It cannot be looked for, because its id says nothing about its age.
        case notRead = "not_read"
        /// It holds what a row asked for that failed without a clear answer.
        ///
        /// Mava carried the update out after the run had read the ticket again, or somebody made the same change.
        case late
    }

    /// A field that does not hold what the run wrote.
    public struct Move: Hashable, Sendable {
        /// The field.
        public var field: TicketField
        /// What the run wrote.
        public var was: FieldValue
        /// What the ticket holds now.
        public var now: FieldValue
    }

    /// The row's number in the run.
    public var row: Int
    /// The ticket's id.
    public var ticketID: String
    /// How the row ended: `updated` or `unknown`; `failed` in the state ``State/late``.
    public var outcome: Outcome
    /// What became of its ticket.
    public var state: State
    /// The fields that moved; empty unless the state is `moved`.
    public var moves: [Move] = []
}
