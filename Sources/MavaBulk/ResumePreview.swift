/// What is left of a run that is about to be resumed.
public struct ResumePreview: Hashable, Sendable {
    /// The plan's header.
    public var header: PlanHeader
    /// How many of the plan's requests have their outcome.
    public var done: Int
    /// How many of these have failed for good, so that they are not sent again.
    public var failed: Int
    /// How many requests are left to send, now that the tickets were read again.
    public var toSend: Int
    /// How many requests are no longer sent, because their tickets changed.
    public var changed: Int
    /// How many of the requests left to send open a resolved ticket again.
    public var reopened: Int
    /// Whether the run has a journal: a run without one is taken to have sent nothing.
    public var hasJournal: Bool
    /// How many requests the run had sent, as its summary says, that are not in its journal.
    public var missingRequests: Int
    /// The later runs that undo the run or try its rows again, the newest first.
    ///
    /// Resuming a run after them can write again what was undone, or count one update as that of two runs.
    public var laterRuns: [LaterRun]

    /// How many requests the plan has.
    public var total: Int { header.requests }
}
