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
        /// The journal belongs to another plan.
        case otherPlan = "other_plan"
    }

    /// The cause.
    public var code: Code
    /// The journal's path.
    public var path: String
    /// The line concerned; 1 is the first.
    public var line: Int
    /// What is wrong and how to mend it, in words.
    public var message: String

    /// The path, the line and the message.
    public var description: String { "\(path):\(line): \(message)" }
}
