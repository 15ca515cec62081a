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
        let arguments = Array(CommandLine.arguments.dropFirst())
        let talk = Talk(environment: CurrentProcess.environment)
        // A command that only prints needs no thread, and a signal ends it as it ends any program.
        if let code = printed(arguments, talk) { exit(code.rawValue) }
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
            let result = await run(arguments, talk)
            code.withLock { $0 = result }
            isDone.signal()
        }
        isDone.wait()
        CurrentProcess.end(code.withLock { $0 })
    }

    /// Prints help or the version; `nil` when a command is to be run.
    private static func printed(_ arguments: [String], _ talk: Talk) -> ExitCode? {
        guard !arguments.isEmpty else {
            talk.say(lines: HelpText.overview(CommandTable.commands))
            return .usage
        }
        do {
            guard let text = try HelpText.asked(arguments) else { return nil }
            try talk.data(text)
            return .success
        } catch {
            return tell(error, talk)
        }
    }

    private static func run(_ arguments: [String], _ plain: Talk) async -> ExitCode {
        var talk = plain
        do {
            let (command, rest) = try CommandTable.command(of: arguments)
            let parsed = try ParsedArguments(command: command, arguments: rest)
            if let colour = parsed[.color].flatMap(Talk.Colour.init) {
                talk = Talk(colour: colour, environment: CurrentProcess.environment)
            }
            return try await parsed.command.run(parsed, talk)
        } catch {
            return tell(error, talk)
        }
    }

    /// Says why the program ends.
    private static func tell(_ error: any Error, _ talk: Talk) -> ExitCode {
        let failure = CommandFailure(error)
        talk.fail(failure.message, details: failure.details)
        return failure.code
    }
}
