import BulkPlan
import BulkSystem
import MavaBulk

/// The command line that comes after the present one, ready to be copied.
enum NextCommand {
    /// Options that shape the output of `plan` and have no meaning for `apply`.
    private static let printing: Set<OptionID> = [
        .output, .force, .json, .markdown, .html, .rows, .detailedExitCode, .color, .quiet,
        .verbose,
        .dryRun,
        .noInput, .noPager,
    ]
    /// Options that `apply` refuses with a saved plan: they are in the plan.
    private static let saved = Set(CommandTable.shapingPlans)

    /// Options that `retry` takes from its run, and that protect nothing.
    private static let pace: Set<OptionID> = [.concurrency, .drain, .giveUpAfter, .timeout]

    /// What the settings of a run hold where the option was not given.
    private static let usual: [OptionID: String] = [
        .onConflict: ConflictPolicy.skip.rawValue,
        .outside: SendWindows.Outside.wait.rawValue,
        .quota: QuotaTimetable(.mava).text,
    ]

    /// Options about what follows a run from outside, and the check that comes before most of its rows.
    private static let followers: Set<OptionID> = [
        .canary, .on, .hookTimeout, .requireHook, .notify, .notifyFile, .ping, .pingFile, .events,
        .metricsFile,
    ]

    /// Options of `resume` that say how and where it sends.
    private static let resuming = Set(CommandTable.execution).union(RunSettings.connection)
        .union([.giveUpAfter, .window, .notWindow, .outside, .onConflict, .profile])
        .subtracting(printing).subtracting([.yes, .confirm, .runDirectory])

    /// Options with their values as written.
    typealias Options = [(id: OptionID, value: String)]

    /// How a plan is applied.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - arguments: The command line that made it.
    /// - Returns: The command; `nil` when there is nothing to apply, or when it is being applied.
    static func apply(_ plan: Plan, _ arguments: ParsedArguments) -> String? {
        let name = arguments.command.name
        // An `undo` or a `retry` says itself how the plan that it saved is sent.
        let isPreview = name.hasPrefix("plan") || name == "apply" && arguments.has(.dryRun)
        return isPreview ? applying(plan, arguments) : nil
    }

    /// How a plan is applied that a command line made or showed.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - arguments: The command line.
    ///   - given: The options that a person gave, where the settings of an earlier run add others; `nil` where
    ///     there is no earlier run.
    ///   - approvals: How many approvals it needs; `nil` where none is asked for.
    /// - Returns: The command; `nil` when there is nothing to apply, or somebody declined the plan.
    static func applying(
        _ plan: Plan, _ arguments: ParsedArguments, given: ParsedArguments? = nil,
        approvals: Int? = nil
    ) -> String? {
        let saved = arguments[.output]
        guard plan.hasChanges, !plan.summary.isDeclined else { return nil }
        let isSaved = saved != nil || SavedPlan.isPlan(arguments.operands[0])
        guard isSaved || canBeRepeated(arguments) else { return nil }
        let options = Set(CommandTable.applying + [.profile]).subtracting(printing)
            .subtracting(isSaved ? self.saved : [])
        var values = (given.map { known(arguments, given: $0) } ?? arguments.given)
            .filter { id, _ in options.contains(id) }
        // It does not answer for a production organisation.
        if arguments.configured.production != nil { values.removeAll { $0.id == .yes } }
        // It was the id of the plan from which an edit made this one.
        if arguments.command.name == "plan edit" { values.removeAll { $0.id == .expectPlan } }
        // The run's profile says where the plan goes, and with which key.
        if given != nil, let profile = arguments.configured.profile?.name,
            !values.contains(where: { $0.id == .profile })
        {
            values.append((.profile, profile))
        }
        // Approvals that are there are worth to be asked for.
        let counted = plan.summary.approvals.isEmpty ? nil : max(1, othersApprovals(of: plan))
        let needed: Options =
            (approvals ?? counted).map { [(.requireApprovals, "\($0)")] } ?? []
        if !values.contains(where: { $0.id == .requireApprovals }) { values += needed }
        // Signatures say nothing where no approval is asked for.
        if !values.contains(where: { $0.id == .requireApprovals }) {
            values.removeAll { $0.id == .allowedSigners }
        }
        return line("apply", [saved ?? arguments.operands[0]], values)
    }

