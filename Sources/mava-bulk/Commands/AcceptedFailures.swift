import BulkExecution
import MavaBulk

/// The share of a run's rows that may fail without changing the exit code.
struct AcceptedFailures: CustomStringConvertible {
    /// The share as it was given, with its percent sign.
    let description: String
    private let percent: Double

    /// Reads the option `--accept-failures`; `nil` when it is not given.
    ///
    /// - Parameter arguments: The command line.
    /// - Throws: A ``CommandFailure`` when the value is not a percentage.
    init?(_ arguments: ParsedArguments) throws {
        guard let text = arguments[.acceptFailures],
            let percent = try arguments.percent(.acceptFailures)
        else { return nil }
        guard text.utf8.count <= 12 else {
            throw CommandFailure.usage("--accept-failures takes up to 12 characters")
        }
        self.percent = percent
        description = text.hasSuffix("%") ? text : text + "%"
    }

    /// Whether the rows that did not succeed are within the share.
    ///
    /// - Parameter counts: The rows of the run by outcome.
    /// - Returns: Whether they are.
    func contains(_ counts: OutcomeCounts) -> Bool {
        Double(counts.troubledRows) * 100 <= percent * Double(counts.rows)
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
