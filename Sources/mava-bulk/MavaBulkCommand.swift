import BulkFiles

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
    static func main() async {
        SignalWatch.blockSignals()
        _ = CurrentProcess.signals
        // The main actor's executor costs a hop between threads at each suspension; the pool does not.
        let code = await Task.detached { await run(Array(CommandLine.arguments.dropFirst())) }.value
        exit(code.rawValue)
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
            talk.fail(TerminalText.escaped(failure.message, keepsLines: true))
            return failure.code
        }
    }
}
