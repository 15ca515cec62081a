import BulkExecution
import BulkSystem
import MavaBulk

/// The share of a run's rows that may fail without changing the exit code.
struct AcceptedFailures: CustomStringConvertible {
    private let share: WrittenShare

    /// The share as it was given; a decimal number as a percentage.
    var description: String { share.description }

    /// Reads the option `--accept-failures`; `nil` when it is not given.
    ///
    /// - Parameter arguments: The command line.
    /// - Throws: A ``CommandFailure`` when the value is not a share.
    init?(_ arguments: ParsedArguments) throws {
        guard let text = arguments[.acceptFailures] else { return nil }
        guard text.utf8.count <= 15, let share = WrittenShare(text) else {
            let isWhole = text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
            throw CommandFailure.usage(
                "--accept-failures takes a share from 0% to 100%, such as 1%, 1/12 or 0.5, not "
                    + "`\(TerminalText.escaped(text))`"
                    + (isWhole && text.count < 3
                        ? ": a whole number needs a percent sign, \(text)%" : ""))
        }
        self.share = share
    }

    /// The rows of which the share is taken: those that this command worked on.
    ///
    /// Rows that are left out of the plan, by a condition or a shard, are another command's.
    static func rows(_ counts: OutcomeCounts) -> Int { counts.rows - counts[.excluded] }

    /// Whether the rows that did not succeed are within the share.
    ///
    /// - Parameter counts: The rows of the run by outcome.
    /// - Returns: Whether they are.
    func contains(_ counts: OutcomeCounts) -> Bool {
        share.contains(counts.troubledRows, of: Self.rows(counts))
    }
}

extension ExitCode {
    /// The exit code of a run, where some of its rows may have failed.
    ///
    /// - Parameters:
    ///   - reason: Why the run ended.
    ///   - counts: The rows of the run by outcome.
    ///   - accepted: The share that may fail; `nil` for none.
    init(_ reason: StopReason, _ counts: OutcomeCounts, accepting accepted: AcceptedFailures?) {
        let isAccepted = accepted?.contains(counts) ?? false
        self.init(reason, hasTroubledRows: counts.hasTroubledRows && !isAccepted)
    }
}
