/// Why a command could not begin, where no code of the library says so.
enum CommandErrorCode: String, CaseIterable {
    /// The file or pipe of `--events` cannot be opened.
    case eventsUnusable = "events_unusable"

    /// The system refused a file or a stream.
    case fileRefused = "file_refused"

    /// What the code means, and what to do.
    var explanation: CodeExplanation {
        switch self {
        case .eventsUnusable:
            CodeExplanation(
                code: rawValue, kind: .command,
                meaning: "The file or named pipe of --events cannot be opened. Nothing was sent.",
                remedy:
                    "Name a file that can be written, or start the program that reads the pipe first."
            )
        case .fileRefused:
            CodeExplanation(
                code: rawValue, kind: .command,
                meaning:
                    "The system refused to read or write a file or a standard stream, as on a full disk.",
                remedy: "Read the message: it names the file and the system's reason."
            )
        }
    }
}
