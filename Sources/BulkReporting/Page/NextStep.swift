import BulkExecution

/// What the commands of a page are for.
enum NextStep {
    /// The causes for which the same request fails again.
    static let final: Set<FailureCode> = [
        .ticketNotFound, .categoryNotFound, .assigneeNotFound, .invalidStatusOrPriority,
    ]

    /// The commands, with a retry at the end where it cannot help.
    ///
    /// - Parameters:
    ///   - commands: The commands, the most urgent first.
    ///   - retryCanHelp: Whether a request that failed may succeed when it is sent again.
    /// - Returns: The commands.
    static func ordered(_ commands: [String], retryCanHelp: Bool) -> [String] {
        if retryCanHelp { return commands }
        return commands.filter { verb(of: $0) != "retry" }
            + commands.filter { verb(of: $0) == "retry" }
    }

    /// What a command does, in a few words; `nil` for one that is not known.
    static func purpose(of command: String) -> String? {
        switch verb(of: command) {
        case "resume": "Go on with the rows that are left:"
        case "retry": "Send the rows again that failed or whose effect is unknown:"
        case "apply": "Send the rows of the file of failed rows, after correcting them there:"
        case "verify":
            "Compare what the tickets hold now with what the run wrote; this changes nothing:"
        case "undo": "Show what would put the tickets back as they were, and ask before it does:"
        default: nil
        }
    }

    private static func verb(of command: String) -> Substring? {
        command.split(separator: " ").dropFirst().first
    }
}
