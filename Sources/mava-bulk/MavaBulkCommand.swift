import BulkPlanning
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The program: finds the command, runs it, and ends with its exit code.
@main
enum MavaBulkCommand {
    static func main() {
        CurrentProcess.holdStandardStreams()
        CurrentProcess.forgetKeyLog()
        SignalWatch.blockSignals()
        _ = CurrentProcess.signals
        // An asynchronous `main` would park the main thread with all signals unblocked, and cost a hop
        // between threads at each suspension.
        let code = Mutex(ExitCode.internalError)
        let isDone = DispatchSemaphore(value: 0)
        Task.detached {
            let result = await run(Array(CommandLine.arguments.dropFirst()))
            code.withLock { $0 = result }
            isDone.signal()
        }
        isDone.wait()
        exit(code.withLock { $0.rawValue })
    }

    private static func run(_ arguments: [String]) async -> ExitCode {
        var talk = Talk(environment: CurrentProcess.environment)
        do {
            guard let name = arguments.first else {
                talk.say(HelpText.overview(CommandTable.commands))
                return .usage
            }
            if let text = try HelpText.asked(arguments) {
                try talk.data(text)
                return .success
            }
            let parsed = try ParsedArguments(
                command: try CommandTable.command(name), arguments: Array(arguments.dropFirst()))
            if let colour = parsed[.color].flatMap(Talk.Colour.init) {
                talk = Talk(colour: colour, environment: CurrentProcess.environment)
            }
            return try await parsed.command.run(parsed, talk)
        } catch {
            let failure = CommandFailure(error)
            for line in failure.message.split(separator: "\n") {
                talk.fail(TerminalText.escaped(String(line)))
            }
            return failure.code
        }
    }
}
