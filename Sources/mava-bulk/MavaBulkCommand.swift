import BulkPlan
import BulkSystem
import Dispatch
import MavaAPI
import Synchronization

import CLibrary

/// The program: finds the command, runs it, and ends with its exit code.
@main
enum MavaBulkCommand {
    static func main() {
        // It would end the program before the thread that takes it is there; it is taken then.
        SignalWatch.holdQuestions()
        SettingName.useNames { $0.options }
        CurrentProcess.holdStandardStreams()
        CurrentProcess.forgetKeyLog()
        CurrentProcess.ignoreSignalsOfWrites()
        // The wishes about messages count although the command line could not be understood.
        let plain = Console(
            Console.Settings(unread: Array(CommandLine.arguments.dropFirst())),
            environment: CurrentProcess.environment)
        let arguments: ParsedArguments
        do {
            try CurrentProcess.requireReadableArguments()
            arguments = try parsed(Array(CommandLine.arguments.dropFirst()), plain)
            try OutputPlaces.check(arguments)
        } catch {
            exit(tell(error, plain, isJSON: wantsJSON(CommandLine.arguments)).rawValue)
        }
        let console: Console
        do {
            console = Console(
                try Console.Settings(arguments), environment: CurrentProcess.environment)
            // Each job of several profiles has events of its own.
            if !arguments.has(.profiles) { try console.connectEvents(by: arguments) }
        } catch {
            exit(tell(error, plain, isJSON: wantsJSON(CommandLine.arguments)).rawValue)
        }
        if let problem = arguments.configured.problem { console.warn(problem) }
        if arguments.command.options.contains(.profile) { warnOfMisspeltVariables(console) }
        // A command that only prints needs no thread, and a signal ends it as it ends any program.
        guard case .runs(let action) = arguments.command.action else {
            exit(printed(arguments, console).rawValue)
        }
        MemoryLimit.economize()
        DescriptorNeeds.count()
        SignalWatch.blockSignals(andStop: arguments.has(.profiles))
        do {
            try DescriptorNeeds.requireSome()
            _ = try CurrentProcess.signals()
            JobChannel.watch()
            try CurrentProcess.requireThreads()
        } catch {
            exit(end(tell(error, console, arguments), console).rawValue)
        }
        // An asynchronous `main` would park the main thread with all signals unblocked, and cost a hop
        // between threads at each suspension.
        let code = Mutex(ExitCode.internalError)
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
            let result = await run(action, arguments, console)
            code.withLock { $0 = result }
            isDone.signal()
        }
        isDone.wait()
        CurrentProcess.end(code.withLock { $0 })
    }

    /// The command line; without a command the program shows how it is used, and ends.
    private static func parsed(_ arguments: [String], _ console: Console) throws -> ParsedArguments
    {
        let arguments = HelpText.canonical(arguments)
        guard !arguments.isEmpty else {
            console.say(lines: HelpText.first.text(width: HelpPage.plainWidth, isStyled: false))
            exit(ExitCode.usage.rawValue)
        }
        let (command, rest) = try CommandTable.command(of: arguments)
        var parsed = try ParsedArguments(command: command, arguments: rest)
        guard !parsed.has(.profiles) else { return try ProfilesCommand.arguments(for: parsed) }
        guard !parsed.has(.profilesAtOnce) else {
            throw CommandFailure.usage(
                "--profiles-at-once is about --profiles: give --profiles NAME,NAME as well")
        }
        try parsed.configure()
        return parsed
    }

    private static func wantsJSON(_ arguments: [String]) -> Bool {
        let words = arguments.dropFirst().prefix { $0 != "--" }
        return words.contains { $0 == "--json" || $0.hasPrefix("--json=") }
            || Console.Settings(unread: Array(arguments.dropFirst())).isJSON
    }

    /// Warns of variables that are not read because of their spelling; a misspelt guard protects nothing.
    private static func warnOfMisspeltVariables(_ console: Console) {
        let known =
            HelpTopic.variables.flatMap { $0.name.split(separator: ", ").map(String.init) }
            + [EventHooks.variables.event, EventHooks.variables.run, JobChannel.variable]
        let prefix = "MAVA_BULK_"
        for name in CurrentProcess.environment.keys.sorted()
        where name.hasPrefix(prefix) && !known.contains(name) {
            // Other programs' variables can begin like this, too.
            let ours = known.filter { $0.hasPrefix(prefix) }.map {
                ($0, String($0.dropFirst(prefix.count)))
            }
            guard let meant = closest(to: String(name.dropFirst(prefix.count)), among: ours) else {
                continue
            }
            console.warn("the variable \(name) is not read: did you mean \(meant)?")
        }
    }

    private static func printed(_ arguments: ParsedArguments, _ console: Console) -> ExitCode {
        guard case .prints(let action) = arguments.command.action else { return .internalError }
        do {
            return try action(arguments, console)
        } catch {
            return tell(error, console, arguments)
        }
    }

    private static func run(
        _ action: (ParsedArguments, Console) async throws -> ExitCode, _ arguments: ParsedArguments,
        _ console: Console
    ) async -> ExitCode {
        let last: ExitCode
        do {
            let code = try await action(arguments, console)
            last = await besideTasks(console) { console.events?.end(code) ?? code }
            if last == .hookFailed, code != last {
                let failure = CommandFailure(
                    .hookFailed, "a hook failed, and --require-hook is given: all else is done")
                console.messages.fail(failure, isErrorJSON: arguments.has(.json))
            }
        } catch {
            last = await besideTasks(console) { tell(error, console, arguments) }
        }
        await console.events?.finishSending()
        return end(last, console)
    }

    /// Runs the end of a command, which waits for hooks, on a thread that no task needs.
    private static func besideTasks(
        _ console: Console, _ body: @escaping @Sendable () -> ExitCode
    ) async -> ExitCode {
        // Without hooks nothing waits, and a thread less is needed.
        guard console.events?.hasHooks == true else { return body() }
        return await withCheckedContinuation { continuation in
            DispatchQueue(label: "mava-bulk last hooks").async {
                continuation.resume(returning: body())
            }
        }
    }

    /// Waits for the last events.
    private static func end(_ code: ExitCode, _ console: Console) -> ExitCode {
        if let problem = console.events?.finish() { console.insist(warning: problem) }
        return code
    }

    private static func tell(
        _ error: any Error, _ console: Console, _ arguments: ParsedArguments
    ) -> ExitCode {
        tell(
            MissingInput.completed(PlanArguments.failure(error, arguments), arguments), console,
            isJSON: arguments.has(.json))
    }

    /// Says why the program ends.
    private static func tell(_ error: any Error, _ console: Console, isJSON: Bool = false)
        -> ExitCode
    {
        let failure = CommandFailure(error)
        console.messages.fail(failure, isErrorJSON: isJSON)
        return console.events?.end(failure.code, failure) ?? failure.code
    }
}