    /// How many approvals a plan has that count where this process's owner applies it.
    static func othersApprovals(of plan: Plan) -> Int {
        let own = [ProcessOwner.loginAtHost, ProcessOwner.login].map { $0.lowercased() }
        return plan.summary.approvals.count { !own.contains($0.who.lowercased()) }
    }

    /// What the plan of an `undo` or a `retry` is applied with: what a person gave, and what the earlier run's settings
    /// say beside it.
    ///
    /// The profile of a run has its settings. Those that protect nothing are left out, and so are those that
    /// `apply` has anyway.
    private static func known(_ arguments: ParsedArguments, given: ParsedArguments) -> Options {
        let own = Set(given.given.map(\.id))
        return arguments.given.filter { id, value in
            if own.contains(id) { return true }
            let isUsual = given[id] == nil && usual[id] == value
            return arguments.configured.profile == nil && !pace.contains(id) && !isUsual
        }
    }

    /// The command that shows the whole of a preview that was cut for the terminal.
    ///
    /// - Parameter arguments: The command line that made it.
    /// - Returns: The command; `nil` when its input came through a pipe and cannot be read again.
    static func wholePreview(_ arguments: ParsedArguments) -> String? {
        let hours: Set<OptionID> = [.window, .notWindow, .outside]
        if ["undo", "retry"].contains(arguments.command.name), arguments[.output] == nil {
            let left = printing.union(CommandTable.execution).subtracting(hours)
                .union([.yes, .confirm, .runDirectory])
            let values = arguments.given.filter { id, _ in !left.contains(id) }
            return line(arguments.command.name, arguments.operands, values + [(.dryRun, "")])
                + " | more"
        }
        let saved = arguments[.output] ?? arguments.operands[0]
        if SavedPlan.isPlan(saved) { return line("plan show", [saved], []) + " | more" }
        guard canBeRepeated(arguments) else { return nil }
        let options = Set(CommandTable.makingPlans + [.label, .runsDirectory, .profile])
            .union(hours).subtracting(printing)
        let values = arguments.given.filter { id, _ in options.contains(id) }
        return line("plan", arguments.operands, values) + " | more"
    }

    /// What is said of a plan that no command can make again as it is; `nil` where one can, or nothing is to be sent.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - arguments: The command line that made it.
    /// - Returns: The advice.
    static func adviceToSave(_ plan: Plan, _ arguments: ParsedArguments) -> String? {
        guard plan.hasChanges, arguments[.output] == nil,
            !SavedPlan.isPlan(arguments.operands[0]), !canBeRepeated(arguments)
        else { return nil }
        return "a pipe cannot be read twice: add --output plan.jsonl, then apply that file"
    }

    /// Whether a later command can read all files of a command line again.
    ///
    /// What came through a pipe is gone, and so is what the shell opened for this command.
    private static func canBeRepeated(_ arguments: ParsedArguments) -> Bool {
        func isOpened(_ path: String) -> Bool {
            path == "-"
                || ["/dev/stdin", "/dev/fd/", "/proc/self/fd/"].contains(where: path.hasPrefix)
        }
        let inputs = [arguments.operands[0]] + [arguments[.snapshot]].compactMap { $0 }
        return inputs.allSatisfy { !isOpened($0) && FilePath.isRegularFile($0) }
            && !OutputPlaces.optionFiles(arguments, besides: Set(OutputPlaces.outputs))
                .contains(where: isOpened)
    }

    /// A command line as it was given.
    static func alone(_ arguments: ParsedArguments) -> String {
        line(arguments.command.name, arguments.operands, arguments.given)
    }

    /// How a run is resumed; its directory holds everything else.
    ///
    /// - Parameters:
    ///   - directory: The run's directory.
    ///   - options: What it has to say beside that: see ``repeated(by:asksNothing:)``.
    /// - Returns: The command.
    static func resume(_ directory: String, _ options: Options = []) -> String {
        let given = Set(options.map(\.id))
        return line(
            "resume", [directory],
            options + address(of: directory).filter { !given.contains($0.id) })
    }

