import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk __complete`: the words that completion scripts offer, one a line.
///
/// Completion must never disturb a command line that is being written, so what is not known has no words.
enum CompleteCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) throws -> ExitCode {
        let rest = Array(arguments.operands.dropFirst())
        let words =
            switch arguments.operands[0] {
            case "options": options(of: rest)
            case "choices": choices(rest)
            case let kind:
                CompletionKind.DynamicKind(rawValue: kind).map { listed($0, rest, arguments) } ?? []
            }
        try console.data(words.map { $0 + "\n" }.joined())
        return .success
    }

    /// The words of a kind at this moment.
    ///
    /// - Parameters:
    ///   - kind: What is completed.
    ///   - line: The word that is being written, and the words before it, the command first; or nothing.
    ///   - arguments: The options of the completion itself.
    /// - Returns: The words that can come here; none of an operand's kind behind a command's last operand.
    private static func listed(
        _ kind: CompletionKind.DynamicKind, _ line: [String], _ arguments: ParsedArguments
    ) -> [String] {
        if !kind.isOfOptions,
            let (command, operands) = operands(of: line.dropFirst().filter { $0 != "=" })
        {
            guard operands.count < command.operandCount.upperBound else { return [] }
            if kind == .topics, let first = operands.first {
                guard operands.count == 1 else { return [] }
                return CommandTable.shown.map(\.name).filter { $0.hasPrefix(first + " ") }
                    .map { String($0.dropFirst(first.count + 1)) }
            }
        }
        switch kind {
        case .commands: return CommandTable.shown.map(\.name)
        case .topics:
            return CommandTable.shown.map(\.name).filter { line.isEmpty || !$0.contains(" ") }
                + HelpTopic.allCases.map(\.rawValue)
        case .codes: return CodeExplanation.codes
        case .schemas: return SchemaCommand.kinds
        case .shells: return CompletionsCommand.Shell.allCases.map(\.rawValue)
        case .profiles:
            return listed((try? Configuration())?.profileNames ?? [], line.first ?? "")
        case .columns: return listed(ExportColumn.allCases.map(\.rawValue), line.first ?? "")
        case .fields: return listed(CompletionKind.fields, line.first ?? "")
        case .agents: return ["unassigned"] + CompletionLookups.agents(line)
        case .categories: return CompletionLookups.categories(line)
        case .runs: return runs(in: runsDirectory, beginning: line.first ?? "")
        }
    }

    /// Names of a list; behind a comma, with the names before it, and without these.
    static func listed(_ names: [String], _ word: String) -> [String] {
        guard let comma = word.lastIndex(of: ",") else { return names }
        let before = word[...comma]
        let chosen = Set(before.split(separator: ",").map(String.init))
        return names.filter { !chosen.contains($0) }.map { before + $0 }
    }

    /// Where the runs are that a completion lists; a configuration that cannot be read has no say.
    private static var runsDirectory: String {
        guard let (command, _) = try? CommandTable.command(of: ["runs"]),
            var arguments = try? ParsedArguments(command: command, arguments: [])
        else { return RunHistory.defaultDirectory }
        try? arguments.configure()
        return RunArguments.history(arguments).directory
    }

    /// The command of a line and the operands that it has so far.
    private static func operands(
        of words: [String]
    ) -> (command: CommandSpecification, operands: [String])? {
        guard let first = words.first, !first.hasPrefix("-"),
            let (command, rest) = try? CommandTable.command(of: words)
        else { return nil }
        var operands: [String] = []
        var isValue = false
        for word in rest {
            if isValue {
                isValue = false
            } else if word.hasPrefix("-"), word != "-" {
                isValue = command.specifications.contains {
                    $0.names.contains(word) && $0.argument != .none
                }
            } else {
                operands.append(word)
            }
        }
        return (command, operands)
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

    /// Reading more runs than this for their labels would delay the prompt.
    private static let mostLabels = 500

    /// The names of runs, the latest first, `last`, and labels that one run alone has; the runs' paths where a
    /// path is begun.
    private static func runs(in parent: String, beginning: String) -> [String] {
        let isPath =
            !beginning.isEmpty
            && ("\(parent)/".hasPrefix(beginning) || beginning.hasPrefix("\(parent)/"))

        let names = MissingInput.names(in: parent)
            .filter { FilePath.isDirectory("\(parent)/\($0)") }.sorted(by: >)
        if isPath { return names.map { "\(parent)/\($0)" } }
        return names.isEmpty ? [] : ["last"] + names + labels(in: parent, of: names.count)
    }

    private static func labels(in parent: String, of count: Int) -> [String] {
        guard count <= mostLabels, let runs = try? RunHistory(parent).runs() else { return [] }
        let runsByLabel = Dictionary(grouping: runs.compactMap(\.label)) { $0 }
        return runsByLabel.filter { $0.value.count == 1 && RunArguments.isLabel($0.key) }.keys
            .sorted()
    }
}
