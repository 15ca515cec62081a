import MavaBulk

/// What a value or an operand is, as far as a shell can complete it.
enum CompletionKind: Equatable, Sendable {
    /// A value that no list holds, such as a number.
    case nothing
    case files
    case directories
    /// One of a few names, `=`, and a file or a text.
    case pair([String], isFile: Bool)
    /// One of a few words.
    case words([String])
    /// What `mava-bulk __complete KIND` lists at this moment.
    case dynamic(DynamicKind)

    /// The kinds of values that the program itself lists for a completion.
    enum DynamicKind: String, CaseIterable, Sendable {
        case commands, topics, codes, schemas, shells, runs, profiles, agents, categories, columns,
            fields

        /// Whether it completes options' values, and no operands.
        var isOfOptions: Bool {
            switch self {
            case .profiles, .agents, .categories, .columns, .fields: true
            case .commands, .topics, .codes, .schemas, .shells, .runs: false
            }
        }
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
        case "FIELD=FILE": self = .pair(Self.fields, isFile: true)
        case "FIELD=VALUE": self = .pair(Self.fields, isFile: false)
        case "EVENT=COMMAND": self = .pair(HookEvent.allCases.map(\.rawValue), isFile: false)
        case "RULE=N": self = .pair(PlanGuards().ruleNames, isFile: false)
        case "COLUMNS": self = .dynamic(.columns)
        case "FIELDS": self = .dynamic(.fields)
        case "ENCODING": self = .words(TextEncoding.allCases.map(\.rawValue))
        case "RATING": self = .words(ExportArguments.ratings)
        case "STATUS": self = .words(["Open", "Resolved", "Pending", "Waiting", "Spam"])
        case "ORIGIN": self = .words(TicketOrigin.known)
        case "OUTCOME":
            self = .words(["failed", "unknown", "conflict", "held", "invalid", "unsent"])
        // The only field that can be cleared.
        case "FIELD": self = .words(["assignee"])
        default: self = .nothing
        }
    }
}
