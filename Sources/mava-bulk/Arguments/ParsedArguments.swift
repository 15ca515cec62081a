import BulkSystem
import BulkPlan
import BulkPlanning

/// A command line after parsing: which command, its operands, and its options' values as written.
struct ParsedArguments: Sendable {
    var command: CommandSpecification
    var operands: [String] = []
    var values: [OptionID: String] = [:]
    /// The values of options that can be given several times, in their order.
    var lists: [OptionID: [String]] = [:]
    /// What the environment and the configuration files add to the values.
    var configured = ConfiguredValues()

    /// Parses getopt-style: `--name value`, `--name=value`, `-o value`, `-ovalue`, `-qn`; `--` ends the
    /// options, `-` is an operand.
    ///
    /// Given twice, the last one counts, except for options that take a list.
    init(command: CommandSpecification, arguments: [String]) throws {
        self.command = command
        var rest = arguments[...]
        var optionsEnded = false
        while let argument = rest.popFirst() {
            if optionsEnded || argument == "-" || !argument.hasPrefix("-") {
                operands.append(argument)
            } else if argument == "--" {
                optionsEnded = true
            } else if argument.hasPrefix("--") {
                try parse(option: argument, &rest)
            } else {
                try parse(letters: argument, &rest)
            }
        }
        // An empty operand is not a file: it usually comes from an unset variable in a script.
        // A completion begins with an empty word.
        if operands.contains(""), !command.isHidden {
            throw CommandFailure.usage(
                "an operand is empty; see `mava-bulk help \(command.name)`")
        }
        guard command.operandCount.contains(operands.count) else {
            guard operands.count >= command.operandCount.lowerBound else {
                let needed = command.operands.filter { !$0.hasPrefix("[") }
                throw CommandFailure.usage(
                    "\(command.name) needs \(CommandTable.list(needed)); "
                        + "see `mava-bulk help \(command.name)`")
            }
            let wanted =
                command.operands.isEmpty ? "no operand" : command.operands.joined(separator: " ")
            // `runs list` is the habit of other programs.
            let lists = command.operands.isEmpty && ["list", "ls", "all"].contains(operands[0])
            let meant =
                lists
                ? "mava-bulk \(command.name)"
                : operands.first.flatMap { CommandTable.subcommand(closeTo: $0, of: command) }
            // A word that is too much is often the value of an option that has none.
            let written =
                operands.count > command.operandCount.upperBound
                ? " ("
                    + operands.prefix(4).map { "`\(TerminalText.escaped($0))`" }.joined(
                        separator: ", ")
                    + (operands.count > 4 ? ", …)" : ")") : ""
            throw CommandFailure.usage(
                "\(command.name) takes \(wanted), not \(operands.count) \(operands.count == 1 ? "operand" : "operands")\(written); "
                    + (areCondition
                        ? "put the whole condition in single quotes"
                        : meant.map { "did you mean `\($0)`?" }
                            ?? "see `mava-bulk help \(command.name)`"))
        }
    }

