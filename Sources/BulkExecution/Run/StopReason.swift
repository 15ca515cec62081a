/// Why a run ended.
///
/// This closed list is written to summaries and decides the exit code.
public enum StopReason: Hashable, Sendable {
    /// Every row has its outcome.
    case finished
    /// A signal or the user stopped the run.
    case interrupted(signal: Int32)
    /// The server rejected the key.
    case keyRejected
    /// The server's certificate is not trusted, so the key was not sent to it.
    case untrustedServer
    /// This machine could not send: libcurl is missing or fails.
    case transportUnavailable
    /// This machine was short of descriptors, memory or ports for longer than the run's time limit for that.
    case localShortage
    /// The server was unusable, or asked to wait, for longer than the run's time limit for that.
    case outage
    /// More rows failed than allowed.
    case tooManyFailures
    /// The run's deadline passed.
    case deadline
    /// The number of rows requested for a canary run was sent.
    case canary
    /// The journal could not be written, or another program changed it.
    case journalFailure
    /// The plan could not be read to its end.
    case planUnreadable

    /// The reason's name, as `summary.json` and the journal write it.
    public var name: String {
        switch self {
        case .finished: "finished"
        case .interrupted: "interrupted"
        case .keyRejected: "key_rejected"
        case .untrustedServer: "untrusted_server"
        case .transportUnavailable: "transport_unavailable"
        case .localShortage: "local_shortage"
        case .outage: "outage"
        case .tooManyFailures: "too_many_failures"
        case .deadline: "deadline"
        case .canary: "canary"
        case .journalFailure: "journal_failure"
        case .planUnreadable: "plan_unreadable"
        }
    }

    /// Whether the run reached its plan's end.
    public var isFinished: Bool { self == .finished }

    /// Whether the run ended because it waited too long, or would have had to.
    ///
    /// If every row has its outcome nevertheless, the run is finished.
    package var isShortOfTime: Bool {
        switch self {
        case .deadline, .outage, .localShortage: true
        case .finished, .interrupted, .keyRejected, .untrustedServer, .transportUnavailable,
            .tooManyFailures, .canary, .journalFailure, .planUnreadable:
            false
        }
    }

    /// Returns which of two reasons a run reports: a rejected key comes first, else the earlier reason.
    package func joined(by later: StopReason) -> StopReason {
        later == .keyRejected ? later : self
    }

    /// Returns the exit code of a run.
    ///
    /// A rejected key (4) comes before an interruption (128 plus the signal's number). An interruption comes
    /// before an early end (5). An early end comes before rows that did not succeed (3).
    ///
    /// - Parameters:
    ///   - hasTroubledRows: Whether a row failed, conflicted, was held, invalid or unknown.
    ///   - hasUnsentRows: Whether a row was not sent. Then the run is not complete, whatever its reason says.
    /// - Returns: The code.
    public func exitCode(hasTroubledRows: Bool, hasUnsentRows: Bool = false) -> Int32 {
        switch self {
        case .keyRejected: 4
        case .interrupted(let signal): 128 + signal
        case .untrustedServer, .transportUnavailable, .localShortage, .outage, .tooManyFailures,
            .deadline, .canary, .journalFailure, .planUnreadable:
            5
        case .finished: hasUnsentRows ? 5 : hasTroubledRows ? 3 : 0
        }
    }
}
