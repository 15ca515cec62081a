import BulkSystem
import Dispatch
import MavaAPI
import Synchronization

import CLibrary

/// The program: finds the command, runs it, and ends with its exit code.
@main
enum MavaBulkCommand {
    static func main() {
        SettingName.useNames { $0.options }
        CurrentProcess.holdStandardStreams()
        CurrentProcess.forgetKeyLog()
        CurrentProcess.ignoreSignalsOfWrites()
        let plain = Talk(environment: CurrentProcess.environment)
        let arguments: ParsedArguments
        do {
            arguments = try parsed(Array(CommandLine.arguments.dropFirst()), plain)
        } catch {
            exit(tell(error, plain).rawValue)
        }
        let talk = Talk(Talk.Settings(arguments), environment: CurrentProcess.environment)
        // A command that only prints needs no thread, and a signal ends it as it ends any program.
        guard case .runs(let action) = arguments.command.action else {
            exit(printed(arguments, talk).rawValue)
        }
        MemoryLimit.economize()
        SignalWatch.blockSignals()
        do {
            _ = try CurrentProcess.signals()
            try CurrentProcess.requireThreads()
        } catch {
            exit(tell(error, talk).rawValue)
        }
        // An asynchronous `main` would park the main thread with all signals unblocked, and cost a hop
        // between threads at each suspension.
        let code = Mutex(ExitCode.internalError)
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
            let result = await run(action, arguments, talk)
            code.withLock { $0 = result }
            isDone.signal()
        }
        isDone.wait()
        CurrentProcess.end(code.withLock { $0 })
    }

    /// The command line; without a command the program shows how it is used, and ends.
    private static func parsed(_ arguments: [String], _ talk: Talk) throws -> ParsedArguments {
        let arguments = HelpText.canonical(arguments)
        guard !arguments.isEmpty else {
            talk.say(lines: HelpText.first.text(width: HelpPage.plainWidth, isStyled: false))
            exit(ExitCode.usage.rawValue)
        }
        let (command, rest) = try CommandTable.command(of: arguments)
        var parsed = try ParsedArguments(command: command, arguments: rest)
        try parsed.configure()
        return parsed
    }

    private static func printed(_ arguments: ParsedArguments, _ talk: Talk) -> ExitCode {
        guard case .prints(let action) = arguments.command.action else { return .internalError }
        do {
            return try action(arguments, talk)
        } catch {
            return tell(error, talk)
        }
    }

    private static func run(
        _ action: (ParsedArguments, Talk) async throws -> ExitCode, _ arguments: ParsedArguments,
        _ talk: Talk
    ) async -> ExitCode {
        do {
            return try await action(arguments, talk)
        } catch {
            return tell(error, talk)
        }
    }

    /// Says why the program ends.
    private static func tell(_ error: any Error, _ talk: Talk) -> ExitCode {
        let failure = CommandFailure(error)
        let more = failure.explained.map { "more: mava-bulk explain \($0)" }
        talk.fail(failure.message, details: failure.details + [more].compactMap { $0 })
        return failure.code
    }
}

extension Talk.Settings {
    /// What a command line says of the output.
    init(_ arguments: ParsedArguments) {
        if let word = arguments[.color].flatMap(Talk.Colour.init) { colour = word }
        level = arguments.has(.quiet) ? .quiet : arguments.has(.verbose) ? .verbose : .normal
        mayAsk = !arguments.has(.noInput)
    }
}
