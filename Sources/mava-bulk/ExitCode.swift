import BulkExecution
import CLibrary

/// The codes with which the program ends, as docs/exit-codes.md lists them.
enum ExitCode: Int32, CaseIterable {
    /// Every row is updated or was already right.
    case success = 0
    /// A defect of the program, a file that the system refused, a read that Mava refused, or too little memory.
    case internalError = 1
    /// Wrong usage or configuration.
    case usage = 2
    /// Finished, but some rows failed, conflicted, were held, invalid or unknown; `plan`: some rows would not be
    /// carried out.
    case someRowsFailed = 3
    /// The key is missing or rejected.
    case key = 4
    /// Stopped early (outage, untrusted server, too many failures, deadline, control file): can be resumed.
    case stoppedEarly = 5
    /// The input or the plan is unusable; nothing was sent.
    case unusableInput = 6
    /// A guard or the person said no; nothing was sent.
    case refused = 7
    /// Another run holds the lock.
    case locked = 8
    /// A hook failed that `--require-hook` asks for: before an update was sent, or after a run without other trouble.
    case hookFailed = 9
    /// `plan --detailed-exitcode`: there are changes.
    case changes = 10
    /// Interrupted by SIGHUP; the journal is whole.
    case hungUp = 129
    /// Interrupted by SIGINT; the journal is whole.
    case interrupted = 130
    /// Interrupted by SIGTERM; the journal is whole.
    case terminated = 143

    /// How an error for programs calls the code, such as `unusable_input`.
    var name: String { "\(self)".snakeCase }

    /// The exit code of a run.
    ///
    /// A rejected key comes before an interruption, an interruption before an early end, and an early end before
    /// rows that did not succeed.
    ///
    /// - Parameters:
    ///   - reason: Why the run ended.
    ///   - hasTroubledRows: Whether a row failed, conflicted, was held, invalid or unknown.
    init(_ reason: StopReason, hasTroubledRows: Bool) {
        self =
            switch reason {
            case .keyRejected: .key
            case .interrupted(let signal): ExitCode(signal: signal ?? SIGINT)
            case .stopRequested, .untrustedServer, .transportUnavailable, .localShortage, .outage,
                .tooManyFailures, .deadline, .windowClosed, .canary, .journalFailure,
                .planUnreadable:
                .stoppedEarly
            case .finished: hasTroubledRows ? .someRowsFailed : .success
            }
    }

    /// The exit code of a program that was ended by one of the signals it waits for.
    init(signal number: Int32) { self = ExitCode(rawValue: 128 + number) ?? .terminated }
}
