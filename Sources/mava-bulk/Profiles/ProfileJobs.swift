import BulkSystem

/// The jobs of `--profiles`: the same command line, once for each profile.
///
/// Nothing is started here, so that every mistake is found before the first job.
struct ProfileJobs: Sendable {
    /// The command line of one profile.
    struct Job: Sendable {
        let profile: String
        /// The command line, without what the configuration adds.
        let arguments: ParsedArguments

        /// The command line as the job's process gets it.
        var words: [String] {
            let command = arguments.command
            // An operand that begins with a dash would be an option, and some words choose another command.
            let others = CommandTable.subcommands(of: command).map(\.name)
            let operands = arguments.operands.map {
                $0.hasPrefix("-") || others.contains("\(command.name) \($0)") ? "./" + $0 : $0
            }
            let options = arguments.given.flatMap { id, value in
                if OptionTable.specification(id, of: command).argument == .none {
                    return ["--\(id.rawValue)"]
                }
                // A value that looks like an option is attached.
                return value.hasPrefix("-")
                    ? ["--\(id.rawValue)=\(value)"] : ["--\(id.rawValue)", value]
            }
            // A job has no terminal, and a question would end it in the middle of its work.
            let isSilenced = command.options.contains(.noInput) && !arguments.has(.noInput)
            return command.name.split(separator: " ").map(String.init) + operands + options
                + (isSilenced ? ["--\(OptionID.noInput.rawValue)"] : [])
        }
    }

    /// What is replaced by the profile's name in operands and values.
    static let placeholder = "{profile}"
    /// The most jobs that run at the same time.
    static let mostAtOnce = 64

    let jobs: [Job]
    /// How many of them run at the same time.
    let atOnce: Int

    /// Makes the jobs of a command line.
    ///
    /// - Parameters:
    ///   - arguments: The command line, without what the configuration adds.
    ///   - requireProfile: Refuses a name that is no profile's.
    /// - Throws: A ``CommandFailure`` of wrong usage; what `requireProfile` throws.
    init(_ arguments: ParsedArguments, requireProfile: (String) throws -> Void) throws {
        let names = try Self.names(arguments)
        for name in names { try requireProfile(name) }
        atOnce = try arguments.integer(.profilesAtOnce, in: 1...Self.mostAtOnce) ?? 1
        try Self.refuseForms(arguments)
        let numbers = try Self.numbers(arguments, of: names)
        jobs = names.map { name in
            Job(profile: name, arguments: Self.expanded(arguments, name, number: numbers[name]))
        }
        for job in jobs { try Self.refuseStreams(job) }
        try Self.refuseSharedPlaces(jobs)
    }

    // MARK: Names and numbers

    private static func names(_ arguments: ParsedArguments) throws -> [String] {
        guard !arguments.has(.profile) else {
            throw CommandFailure.usage(
                "--profile and --profiles contradict each other: leave one of them out")
        }
        let names = (arguments[.profiles] ?? "").split(
            separator: ",", omittingEmptySubsequences: false
        ).map(String.init)
        for (index, name) in names.enumerated() {
            guard !name.isEmpty else {
                throw CommandFailure.usage(
                    "--profiles has an empty name: write the names with a comma between them, such as acme,globex"
                )
            }
            guard !names[..<index].contains(name) else {
                throw CommandFailure.usage("--profiles names \(quoted(name)) twice")
            }
        }
        return names
    }

