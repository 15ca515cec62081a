/// One line of a run's journal: something that happened, written down as it did.
package enum JournalLine: Hashable, Sendable {
    /// A row's request is about to be sent: its number among the row's requests, and the time.
    case start(row: Int, request: Int, at: Int64)
    /// A request is over and its row is not finished.
    case again(Unfinished)
    /// A row has its outcome.
    case done(RowOutcome)
    /// A row was decided without a request, other than the plan says.
    case decided(RowOutcome)
    /// The outcome of a row was found out by reading its ticket again.
    case settled(RowOutcome)
    /// The run was taken up again, or its revised rows were written.
    ///
    /// `revised` is the SHA-256 of the file with the revised rows, where it is about to be written.
    case resumed(at: Int64, revised: String? = nil)
    /// The run, or this part of it, ended.
    case ended(reason: String, at: Int64)

    /// A request that left its row unfinished.
    package struct Unfinished: Hashable, Sendable {
        /// The row's number in the plan.
        package var row: Int
        /// How many requests were sent for the row.
        package var requests: Int
        /// Why it is not finished.
        package var failure: FailureCode
        /// Whether a request may have taken effect.
        package var mayHaveTakenEffect: Bool
        /// The answer's status; `nil` where there was none.
        package var httpStatus: Int?
        /// What happened, in words.
        package var message: String?
        /// When, in milliseconds since 1970.
        package var at: Int64

        package init(
            row: Int, requests: Int, failure: FailureCode, mayHaveTakenEffect: Bool,
            httpStatus: Int?, message: String?, at: Int64
        ) {
            self.row = row
            self.requests = requests
            self.failure = failure
            self.mayHaveTakenEffect = mayHaveTakenEffect
            self.httpStatus = httpStatus
            self.message = message
            self.at = at
        }
    }
}

/// The first line of a journal: what run it belongs to.
package struct JournalHeader: Hashable, Sendable {
    /// The name of the format, at the start of every journal.
    package static let format = "mava-bulk-journal"
    /// The version of the format that this program writes and reads.
    package static let version = 1

    /// The id of the plan that the run applies.
    package var planID: String
    /// The program that wrote the journal, such as `mava-bulk 1.0.0`.
    package var tool: String
    /// When the run began, in milliseconds since 1970.
    package var startedAt: Int64
    /// Whether the journal says which revised rows the run has; journals of earlier versions do not.
    package var bindsRevised: Bool

    package init(planID: String, tool: String, startedAt: Int64, bindsRevised: Bool = true) {
        self.planID = planID
        self.tool = tool
        self.startedAt = startedAt
        self.bindsRevised = bindsRevised
    }
}
