/// One command as the table lists it.
struct CommandSpecification: Sendable {
    /// How a command is carried out.
    enum Action: Sendable {
        /// It only prints what the program knows by itself: it needs no thread, and a signal ends it.
        case prints(@Sendable (ParsedArguments, Console) throws -> ExitCode)
        /// It reads files, sends requests or waits.
        case runs(@Sendable (ParsedArguments, Console) async throws -> ExitCode)
    }

    /// One word, or two such as `plan show`.
    let name: String
    /// A line for the overview.
    let summary: String
    /// What the help says behind the examples: paragraphs, which are wrapped to the terminal.
    let details: String
    /// The first things that people do with the command.
    let examples: [CommandExample]
    /// The operands, such as `FILE`; one in brackets can be left out, one with `...` repeated.
    let operands: [String]
    /// The command's options; the table's order counts, not this one.
    let options: [OptionID]
    /// Options that mean something else here than elsewhere.
    let ownOptions: [OptionSpecification]
    /// What the command prints with `--json`; empty for a command without that option.
    let json: [JSONOutput]
    /// Whether help and completions leave the command out.
    let isHidden: Bool
    let action: Action

    init(
        name: String, summary: String, details: String, examples: [CommandExample],
        operands: [String], options: [OptionID], ownOptions: [OptionSpecification] = [],
        json: [JSONOutput] = [],
        run: @escaping @Sendable (ParsedArguments, Console) async throws -> ExitCode
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.examples = examples
        self.operands = operands
        self.options = Self.configurable(options) + [.help]
        self.ownOptions = ownOptions
        self.json = json
        isHidden = false
        action = .runs(run)
    }

    init(
        name: String, summary: String, details: String, examples: [CommandExample],
        operands: [String], options: [OptionID], ownOptions: [OptionSpecification] = [],
        json: [JSONOutput] = [], isHidden: Bool = false,
        prints: @escaping @Sendable (ParsedArguments, Console) throws -> ExitCode
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.examples = examples
        self.operands = operands
        self.options = Self.configurable(options) + [.help]
        self.ownOptions = ownOptions
        self.json = json
        self.isHidden = isHidden
        action = .prints(prints)
    }

    /// Adds `--profile` to the options of a command whose options a profile can fill.
    private static func configurable(_ options: [OptionID]) -> [OptionID] {
        let isConfigured = options.contains { $0 == .baseURL || $0 == .runsDirectory }
        return isConfigured ? options + [.profile] : options
    }

    /// The command with its operands, such as `plan show PLAN`.
    var usage: String { ([name] + operands).joined(separator: " ") }

    /// The command's options by group, in the order of the table.
    var groups: [(group: OptionGroup, options: [OptionSpecification])] {
        OptionTable.groups.compactMap { group, specifications in
            let own = specifications.filter { options.contains($0.id) }.map { option in
                OptionTable.specification(option.id, of: self)
            }
            return own.isEmpty ? nil : (group, own)
        }
    }

    /// The command's options in the order of the table.
    var specifications: [OptionSpecification] { groups.flatMap(\.options) }

    /// How many operands the command takes.
    var operandCount: ClosedRange<Int> {
        let required = operands.filter { !$0.hasPrefix("[") }.count
        let isOpen = operands.last?.contains("...") ?? false
        return required...(isOpen ? .max : operands.count)
    }
}
