import BulkSystem
import MavaBulk

/// The commands, in the order in which the help lists them.
enum CommandTable {
    static let connection: [OptionID] =
        [.baseURL, .apiKeyFile, .caFile, .allowHTTP, .sandbox, .timeout] + general

    /// Options of the commands that take several profiles.
    static let profiles: [OptionID] = [.profiles, .profilesAtOnce]

    /// Options of every command that sends requests; they change no plan.
    static let general: [OptionID] = [.quiet, .verbose, .logFormat, .color]

    /// Options that shape a plan; they have no effect on a finished plan.
    static let shapingPlans: [OptionID] = [
        .delimiter, .encoding, .column, .only, .ignore, .where, .shard, .limit, .sample, .seed,
        .map, .unmapped, .set, .unset, .fallback, .snapshot, .lookups, .read, .noRead, .onDuplicate,
        .allowAIHandoff, .unread, .allowEmpty,
    ]

    static let planning: [OptionID] =
        shapingPlans + [
            .maxChanges, .maxChangePercent, .guards, .waive, .strict, .quota, .quotaShare,
            .giveUpAfter,
        ]

    /// Options of `apply`.
    static let applying: [OptionID] =
        planning + [
            .dryRun, .requireApprovals, .allowedSigners, .appliedBy, .yes, .confirm, .expectPlan,
            .noPager,
            .runDirectory, .runsDirectory, .label, .json,
        ] + execution + connection

    /// Options that `plan` uses while it makes a plan, and not where it shows one.
    static let makingPlans: [OptionID] =
        planning + [.output, .force] + connection.filter { !general.contains($0) }

    static let execution: [OptionID] = [
        .concurrency, .maxFailures, .acceptFailures, .window, .notWindow, .outside, .deadline,
        .drain, .canary, .onConflict,
        .metricsFile, .events, .on, .hookTimeout, .requireHook, .notify, .notifyFile,
        .ping, .pingFile, .noInput,
    ]

    static let filters: [OptionID] = [
        .status, .assignee, .category, .tag, .origin, .csat, .idle, .older, .since, .until,
        .where, .idFile,
    ]

    /// The filters of tickets that are counted.
    static let countFilters = filters.filter { $0 != .idFile }

    static let listing: [OptionID] =
        [.json, .csv, .count] + countFilters + [.quota, .quotaShare, .giveUpAfter] + connection

    /// The examples that the overview shows: the first ones of three commands.
    static let firstExamples = ["plan", "apply", "resume"].compactMap { name in
        commands.first { $0.name == name }?.examples.first
    }

    /// The commands that help and completions show.
    static let shown = commands.filter { !$0.isHidden }

    static let commands = plans + runs + tickets + program

    /// The commands that begin with a command's name and have another word.
    static func subcommands(of command: CommandSpecification) -> [CommandSpecification] {
        commands.filter { $0.name.hasPrefix(command.name + " ") }
    }

    /// The names of the commands that have an option.
    static func commands(with option: OptionID) -> [String] {
        shown.filter { $0.options.contains(option) }.map(\.name)
    }

    /// Names as a list in a sentence, such as `plan, apply and check`.
    static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    /// The subcommand that a word most likely misspells.
    ///
    /// - Parameters:
    ///   - word: The word, such as `shwo`.
    ///   - command: The command before it.
    /// - Returns: The command line, such as `mava-bulk plan show`; `nil` if none is close.
    static func subcommand(closeTo word: String, of command: CommandSpecification) -> String? {
        let words = subcommands(of: command).map {
            String($0.name.dropFirst(command.name.count + 1))
        }
        return closest(to: word.lowercased(), among: words) { $0 }.map {
            "mava-bulk \(command.name) \($0)"
        }
    }

