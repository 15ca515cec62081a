/// What a value or an operand is, as far as a shell can complete it.
enum CompletionKind: Equatable, Sendable {
    /// A value that no list holds, such as a number.
    case nothing
    case files
    case directories
    /// A field, `=` and a file.
    case mapFile
    /// One of a few words.
    case words([String])
    /// What `mava-bulk __complete KIND` lists at this moment.
    case dynamic(DynamicKind)

    /// The kinds of values that the program itself lists for a completion.
    enum DynamicKind: String, CaseIterable, Sendable {
        case commands, topics, codes, schemas, shells, runs, profiles, agents, categories

        /// Whether it completes options' values, and no operands.
        var isOfOptions: Bool { [.profiles, .agents, .categories].contains(self) }
    }

    /// The fields that options change.
    static let fields = ["status", "priority", "category", "assignee"]

    /// The kind of a value by the name that the help gives it.
    ///
    /// - Parameter placeholder: The name, such as `FILE`; in brackets where it can be left out.
    init(placeholder: String) {
        switch placeholder.filter({ $0.isLetter || $0 == "=" }) {
        case "FILE", "PLAN", "A", "B", "NEW", "WORKSPACE": self = .files
        case "DIR": self = .directories
        case "RUN": self = .dynamic(.runs)
        case "PROFILE": self = .dynamic(.profiles)
        case "AGENT": self = .dynamic(.agents)
        case "CATEGORY": self = .dynamic(.categories)
        case "TOPIC": self = .dynamic(.topics)
        case "CODE": self = .dynamic(.codes)
        case "KIND": self = .dynamic(.schemas)
        case "SHELL": self = .dynamic(.shells)
        case "FIELD=FILE": self = .mapFile
        case "STATUS": self = .words(["Open", "Resolved", "Pending", "Waiting", "Spam"])
        case "ORIGIN": self = .words(["web", "discord", "telegram", "telegram-group", "email"])
        case "OUTCOME":
            self = .words(["failed", "unknown", "conflict", "held", "invalid", "unsent"])
        case "FIELDS", "FIELD": self = .words(Self.fields)
        default: self = .nothing
        }
    }
}
