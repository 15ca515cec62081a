internal import BulkSystem

/// Why a journal cannot be gone on with.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    public enum Code: String, Sendable {
        /// The file's first line is not a journal's.
        case notAJournal = "not_a_journal"
        /// The journal was written by a version of the program that this one does not know.
        case unknownVersion = "unknown_version"
        /// A line before the last one is damaged.
        case corrupt
        /// The run has ended before, so that there was a journal, and it is gone or empty.
        case missing
        /// It has fewer requests than the run's summary counts.
        case incomplete
        /// The journal belongs to another plan.
        case otherPlan = "other_plan"
    }

    /// The cause.
    public var code: Code
    /// The journal's path.
    public var path: String
    /// The line concerned, counted from 1; 0 if the error is not about a line.
    public var line: Int
    /// What is wrong and how to fix it, in words.
    public var message: String

    /// The path, the line if there is one, and the message.
    public var description: String {
        line == 0 ? "\(path): \(message)" : "\(path):\(line): \(message)"
    }
}

extension JournalError {
    /// The error of a run that has begun and whose journal is gone or empty.
    ///
    /// - Parameters:
    ///   - path: Where the journal should be.
    ///   - evidence: The name of the file that shows that the run has begun.
    package init(missing path: String, because evidence: String) {
        self.init(
            code: .missing, path: path, line: 0,
            message:
                "the journal is gone or empty, although \(evidence) shows that the run began: put "
                + "it back, or plan the input again: what was done already will show as unchanged")
    }

    /// The error of a journal that has fewer requests than the run's summary counts.
    ///
    /// - Parameters:
    ///   - path: The journal.
    ///   - requests: How many it lacks.
    package init(incomplete path: String, lacking requests: Int) {
        self.init(
            code: .incomplete, path: path, line: 0,
            message:
                "the journal lacks \(Words.counted(requests, "request")) that summary.json counts, so it is not "
                + "known what the run did: put its last journal.jsonl back")
    }
}
