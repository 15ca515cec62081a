public import BulkPlan

/// The closed list of reasons why a request did not succeed, as reports write them.
public enum FailureCode: String, CaseIterable, Hashable, Sendable {
    /// 400: the server does not know the ticket.
    case ticketNotFound = "ticket_not_found"
    /// 400: the server does not know the category.
    case categoryNotFound = "category_not_found"
    /// 400: the server does not know the assignee.
    case assigneeNotFound = "assignee_not_found"
    /// 400: the server refuses the status or the priority.
    case invalidStatusOrPriority = "invalid_status_or_priority"
    /// Any other refusal (4xx) that a retry cannot fix.
    case refused
    /// 401 or 403: the key was rejected.
    case keyRejected = "key_rejected"
    /// 429 until patience ran out.
    case rateLimited = "rate_limited"
    /// 5xx on the last attempt.
    case serverError = "server_error"
    /// An answer that is not the API's: a redirect, a page, a foreign body.
    case unexpectedAnswer = "unexpected_answer"
    /// No connection, on every attempt.
    case connectionFailed = "connection_failed"
    /// The deadline passed, on every attempt.
    case timedOut = "timed_out"
    /// The run ended before the answer to a request came.
    case givenUp = "given_up"
    /// The run ended before the request was sent.
    case notSent = "not_sent"
}

/// How one row of a plan ended, and what it took.
public struct RowOutcome: Hashable, Sendable {
    /// The row's number in the plan.
    public var row: Int
    /// How it ended.
    public var outcome: Outcome
    /// How many requests were sent for it; 0 where none was.
    public var attempts: Int
    /// The status of the last answer; `nil` where there was none.
    public var httpStatus: Int?
    /// Why it did not succeed; `nil` where it did, or where the plan itself says why.
    public var failure: FailureCode?
    /// What happened, in words; `nil` where there is nothing to say.
    public var message: String?
    /// Milliseconds from the first sending to the last answer; `nil` where nothing was sent.
    public var durationMilliseconds: Int?
    /// When it ended, in milliseconds since 1970; `nil` where it never began.
    public var finishedAtMilliseconds: Int64?
    /// Why the plan's decision was changed before anything was sent for the row, as when its ticket
    /// changed after the plan was approved; `nil` where the plan's own issue, if any, still stands.
    public var issue: RowIssue?

    /// Makes an outcome from its parts.
    public init(
        row: Int, outcome: Outcome, attempts: Int = 0, httpStatus: Int? = nil,
        failure: FailureCode? = nil, message: String? = nil, durationMilliseconds: Int? = nil,
        finishedAtMilliseconds: Int64? = nil, issue: RowIssue? = nil
    ) {
        self.row = row
        self.outcome = outcome
        self.attempts = attempts
        self.httpStatus = httpStatus
        self.failure = failure
        self.message = message
        self.durationMilliseconds = durationMilliseconds
        self.finishedAtMilliseconds = finishedAtMilliseconds
        self.issue = issue
    }
}
