/// Why a run ended.
///
/// This closed list is written to summaries, and a program's exit code can follow from it.
public enum StopReason: Hashable, Sendable {
    /// Every row has its outcome.
    case finished
    /// A signal stopped the run, or, without one, its task was cancelled.
    case interrupted(signal: Int32?)
    /// The run's control file asked for the stop.
    case stopRequested
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
    /// The hours in which the run may send are over.
    case windowClosed
    /// The number of rows requested for a canary run was sent.
    case canary
    /// The journal could not be written, or another program changed it.
    case journalFailure
    /// The plan could not be read to its end.
    case planUnreadable

    /// The reasons without what they carry, as `summary.json` and the journal write them.
    package enum Code: String, CaseIterable, Hashable, Sendable {
        case finished
        case interrupted
        case stopRequested = "stop_requested"
        case keyRejected = "key_rejected"
        case untrustedServer = "untrusted_server"
        case transportUnavailable = "transport_unavailable"
        case localShortage = "local_shortage"
        case outage
        case tooManyFailures = "too_many_failures"
        case deadline
        case windowClosed = "window_closed"
        case canary
        case journalFailure = "journal_failure"
        case planUnreadable = "plan_unreadable"
    }

    /// The reason without what it carries.
    package var code: Code {
        switch self {
        case .finished: .finished
        case .interrupted: .interrupted
        case .stopRequested: .stopRequested
        case .keyRejected: .keyRejected
        case .untrustedServer: .untrustedServer
        case .transportUnavailable: .transportUnavailable
        case .localShortage: .localShortage
        case .outage: .outage
        case .tooManyFailures: .tooManyFailures
        case .deadline: .deadline
        case .windowClosed: .windowClosed
        case .canary: .canary
        case .journalFailure: .journalFailure
        case .planUnreadable: .planUnreadable
        }
    }

    /// The reason's name, as `summary.json` and the journal write it.
    public var name: String { code.rawValue }

    /// Whether the run reached its plan's end.
    public var isFinished: Bool { self == .finished }

    /// Whether the reason only counts where it left rows without an outcome.
    ///
    /// If every row has its outcome nevertheless, the run is finished.
    package var leavesRows: Bool {
        switch self {
        case .interrupted, .stopRequested, .tooManyFailures, .deadline, .windowClosed, .outage,
            .localShortage:
            true
        case .finished, .keyRejected, .untrustedServer, .transportUnavailable, .canary,
            .journalFailure, .planUnreadable:
            false
        }
    }

    /// Returns which of two reasons a run reports: a rejected key comes first, else the earlier reason.
    package func joined(by later: StopReason) -> StopReason {
        later == .keyRejected ? later : self
    }
}
