public import BulkPlan
import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

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
    /// 429 until the run gave up.
    case rateLimited = "rate_limited"
    /// 5xx on the last attempt.
    case serverError = "server_error"
    /// An answer that is not the API's: a redirect, a page, a foreign body.
    case unexpectedAnswer = "unexpected_answer"
    /// No connection, on every attempt.
    case connectionFailed = "connection_failed"
    /// The deadline passed, on every attempt.
    case timedOut = "timed_out"
    /// The run ended before the answer to a request arrived.
    case givenUp = "given_up"
    /// The run ended before the request was sent.
    case notSent = "not_sent"
}

/// How one row of a plan ended, and what was sent for it.
public struct RowOutcome: Hashable, Sendable {
    /// The row's number in the plan.
    public var row: Int
    /// The row's outcome.
    public var outcome: Outcome
    /// The number of requests sent for the row; 0 when none was sent.
    public var attempts: Int
    /// The HTTP status of the last answer; `nil` when there was no answer.
    public var httpStatus: Int?
    /// Why the row did not succeed; `nil` when it succeeded, or when the plan itself gives the reason.
    public var failure: FailureCode?
    /// A message about what happened; `nil` when there is nothing to report.
    public var message: String?
    /// ``duration`` in milliseconds, as the journal holds it.
    package var durationMilliseconds: Int?
    /// ``finishedAt`` in milliseconds since 1970, as the journal holds it.
    package var finishedAtMilliseconds: Int64?
    /// Why the plan's decision was changed before anything was sent for the row.
    ///
    /// For example, the ticket changed after the plan was approved. The value is `nil` when the plan's own
    /// issue, if any, still applies.
    public var issue: RowIssue?

    /// From the first request to the last answer, to the millisecond; `nil` when nothing was sent.
    public var duration: Duration? { durationMilliseconds.map { .milliseconds($0) } }
    /// When the row ended, to the millisecond; `nil` when it never started.
    public var finishedAt: Date? {
        finishedAtMilliseconds.map { Date(millisecondsSince1970: $0) }
    }

    /// Makes an outcome from its parts.
    package init(
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
