import BulkExecution
import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk retry`: plans rows of a run again that did not succeed.
enum RetryCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try FollowUp.check(arguments)
        let selection = try selection(arguments)
        let history = RunLookup(RunArguments.history(arguments))
        let asked = try history.run(arguments.operands[0])
        let chain = try history.chain(of: asked)
        if chain.newest.path != asked.path {
            console.say("rows of it were tried again since: this goes on from \(chain.newest.name)")
        }
        try chain.requireEnd(for: selection)
        let given = arguments
        var arguments = arguments
        var approvals: Int?
        if ![.pruned, .unreadable].contains(chain.newest.state) {
            let settings = try RunSettings.read(from: chain.newest.path)
            try settings?.complete(&arguments, in: chain.newest.path, console)
            approvals = settings?.requireApprovals
        }
        try completePlanning(&arguments, chain, console)
        let followUp = FollowUp(
            look: { _ = try RetryInput(chain, selection) },
            plan: { try await $0.planRetry(chain, selection) }, approvals: approvals,
            send: { run, approve in try await run.retry(chain, selection, approve: approve) })
        return try await followUp.run(
            try PlanArguments.options(arguments), given: given, arguments, console)
    }

    /// Fills in the guards of the chain's runs, and says where names were looked up before.
    ///
    /// A retry without the guards could change what they protected. Names are looked up in Mava's lists unless a
    /// file is given: rows fail because a file is out of date, too.
    private static func completePlanning(
        _ arguments: inout ParsedArguments, _ chain: RunChain, _ console: Console
    ) throws {
        let settings = try chain.runs.reversed().filter { $0.state != .unreadable }.compactMap {
            try RunSettings.read(from: $0.path)
        }
        // A run of a saved plan has no guards of its own, but those before it may.
        if let path = settings.lazy.compactMap(\.guards).first {
            if let given = arguments[.guards], !arguments.isDefault(.guards) {
                if FilePath.absolute(given) != path {
                    console.say("--guards \(given), where the run had \(path)")
                }
            } else {
                arguments.values[.guards] = path
                arguments.configured.origins[.guards] = nil
                console.say("checked with the run's guards: \(path)")
            }
        }
        if arguments[.lookups] == nil, let path = settings.lazy.compactMap(\.lookups).first {
            console.say(
                "the run looked names up in \(path), and this retry does in Mava's lists: add "
                    + "--lookups \(ShellWord.quoted(path)) to use the file again")
        }
    }

    private static func selection(_ arguments: ParsedArguments) throws -> RetrySelection {
        var selection = RetrySelection()
        let outcomes = words(arguments, .outcome)
        if !outcomes.isEmpty {
            let possible = RetrySelection.possibleOutcomes.map(\.rawValue)
            selection.outcomes = Set(
                try outcomes.map { word in
                    guard possible.contains(word), let outcome = Outcome(rawValue: word) else {
                        throw unknown(word, .outcome, among: possible)
                    }
                    return outcome
                })
        }
        let codes = words(arguments, .code)
        if !codes.isEmpty {
            let possible = RetrySelection.possibleCodes
            for word in codes where !possible.contains(word) {
                throw unknown(word, .code, among: possible)
            }
            selection.codes = Set(codes)
        }
        return selection
    }

    private static func words(_ arguments: ParsedArguments, _ option: OptionID) -> [String] {
        arguments.list(option).flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }

    private static func unknown(
        _ word: String, _ option: OptionID, among possible: [String]
    ) -> CommandFailure {
        let meant = closest(to: word, among: possible) { $0 }
        return .usage(
            "--\(option.rawValue) \(TerminalText.escaped(word)): "
                + (meant.map { "did you mean `\($0)`?" }
                    ?? "it takes \(possible.joined(separator: ", "))"))
    }
}
