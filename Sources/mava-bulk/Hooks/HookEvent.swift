import BulkExecution
import BulkPlanning
import BulkSystem

/// What a hook or a notification can be about.
enum HookEvent: String, CaseIterable, Sendable {
    /// The plan is ready to be approved.
    case planned
    /// The command ended with an error, and nothing was sent.
    case refused
    /// The run has its directory and is about to send.
    case started
    /// The run waits for something else than its own quota.
    case waiting
    /// The canary's tickets were read again.
    case canary
    /// A signal stopped the command, or the run ended before its plan's end.
    case stopped
    /// The command came to its end.
    case finished

    /// Whether it comes while updates may be under way, so that a hook must not hold the run.
    var isDuringSending: Bool { self == .waiting || self == .canary }

    /// Which event the end of a command is.
    ///
    /// - Parameters:
    ///   - code: What the command ends with.
    ///   - reason: Why its run ended; `nil` where there is no run with a result.
    ///   - hasStarted: Whether the run was about to send.
    ///   - hasFailed: Whether an error ended the command.
    init(endingWith code: ExitCode, _ reason: StopReason?, hasStarted: Bool, hasFailed: Bool) {
        if let reason {
            self = reason.isFinished ? .finished : .stopped
        } else if hasStarted || [.hungUp, .interrupted, .terminated].contains(code) {
            self = .stopped
        } else {
            self = hasFailed ? .refused : .finished
        }
    }

    /// Whether a wait is more than the run's own pace.
    static func isWait(_ reason: WaitReason) -> Bool {
        ![.none, .quota, .answers, .draining].contains(reason)
    }
}

/// A command that runs when something happens, as `--on` takes it.
struct Hook: Hashable, Sendable {
    var event: HookEvent
    var command: String

    /// Reads `EVENT=COMMAND`.
    ///
    /// - Parameter text: What the option or the member of a file holds.
    /// - Throws: A ``Problem`` that says what is wrong.
    init(_ text: String) throws(Problem) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let names = HookEvent.allCases.map(\.rawValue)
        guard let event = HookEvent(rawValue: String(parts[0])) else {
            let meant = closest(to: parts[0].lowercased(), among: names) { $0 }
            throw Problem(
                text: "takes EVENT=COMMAND, and EVENT is one of \(names.joined(separator: ", "))"
                    + (meant.map { "; did you mean \($0)?" } ?? ""))
        }
        guard parts.count == 2, parts[1].contains(where: { !$0.isWhitespace }),
            !parts[1].utf8.contains(0)
        else {
            throw Problem(
                text: "takes EVENT=COMMAND, and the command is missing: write it like "
                    + "\(event.rawValue)='./report.sh'")
        }
        self.event = event
        command = String(parts[1])
    }

    /// Why a text is no hook.
    struct Problem: Error {
        var text: String
    }
}