    /// Parses an option given by its name.
    private mutating func parse(option argument: String, _ rest: inout ArraySlice<String>) throws {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0].dropFirst(2))
        guard let id = OptionID(rawValue: name), command.options.contains(id) else {
            throw unknown(String(parts[0]), in: argument)
        }
        try parse(
            OptionTable.specification(id, of: command), as: "--\(name)",
            attached: parts.count == 2 ? String(parts[1]) : nil, &rest)
    }

    /// Parses options given by their letters, such as `-q`, `-qn` or `-oFILE`.
    private mutating func parse(letters argument: String, _ rest: inout ArraySlice<String>) throws {
        let name = String(argument.dropFirst().prefix { $0 != "=" })
        // `-output` would be `-o` with the value `utput`.
        if name.count > 2,
            closest(to: name, among: command.options.map(\.rawValue), by: { $0 }) != nil
        {
            throw unknown("-" + name)
        }
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            guard let option = command.specifications.first(where: { $0.short == letter }) else {
                throw unknown("-\(letter)", in: argument)
            }
            guard option.argument != .none else {
                guard letters.first != "=" else {
                    throw CommandFailure.usage("-\(letter) is a switch and takes no value")
                }
                values[option.id] = ""
                continue
            }
            let attached =
                letters.isEmpty ? nil : String(letters.first == "=" ? letters.dropFirst() : letters)
            return try parse(option, as: "-\(letter)", attached: attached, &rest)
        }
    }

    private mutating func parse(
        _ option: OptionSpecification, as name: String, attached: String?,
        _ rest: inout ArraySlice<String>
    ) throws {
        let id = option.id
        switch option.argument {
        case .none:
            guard attached == nil else {
                throw CommandFailure.usage("\(name) is a switch and takes no value")
            }
            values[id] = ""
        case .value(let placeholder):
            values[id] = try value(of: id, name, placeholder, attached, &rest)
        case .list(let placeholder):
            let value = try value(of: id, name, placeholder, attached, &rest)
            lists[id, default: []].append(value)
        case .choice(let words):
            let value = attached ?? rest.popFirst() ?? ""
            guard words.contains(value) else { throw Self.wrong(value, name, words) }
            values[id] = value
        }
    }

    /// The value of an option: what is attached to it, or else the next argument.
    ///
    /// The next argument is no value if it is an option itself. Where a script's variable is empty, an option such as
    /// `--dry-run` would be lost.
    private func value(
        of id: OptionID, _ name: String, _ placeholder: String, _ attached: String?,
        _ rest: inout ArraySlice<String>
    ) throws -> String {
        if attached == nil, let next = rest.first, isOption(next) {
            // What is attached to it can be a secret.
            let word = next.prefix { $0 != "=" }
            throw CommandFailure.usage(
                "\(name) needs a value: \(placeholder); `\(word)` is an option, and as a value it is written "
                    + "`--\(id.rawValue)=\(word)`")
        }
        guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
            throw CommandFailure.usage("\(name) needs a value: \(placeholder)")
        }
        return value
    }

    /// Whether an argument is an option of the command, or ends the options.
    private func isOption(_ argument: String) -> Bool {
        if argument == "--" { return true }
        if argument.hasPrefix("--") {
            let name = argument.dropFirst(2).prefix { $0 != "=" }
            return OptionID(rawValue: String(name)).map(command.options.contains) ?? false
        }
        // Letters can be joined, such as `-qn`.
        return argument.first == "-" && argument.count > 1
            && argument.dropFirst().allSatisfy { letter in
                command.specifications.contains { $0.short == letter }
            }
    }

    /// Whether the operands are the parts of a condition that was not written in quotes.
    private var areCondition: Bool {
        [.where, .keepWhere, .dropWhere].contains { !list($0).isEmpty }
            && operands.contains { Self.relations.contains($0.lowercased()) }
    }

    private static let relations: Set<String> = [
        "=", "==", "!=", "<", "<=", ">", ">=", "in", "not", "contains", "and", "or", "is", "like",
    ]

    /// The failure of a word that is none of an option's choices.
    private static func wrong(
        _ value: String, _ name: String, _ words: [String]
    ) -> CommandFailure {
        let choices = "\(name) takes \(words.joined(separator: " or "))"
        guard !value.isEmpty else { return .usage(choices) }
        let meant = closest(to: value.lowercased(), among: words) { $0 }
        return .usage(
            choices + ", not `\(TerminalText.escaped(value))`"
                + (meant.map { "; did you mean \($0)?" } ?? ""))
    }

    /// Whether the command takes a file and an argument is one whose name begins with a dash.
    private func isFile(_ argument: String) -> Bool {
        guard let first = command.operands.first, CompletionKind(placeholder: first) == .files
        else { return false }
        return FilePath.isTaken(argument) || argument.contains(".") && !argument.contains("=")
    }

    /// The failure of an option that the command does not have.
    ///
    /// - Parameters:
    ///   - written: The option as written.
    ///   - argument: The whole argument, where the option is only a part of it.
    /// - Returns: The failure, with what was meant.
    private func unknown(_ written: String, in argument: String? = nil) -> CommandFailure {
        let name = String(written.drop { $0 == "-" }).lowercased()
        let options = command.options.map(\.rawValue)
        let longer = options.filter { name.utf8.count > 2 && $0.hasSuffix("-\(name)") }.sorted()
        let hint: String
        if let argument, isFile(argument) {
            hint =
                "a file whose name begins with - is written "
                + ShellWord.quoted("./" + argument)
        } else if let foreign = ForeignOption.hint(for: written, of: command) {
            hint = foreign
        } else if !longer.isEmpty {
            hint = "did you mean \(longer.map { "--\($0)" }.joined(separator: " or "))?"
        } else if let meant = closest(to: name, among: options, by: { $0 }) {
            hint = "did you mean --\(meant)?"
        } else {
            let others = OptionID(rawValue: name).map(CommandTable.commands) ?? []
            let have = others.count == 1 ? "has" : "have"
            hint =
                ((1...6).contains(others.count) ? "\(CommandTable.list(others)) \(have) it; " : "")
                + "see `mava-bulk help \(command.name)`"
        }
        return .usage("\(command.name) has no option \(TerminalText.escaped(written)); \(hint)")
    }
}

extension ParsedArguments {
    /// An option's value as written; `nil` when it is not given.
    subscript(_ id: OptionID) -> String? { values[id] }

    /// The values of an option that can be given several times.
    func list(_ id: OptionID) -> [String] { lists[id] ?? [] }

