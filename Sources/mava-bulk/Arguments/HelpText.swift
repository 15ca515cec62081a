import MavaAPI

/// The texts of `help`, made from the table.
enum HelpText {
    /// Finds out whether a command line asks for help or the version.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Returns: What to print; `nil` when it does not ask.
    /// - Throws: A ``CommandFailure`` when help is asked for a command that does not exist.
    static func asked(_ arguments: [String]) throws -> String? {
        let options = arguments.prefix { $0 != "--" }
        switch arguments.first {
        case "--version"?, "version"?: return "mava-bulk \(ToolVersion.current)\n"
        case "help"?, "--help"?, "-h"?:
            guard arguments.count > 1 else { return overview(CommandTable.commands) }
            return command(try CommandTable.command(of: Array(arguments.dropFirst())).command)
        case _?:
            guard options.contains("--help") || options.contains("-h") else { return nil }
            let others = options.filter { $0 != "--help" && $0 != "-h" }
            return command(try CommandTable.command(of: Array(others)).command)
        case nil: return nil
        }
    }

    /// The overview of all commands.
    static func overview(_ commands: [CommandSpecification]) -> String {
        let width = commands.map { usage($0).count }.max() ?? 0
        let lines = commands.map { "  \(padded(usage($0), width))  \($0.summary)" }
        return """
            mava-bulk changes many Mava tickets at once, within the API's quota: every row of a CSV or
            JSON Lines file ends in exactly one outcome, and a report says which.

            usage: mava-bulk COMMAND [options] [FILE]

            \(lines.joined(separator: "\n"))

            `mava-bulk help COMMAND` lists a command's options. FILE `-` is standard input.
            Exit codes: 0 done, 2 usage, 3 some rows did not succeed, 4 key, 5 stopped early (resume),
            6 input unusable, 7 refused, 8 locked, 10 changes (--detailed-exitcode), 129/130/143 interrupted.

            """
    }

    /// One command with its options.
    static func command(_ command: CommandSpecification) -> String {
        let options = command.options.map { OptionTable.specification($0, of: command) }
        let width = min(options.map(\.usage.count).max() ?? 0, 34)
        let lines = options.map { option in
            option.usage.count > width
                ? "  \(option.usage)\n  \(padded("", width))  \(option.help)"
                : "  \(padded(option.usage, width))  \(option.help)"
        }
        return """
            usage: mava-bulk \(usage(command)) [options]

            \(command.details)

            \(lines.joined(separator: "\n"))

            """
    }

    private static func usage(_ command: CommandSpecification) -> String {
        ([command.name] + command.operands).joined(separator: " ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
