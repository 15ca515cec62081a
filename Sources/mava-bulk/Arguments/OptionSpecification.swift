/// One option as the table lists it; parsing and help both read this.
struct OptionSpecification: Sendable {
    /// What follows the option's name.
    enum Argument: Sendable {
        /// Nothing: the option is a switch.
        case none
        /// A value; the text names it in the help, such as `FILE`.
        case value(String)
        /// A value; the option can be given several times.
        case list(String)
        /// One of a few words.
        case choice([String])
    }

    let id: OptionID
    let argument: Argument
    /// A line for the help.
    let help: String

    init(_ id: OptionID, _ argument: Argument, _ help: String) {
        self.id = id
        self.argument = argument
        self.help = help
    }

    /// The option as the help writes it, such as `--base-url URL`.
    var usage: String {
        switch argument {
        case .none: "--\(id.rawValue)"
        case .value(let name): "--\(id.rawValue) \(name)"
        case .list(let name): "--\(id.rawValue) \(name)"
        case .choice(let words): "--\(id.rawValue) \(words.joined(separator: "|"))"
        }
    }
}
