/// One option as the table lists it; parsing, help, pages and completions read this.
struct OptionSpecification: Sendable {
    /// What follows the option's name.
    enum Argument: Sendable, Equatable {
        /// Nothing: the option is a switch.
        case none
        /// A value; the text names it in the help, such as `FILE`, and says how it is completed.
        case value(String)
        /// A value; the option can be given several times.
        case list(String)
        /// One of a few words.
        case choice([String])
    }

    let id: OptionID
    /// The letter of the short form, such as `y` of `-y`; `nil` where there is none.
    let short: Character?
    let argument: Argument
    /// A line for the help.
    let help: String

    init(_ id: OptionID, short: Character? = nil, _ argument: Argument, _ help: String) {
        self.id = id
        self.short = short
        self.argument = argument
        self.help = help
    }

    /// The option's name as it is written, such as `--base-url`.
    var name: String { "--\(id.rawValue)" }

    /// The option's names, the short one first, such as `-y` and `--yes`.
    var names: [String] { (short.map { ["-\($0)"] } ?? []) + [name] }

    /// What the help writes behind the name, such as `URL` or `auto|always`; `nil` for a switch.
    var placeholder: String? {
        switch argument {
        case .none: nil
        case .value(let name), .list(let name): name
        case .choice(let words): words.joined(separator: "|")
        }
    }

    /// The option as the help writes it, such as `-o, --output FILE`.
    var usage: String {
        names.joined(separator: ", ") + (placeholder.map { " \($0)" } ?? "")
    }

    /// Whether the option can be given several times.
    var isRepeatable: Bool {
        if case .list = argument { true } else { false }
    }

    /// How the option's value is completed.
    var completion: CompletionKind {
        switch argument {
        case .none: .nothing
        case .value(let name), .list(let name): CompletionKind(placeholder: name)
        case .choice(let words): .words(words)
        }
    }
}
