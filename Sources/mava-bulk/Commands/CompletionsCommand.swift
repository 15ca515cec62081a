import BulkSystem

/// `mava-bulk completions`: the completion script of a shell.
enum CompletionsCommand {
    /// The shells that have a script.
    enum Shell: String, CaseIterable {
        case bash, zsh, fish

        var script: String {
            switch self {
            case .bash: BashCompletion.script
            case .zsh: ZshCompletion.script
            case .fish: FishCompletion.script
            }
        }
    }

    static func run(_ arguments: ParsedArguments, _ console: Console) throws -> ExitCode {
        let name = arguments.operands[0]
        guard let shell = Shell(rawValue: name) else {
            let names = Shell.allCases.map(\.rawValue)
            let meant = closest(to: name.lowercased(), among: names) { $0 }
            throw CommandFailure.usage(
                "there are completions for \(names.joined(separator: ", ")), not for "
                    + "`\(TerminalText.escaped(name))`"
                    + (meant.map { "; did you mean \($0)?" } ?? ""))
        }
        guard arguments.has(.json) else {
            try console.data(shell.script)
            return .success
        }
        let object = JSONValue.object([
            ("format", .text("mava-bulk-completions")), ("version", .number(1)),
            ("shell", .text(shell.rawValue)), ("script", .text(shell.script)),
        ])
        try console.data(object.line + "\n", as: .json)
        return .success
    }
}
