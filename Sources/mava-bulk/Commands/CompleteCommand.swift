import BulkHistory
import BulkSystem
import CLibrary

/// `mava-bulk __complete`: the words that completion scripts offer, one a line.
///
/// Completion must never disturb a command line that is being written, so what is not known has no words.
enum CompleteCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) throws -> ExitCode {
        let rest = Array(arguments.operands.dropFirst())
        let words =
            switch arguments.operands[0] {
            case "options": options(of: rest)
            case "choices": choices(rest)
            case let kind:
                ValueKind.DynamicKind(rawValue: kind).map { listed($0, arguments) } ?? []
            }
        try talk.data(words.map { $0 + "\n" }.joined())
        return .success
    }

    /// The words of a kind at this moment.
    private static func listed(
        _ kind: ValueKind.DynamicKind, _ arguments: ParsedArguments
    ) -> [String] {
        switch kind {
        case .commands: CommandTable.shown.map(\.name)
        case .topics: CommandTable.shown.map(\.name) + HelpTopic.allCases.map(\.rawValue)
        case .codes: CodeExplanation.all.map(\.code)
        case .schemas: SchemaCommand.kinds
        case .shells: CompletionsCommand.Shell.allCases.map(\.rawValue)
        case .runs: runs(in: RunArguments.history(arguments).directory)
        }
    }

    private static func options(of words: [String]) -> [String] {
        CommandTable.commands.first { $0.name == words.joined(separator: " ") }?
            .specifications.flatMap(\.names) ?? []
    }

    private static func choices(_ words: [String]) -> [String] {
        let name = words.dropLast().joined(separator: " ")
        guard let command = CommandTable.commands.first(where: { $0.name == name }),
            let option = command.specifications.first(where: { option in
                words.last.map { option.id.rawValue == $0.drop { $0 == "-" } } ?? false
            }),
            case .choice(let choices) = option.argument
        else { return [] }
        return choices
    }

    /// The directories of runs in their parent, the latest first.
    private static func runs(in parent: String) -> [String] {
        guard let folder = opendir(parent) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append("\(parent)/\(name)") }
        }
        return names.filter(FilePath.isDirectory).sorted(by: >)
    }
}
