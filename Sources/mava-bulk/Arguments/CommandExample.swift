/// A command line that the help shows; a test runs every one.
struct CommandExample: Sendable {
    /// What it does, in a few words.
    let purpose: String
    /// The line as a person types it into a shell.
    let line: String

    init(_ purpose: String, _ line: String) {
        self.purpose = purpose
        self.line = line
    }
}