    /// Finds the command of a command line.
    ///
    /// `plan`, `runs` and `report` have commands of their own when the first operand is exactly the name of one.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: The command, and the arguments that follow its name.
    /// - Throws: A ``CommandFailure`` that names the closest command.
    static func command(
        of arguments: [String]
    ) throws -> (command: CommandSpecification, arguments: [String]) {
        if arguments[0].hasPrefix("-") { throw withoutCommand(arguments) }
        var rest = Array(arguments.dropFirst())
        let command = try command(arguments[0])
        let subcommands = subcommands(of: command)
        guard !subcommands.isEmpty, let place = firstOperand(of: rest),
            let meant = subcommands.first(where: { $0.name == "\(command.name) \(rest[place])" })
        else { return (command, rest) }
        rest.remove(at: place)
        return (meant, rest)
    }

    /// The failure of a command line that begins with an option.
    ///
    /// It names the same command line in its right order, if there is a command that takes all of it.
    private static func withoutCommand(_ arguments: [String]) -> CommandFailure {
        let first = arguments[0]
        let written = TerminalText.escaped(first)
        let name = first.prefix { $0 != "=" }.drop { $0 == "-" }
        if name.isEmpty { return .usage("\(written) is not a command; see `mava-bulk help`") }
        if let place = firstOperand(of: arguments),
            let command = commands.first(where: { $0.name == arguments[place] })
        {
            let moved =
                Array(arguments[(place + 1)...]) + Array(arguments[..<place])
            if let found = try? Self.command(of: [command.name] + moved),
                (try? ParsedArguments(command: found.command, arguments: found.arguments)) != nil
            {
                let line = (["mava-bulk", command.name] + moved.map(ShellWord.quoted))
                    .joined(separator: " ")
                return .usage("the command comes before its options: \(line)")
            }
        }
        if takes(String(first)) {
            return .usage(
                "the command comes before its options, and \(written) is one; see `mava-bulk help`")
        }
        let meant = closest(to: String(name), among: ["help", "version"]) { $0 }
        return .usage(
            "there is no option \(written); "
                + (meant.map { "did you mean `mava-bulk --\($0)`?" } ?? "see `mava-bulk help`"))
    }

    /// Whether a command that the help shows has an option.
    private static func takes(_ written: String) -> Bool {
        let names = String(written.prefix { $0 != "=" })
        return shown.contains { $0.specifications.contains { $0.names.contains(names) } }
    }

    /// The place of the first argument that is neither an option nor an option's value; `nil` if an option is
    /// unknown, or the options are ended by `--`.
    private static func firstOperand(of arguments: [String]) -> Int? {
        var place = 0
        while place < arguments.count {
            let argument = arguments[place]
            guard argument.hasPrefix("-"), argument != "-" else { return place }
            guard let takesNext = OptionTable.takesNext(argument) else { return nil }
            place += takesNext ? 2 : 1
        }
        return nil
    }

    /// The command of a name.
    ///
    /// - Parameter name: The name as written.
    /// - Returns: The command.
    /// - Throws: A ``CommandFailure`` that names the closest command.
    static func command(_ name: String) throws -> CommandSpecification {
        if let command = commands.first(where: { $0.name == name }) { return command }
        throw unknown(name, among: shown.map(\.name))
    }

    /// The failure of a command or a topic that does not exist.
    static func unknown(_ name: String, among names: [String]) -> CommandFailure {
        // `approve` is the second word of `plan approve`, and `plan edit x` begins with a command's name.
        let second = shown.map(\.name).filter { $0.hasSuffix(" \(name)") }
        let longest = names.filter { name.hasPrefix($0 + " ") }.max { $0.count < $1.count }
        let meant =
            second.isEmpty
            ? [longest ?? closest(to: name, among: names) { $0 }].compactMap { $0 } : second
        let hint =
            meant.isEmpty
            ? "see `mava-bulk help`"
            : "did you mean \(meant.map { "`\($0)`" }.joined(separator: " or "))?"
        return .usage("there is no command `\(TerminalText.escaped(name))`; \(hint)")
    }
}