    /// Whether a switch is given.
    func has(_ id: OptionID) -> Bool { values[id] != nil }

    /// The first of some options that the command line has.
    func firstGiven(of options: [OptionID]) -> OptionID? {
        options.first { isGiven($0) || !list($0).isEmpty }
    }

    /// All options that the command line has, with their values as written, in the order of their names.
    var given: [(id: OptionID, value: String)] {
        let all =
            values.filter { configured.origins[$0.key] == nil }.map { ($0.key, [$0.value]) }
            + lists.filter { configured.origins[$0.key] == nil }.map { ($0.key, $0.value) }
        return all.sorted { $0.0.rawValue < $1.0.rawValue }
            .flatMap { id, values in values.map { (id, $0) } }
    }

    /// A plan's id, or its first eight or more digits; `nil` when the option is not given.
    func planID(_ id: OptionID) throws -> String? {
        guard let text = values[id] else { return nil }
        guard (8...64).contains(text.utf8.count), text.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else {
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a plan's id or at least its first 8 digits, not `\(text)`")
        }
        return text
    }

    /// The format of rows or tickets: that of `--format`, JSON Lines with `--json`, or else what the name of the file
    /// that is written says; `nil` for the usual one.
    func rowFormat<Format: RawRepresentable<String>>() throws -> Format? {
        let lines = "jsonl"
        guard has(.json) else {
            return (self[.format] ?? self[.output].flatMap(Self.format(named:)))
                .flatMap(Format.init)
        }
        guard self[.format] ?? lines == lines else {
            throw CommandFailure.usage("--json and --format contradict each other: leave one out")
        }
        return Format(rawValue: lines)
    }

    /// The format that a file's name asks for by its ending; `nil` for any other ending.
    private static func format(named path: String) -> String? {
        let endings = [
            ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonlines": "jsonl", ".html": "html",
            ".md": "markdown", ".xml": "junit",
        ]
        return endings.first { path.lowercased().hasSuffix($0.key) }?.value
    }

    /// A whole number within bounds; `nil` when the option is not given.
    func integer(_ id: OptionID, in bounds: ClosedRange<Int>) throws -> Int? {
        guard let text = values[id] else { return nil }
        guard let value = Int(text), bounds.contains(value) else {
            let range =
                bounds.upperBound == .max
                ? "from \(bounds.lowerBound)" : "from \(bounds.lowerBound) to \(bounds.upperBound)"
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a whole number \(range), not `\(text)`")
        }
        return value
    }

    /// A percentage from 0 to 100, with or without `%`; `nil` when the option is not given.
    func percent(_ id: OptionID) throws -> Double? {
        guard let text = values[id] else { return nil }
        let number = text.hasSuffix("%") ? String(text.dropLast()) : text
        // `Double` reads hexadecimal numbers, too.
        guard number.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || 0x30...0x39 ~= $0 }),
            let value = Double(number), (0...100).contains(value)
        else {
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a percentage from 0 to 100, not `\(text)`")
        }
        return value
    }

    /// A span of time such as `30s`, `1.5h`, `2h30m`, `14d` or `2w`; `nil` when the option is not given.
    ///
    /// - Parameters:
    ///   - id: The option.
    ///   - shortest: The shortest span that makes sense, as it is written.
    ///   - longest: The longest span that makes sense, as it is written.
    ///   - needsUnit: Whether `30` is refused, because it could as well be meant in days as in seconds.
    /// - Returns: The span.
    /// - Throws: A ``CommandFailure`` that says why the text is no such span.
    func duration(
        _ id: OptionID, from shortest: String = "1ms", to longest: String = "10y",
        needsUnit: Bool = false
    ) throws -> Duration? {
        guard let text = values[id] else { return nil }
        let reason: String
        do {
            let units = Set(WrittenSpan.Unit.allCases)
            let isBare = !needsUnit && Double(text) != nil && text.utf8.allSatisfy { $0 < 0x3A }
            let span = try WrittenSpan(reading: isBare ? text + "s" : text, units: units)
            let least = try WrittenSpan(reading: shortest, units: units)
            let most = try WrittenSpan(reading: longest, units: units)
            if (least.milliseconds...most.milliseconds).contains(span.milliseconds) {
                return .milliseconds(span.milliseconds)
            }
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a time from \(shortest) to \(longest), not "
                    + "`\(TerminalText.escaped(text))`")
        } catch let error as WrittenSpan.Problem {
            reason = "\(error)"
        }
        throw CommandFailure.usage(
            "--\(id.rawValue) takes a time such as 30s, 2h30m, 1.5h or 14d, not "
                + "`\(TerminalText.escaped(text))`: \(TerminalText.escaped(reason))")
    }
}
