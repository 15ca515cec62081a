import BulkHistory
import BulkSystem
import CLibrary

/// How the job of a profile ended.
struct JobEnd: Sendable {
    /// What ended it.
    enum Cause: Hashable, Sendable {
        /// It ended by itself, with an exit code.
        case exited(Int32)
        /// A signal ended it.
        case signalled(Int32)
        /// It was not started, because a signal had come.
        case notStarted(signal: Int32)
        /// The system could not start it; the value is its error number.
        case couldNotStart(Int32)
    }

    let job: ProfileJobs.Job
    let cause: Cause
    /// The directory of its run; `nil` where it began none.
    let directory: String?

    /// The exit code that counts for it.
    var code: ExitCode {
        switch cause {
        case .exited(let status): ExitCode(rawValue: status) ?? .internalError
        case .notStarted(let signal): ExitCode(signal: signal)
        case .signalled(let signal) where [SIGHUP, SIGINT, SIGTERM].contains(signal):
            ExitCode(signal: signal)
        // Its journal is whole, and `resume` goes on with it.
        case .signalled(SIGKILL): .stoppedEarly
        case .signalled, .couldNotStart: .internalError
        }
    }

    /// Its own exit code, as a shell has it; `nil` where it was not started.
    var status: Int32? {
        switch cause {
        case .exited(let status): status
        case .signalled(let signal): 128 + signal
        case .notStarted, .couldNotStart: nil
        }
    }

    /// What happened, in a few words.
    var text: String {
        switch cause {
        case .notStarted: "not started"
        case .couldNotStart(let number):
            "could not be started: \(String(cString: strerror(number)))"
        case .signalled(SIGKILL): "ended by SIGKILL"
        case .signalled(let signal): "ended by signal \(signal)"
        case .exited: code.words
        }
    }
}

extension ExitCode {
    /// The code that counts for several jobs: that of the most urgent end; success only where all succeeded.
    ///
    /// `docs/exit-codes.md` has the same order.
    static func worst(of codes: [ExitCode]) -> ExitCode {
        urgency.first(where: codes.contains) ?? .success
    }

    /// All codes, the most urgent first.
    static let urgency: [ExitCode] = [
        .key, .terminated, .interrupted, .hungUp, .internalError, .stoppedEarly, .hookFailed,
        .locked,
        .refused, .unusableInput, .usage, .someRowsFailed, .changes, .success,
    ]

    /// What the code means, in a few words.
    var words: String {
        switch self {
        case .success: "done"
        case .internalError: "failed"
        case .usage: "wrong usage or configuration"
        case .someRowsFailed: "some rows need a look"
        case .key: "the key is missing or was rejected"
        case .stoppedEarly: "stopped early"
        case .unusableInput: "the input or the plan is unusable"
        case .refused: "refused, nothing was sent"
        case .locked: "another run holds the lock"
        case .hookFailed: "a hook failed"
        case .changes: "there are changes"
        case .hungUp, .interrupted, .terminated: "interrupted"
        }
    }
}