    /// What a command to resume repeats of the command line: no file of a run keeps what only follows it.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - asksNothing: Whether no person can be asked; `nil` for what the command line says.
    ///   - isProduction: Whether it is about a production organisation; `nil` for what the command line says.
    /// - Returns: The options.
    static func repeated(
        by arguments: ParsedArguments, asksNothing: Bool? = nil, isProduction: Bool? = nil
    ) -> Options {
        let isProduction = isProduction ?? (arguments.configured.production != nil)
        let answers: Options =
            asksNothing == true
            ? [answer(isProduction: isProduction)]
            : arguments.asksNothing && !isProduction && asksNothing == nil ? [(.yes, "")] : []
        // What a resumed run is told differently is in no file of the run.
        let isResumed = arguments.command.name == "resume"
        return answers
            + arguments.given.filter { id, _ in
                followers.contains(id) || isResumed && resuming.contains(id)
            }
    }

    /// The option that answers the question about a plan, where no person can be asked.
    ///
    /// - Parameter isProduction: Whether the tickets are those of a production organisation.
    /// - Returns: `--yes`, or `--confirm` with a number to be filled in.
    static func answer(isProduction: Bool) -> (id: OptionID, value: String) {
        isProduction ? (.confirm, "N") : (.yes, "")
    }

    /// How rows of a run that failed, or whose effect is unknown, are tried again.
    ///
    /// - Parameters:
    ///   - directory: The run's directory.
    ///   - runs: Where the runs are, if the command line names that; the retry is to be there, too.
    /// - Returns: The command.
    static func retry(_ directory: String, in runs: String? = nil) -> String {
        // A retry does not take the hours from its run by itself.
        let settings = (try? RunSettings.read(from: directory)) ?? nil
        let hours: [(OptionID, String?)] = [
            (.window, settings?.window), (.notWindow, settings?.notWindow),
            (.outside, settings?.outside == SendWindows.Outside.stop.rawValue ? "stop" : nil),
        ]
        return line(
            "retry", [directory],
            hours.compactMap { id, value in value.map { (id, $0) } } + place(runs)
                + address(of: directory))
    }

    /// Where a new run is to be.
    private static func place(_ runs: String?) -> Options {
        runs.map { [(.runsDirectory, $0)] } ?? []
    }

    /// How the failed rows of a run are applied again, after they were corrected.
    ///
    /// - Parameters:
    ///   - file: The file of the rows.
    ///   - directory: The run's directory.
    /// - Returns: The command; it sends to where the run sent.
    private static func apply(failed file: String, of directory: String) -> String {
        let settings = (try? RunSettings.read(from: directory)) ?? nil
        var options: Options = []
        if let profile = settings?.profile { options.append((.profile, profile)) }
        if let sandbox = settings?.sandbox { options.append((.sandbox, sandbox)) }
        // The file does not hold by which conditions its rows were chosen.
        let plan = try? PlanFile.header(of: RunFiles(directory)[.plan], isOurs: true)
        options += (plan?.conditions ?? []).map { (.where, $0) }
        return line("apply", [file], options + address(of: directory))
    }

    /// The address of a run where an option named it, and the host that gets the key unencrypted.
    ///
    /// A later command takes neither from `run.json` alone.
    private static func address(of directory: String) -> Options {
        guard let settings = (try? RunSettings.read(from: directory)) ?? nil,
            settings.profile == nil, let address = settings.baseURL
        else { return [] }
        let known = [CurrentProcess.environment["MAVA_BASE_URL"], MavaClient.defaultBaseURL]
        let server = HTTPEndpoint(url: address)
        let isKnown = known.contains { $0.flatMap(HTTPEndpoint.init(url:)) == server }
        var options: Options = isKnown ? [] : [(.baseURL, address)]
        if let server, server.scheme == .http, !server.isLoopback {
            options.append((.allowHTTP, server.host))
        }
        return options
    }