extension Console.Settings {
    /// What a command line says of messages that was not understood as a whole.
    ///
    /// - Parameter arguments: The command line without the program's name.
    init(unread arguments: [String]) {
        let words = arguments.prefix { $0 != "--" }
        func last(_ option: OptionID) -> String? {
            let name = "--\(option.rawValue)"
            let separate = zip(words, words.dropFirst()).map { ($0 == name) ? $1 : nil } + [nil]
            return zip(words, separate).compactMap { word, next in
                word.hasPrefix(name + "=") ? String(word.dropFirst(name.count + 1)) : next
            }.last
        }
        if let word = last(.color).flatMap(Console.Colour.init) { colour = word }
        isJSON = last(.logFormat) == "json"
    }

    /// What a command line says of the output.
    ///
    /// - Throws: A ``CommandFailure`` or a `FileError` where the events cannot be written.
    init(_ arguments: ParsedArguments) throws {
        if let word = arguments[.color].flatMap(Console.Colour.init) { colour = word }
        level = arguments.has(.quiet) ? .quiet : arguments.has(.verbose) ? .verbose : .normal
        mayAsk = !arguments.has(.noInput)
        isJSON = arguments[.logFormat] == "json"
        guard let path = arguments[.events] else {
            events = EventFeed(log: nil)
            return
        }
        keepsOutputForEvents = path == "-"
        if keepsOutputForEvents, arguments.has(.json) {
            throw CommandFailure.usage(
                "--events - and --json both take standard output: write the events to a file")
        }
        if path != "-", EventLog.isForeign(path) {
            throw CommandFailure.usage(
                .outputOccupied,
                "\(path) exists and has no events: name another file for --events")
        }
        do throws(FileError) {
            events = EventFeed(log: try EventLog(path, command: arguments.command.name))
        } catch {
            throw CommandFailure(eventsAt: path, error)
        }
    }
}