    /// The numbers of `--confirm`, by profile; refuses a command line that leaves a question.
    private static func numbers(
        _ arguments: ParsedArguments, of names: [String]
    ) throws -> [String: Int] {
        guard arguments.command.options.contains(.confirm) else { return [:] }
        let form = names.map { "\($0)=N" }.joined(separator: ",")
        guard let text = arguments[.confirm] else {
            guard arguments.asksNothing || arguments.has(.dryRun) else {
                throw CommandFailure.usage(
                    "several profiles cannot be asked about: look at the plans first (--dry-run), then answer "
                        + "with --yes or --confirm \(form)")
            }
            return [:]
        }
        var numbers: [String: Int] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, let number = Int(sides[1]), number >= 0 else {
                throw CommandFailure.usage(
                    "with --profiles, --confirm takes a number for each profile, \(form), not \(quoted(String(part)))"
                )
            }
            let name = String(sides[0])
            guard names.contains(name) else {
                throw CommandFailure.usage(
                    "--confirm names \(quoted(name)), and --profiles does not: it has \(names.joined(separator: ", "))"
                )
            }
            guard numbers.updateValue(number, forKey: name) == nil else {
                throw CommandFailure.usage("--confirm names \(quoted(name)) twice")
            }
        }
        if !arguments.has(.yes), !arguments.has(.dryRun),
            let name = names.first(where: { numbers[$0] == nil })
        {
            throw CommandFailure.usage(
                "--confirm says nothing of \(quoted(name)): add \(name)=N (of several --confirm only the last counts), or --yes for all that it does not name"
            )
        }
        return numbers
    }

    // MARK: Forms

    /// Refuses options whose output or meaning is that of one profile.
    private static func refuseForms(_ arguments: ParsedArguments) throws {
        func refuse(_ option: OptionID, _ advice: String) throws {
            guard arguments.has(option) else { return }
            throw CommandFailure.usage(
                "--\(option.rawValue) is about one profile, and not for --profiles: \(advice)")
        }
        let alone = "start the command once for each, with --profile"
        try refuse(.markdown, alone)
        try refuse(.expectPlan, "save a plan for each, and apply those: plans/\(placeholder).jsonl")
        if arguments.has(.json) {
            try refuse(.rows, "save the plans (--output \(placeholder).jsonl); they hold the rows")
        }
        if arguments[.events] == "-" {
            throw CommandFailure.usage(
                "several profiles cannot write their events to standard output: "
                    + "name a file for each, such as --events \(placeholder)-events.jsonl")
        }
        if arguments.command.name == "export", !arguments.has(.output) {
            throw CommandFailure.usage(
                "several exports cannot share standard output: name a file for each, such as "
                    + "--output \(placeholder).csv")
        }
    }

    /// Refuses to read a stream of this process, which is there once.
    private static func refuseStreams(_ job: Job) throws {
        let streams = ["/dev/stdin", "/dev/fd/", "/proc/self/fd/"]
        for (name, path) in files(of: job.arguments)
        where path == "-" || streams.contains(where: path.hasPrefix) {
            throw CommandFailure.usage(
                "\(name) is a stream, which several profiles cannot share: name a file, such as "
                    + "\(placeholder).csv")
        }
    }

    /// The files that a command line names, each with how a message calls it.
    private static func files(
        of arguments: ParsedArguments
    ) -> [(name: String, path: String)] {
        let operand = arguments.command.operands.first.map { CompletionKind(placeholder: $0) }
        let operands = operand == .files ? arguments.operands : []
        let options = arguments.given.filter { id, _ in
            OptionTable.specification(id, of: arguments.command).completion == .files
        }
        return operands.map { ("the input \(TerminalText.escaped($0))", $0) }
            + options.map { ("--\($0.rawValue) \(TerminalText.escaped($1))", $1) }
    }

    // MARK: The jobs

    /// The command line of one profile.
    private static func expanded(
        _ arguments: ParsedArguments, _ name: String, number: Int?
    ) -> ParsedArguments {
        func expanded(_ text: String) -> String { text.replacing(placeholder, with: name) }
        var own = arguments
        own.operands = arguments.operands.map(expanded)
        own.values = arguments.values.mapValues(expanded)
        own.lists = arguments.lists.mapValues { $0.map(expanded) }
        own.values[.profiles] = nil
        own.values[.profilesAtOnce] = nil
        own.values[.profile] = name
        own.values[.confirm] = number.map { "\($0)" }
        return own
    }

    /// What belongs to one organisation and is read: its tickets, its names and its key.
    private static let ownInputs: [OptionID] = [.snapshot, .lookups, .apiKeyFile, .idFile]

    /// Refuses two jobs that would read the same tickets or key, or write the same file.
    private static func refuseSharedPlaces(_ jobs: [Job]) throws {
        for (index, job) in jobs.enumerated() {
            for other in jobs[..<index] { try refuseSharedPlaces(other, job) }
        }
    }

    private static func refuseSharedPlaces(_ first: Job, _ second: Job) throws {
        let both = "for \(first.profile) and for \(second.profile)"
        let (left, right) = (first.arguments, second.arguments)
        if left.command.operands.first.map({ CompletionKind(placeholder: $0) }) == .files,
            let path = left.operands.first, let other = right.operands.first, isSame(path, other)
        {
            throw CommandFailure.usage(
                "the input \(TerminalText.escaped(path)) would be read \(both), and each organisation has its own "
                    + "tickets: \(advice(path, first.profile))")
        }
        let isExport = left.command.name == "export"
        let outputs = OutputPlaces.outputs + [.runDirectory] + (isExport ? [.lookups] : [])
        for option in outputs + ownInputs {
            guard let path = left[option], let other = right[option], isSame(path, other) else {
                continue
            }
            let verb = outputs.contains(option) ? "written" : "read"
            throw CommandFailure.usage(
                "--\(option.rawValue) \(TerminalText.escaped(path)) would be \(verb) \(both): \(advice(path, first.profile))"
            )
        }
    }

    /// How a path names a file for each profile.
    ///
    /// - Parameters:
    ///   - path: The path that names one file for two profiles.
    ///   - profile: One of the two; its name is replaced where the path has it.
    /// - Returns: The end of a message.
    private static func advice(_ path: String, _ profile: String) -> String {
        let last = FilePath.name(of: path)
        let words = last.split { !$0.isLetter && !$0.isNumber }
        let name =
            words.contains(profile[...])
            ? last.replacing(profile, with: placeholder) : "\(placeholder)-\(last)"
        let place = path.contains("/") ? FilePath.joining(FilePath.directory(of: path), name) : name
        return "put the profile's name into it, such as \(ShellWord.quoted(place))"
    }

    private static func isSame(_ path: String, _ other: String) -> Bool {
        path == other || FilePath.isSamePlace(path, other)
            || FilePath.isDirectory(path) && FilePath.isSameFile(path, other)
    }
}