    /// What can be done about a run, or a run with its retries.
    ///
    /// - Parameters:
    ///   - chain: The runs.
    ///   - counts: How their rows ended.
    ///   - format: Where the commands are shown; a page has those of the run's own page.
    ///   - runs: Where the runs are, if the command line names that.
    /// - Returns: The commands.
    static func after(
        _ chain: RunChain, _ counts: OutcomeCounts, as format: ReportFormat,
        in runs: String? = nil
    ) -> [String] {
        let newest = chain.newest
        var commands: [String] = []
        if let run = chain.resumable {
            commands.append(resume(run.path))
        } else if newest.state == .finished, counts[.failed] + counts[.unknown] > 0 {
            commands.append(retry(newest.path, in: runs))
        }
        // No file holds the failed rows of several runs, and no command looks back at all of them.
        guard format == .html, chain.runs.count == 1, chain.running == nil else { return commands }
        let failed = [RunFiles.Name.failed, .failedLines].map { RunFiles(newest.path)[$0] }
        if newest.state == .finished, let file = failed.first(where: FilePath.isRegularFile) {
            commands.append(apply(failed: file, of: newest.path))
        }
        if counts[.updated] > 0, newest.undoneBy.isEmpty {
            commands += looking(back: newest.path, in: runs)
        }
        return commands
    }

    /// How a run that updated tickets is verified, and undone; none where an embedded sandbox has forgotten it.
    private static func looking(back directory: String, in runs: String?) -> [String] {
        guard (try? RunSettings.read(from: directory))??.sandbox == nil else { return [] }
        let address = address(of: directory)
        return [
            line("verify", [directory], address),
            line("undo", [directory], place(runs) + address),
        ]
    }

    /// What can come after a run.
    ///
    /// - Parameters:
    ///   - result: How the run ended.
    ///   - options: What a command to resume repeats.
    ///   - runs: Where the runs are, if the command line names that.
    /// - Returns: The commands, the most urgent first.
    static func after(
        _ result: RunResult, _ options: Options, in runs: String? = nil
    ) -> [String] {
        let directory = FilePath.absolute(result.directory)
        let runs = runs.map(FilePath.absolute)
        var commands: [String] = []
        if !result.summary.reason.isFinished {
            commands.append(resume(directory, options))
        } else {
            if result.counts[.failed] + result.counts[.unknown] > 0 {
                commands.append(retry(directory, in: runs))
            }
            if result.counts.toRunAgain > 0 {
                commands.append(
                    apply(failed: FilePath.absolute(result.failedRows), of: directory))
            }
        }
        if result.counts[.updated] > 0 { commands += looking(back: directory, in: runs) }
        return commands
    }

    /// The command that leaves rows out of a saved plan, before and after the numbers of the rows.
    ///
    /// - Parameters:
    ///   - plan: The plan's file.
    ///   - id: The plan's id: another plan has other rows under these numbers.
    /// - Returns: The command.
    static func leavingOut(of plan: String, id: String) -> (before: String, after: String) {
        let isLines = plan.hasSuffix(".jsonl")
        let smaller = (isLines ? String(plan.dropLast(6)) : plan) + "-smaller.jsonl"
        return (
            "mava-bulk plan edit \(ShellWord.operand(plan)) --expect-plan \(id.prefix(8)) --drop ",
            " --output \(ShellWord.operand(smaller))"
        )
    }

    /// A command line as it was given, with `--yes`, or with `--confirm N` for a production organisation.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - isProduction: Whether it is about a production organisation; `nil` for what the command line says.
    /// - Returns: The command.
    static func unattended(_ arguments: ParsedArguments, isProduction: Bool? = nil) -> String {
        var arguments = arguments
        let answer = answer(isProduction: isProduction ?? (arguments.configured.production != nil))
        arguments.values[answer.id] = answer.value
        return line(arguments.command.name, arguments.operands, arguments.given)
    }

    private static func line(
        _ command: String, _ operands: [String], _ values: Options
    ) -> String {
        let options = values.map { id, value in
            // A secret has to be put in again.
            if let word = SecretOptions.placeholder(for: value, of: id) {
                return "--\(id.rawValue) \(word)"
            }
            if value.isEmpty { return "--\(id.rawValue)" }
            // A value that looks like an option is attached.
            return "--\(id.rawValue)" + (value.hasPrefix("-") ? "=" : " ")
                + ShellWord.quoted(value)
        }
        let words = ["mava-bulk", command] + operands.map(ShellWord.operand) + options
        return words.joined(separator: " ")
    }
}
