import MavaBulk

/// The command line that comes after the present one, ready to be copied.
enum NextCommand {
    /// Options that shape what `plan` prints and mean nothing to `apply`.
    private static let printing: Set<OptionID> = [
        .output, .force, .json, .markdown, .rows, .detailedExitCode, .color,
    ]
    /// Options that say where Mava is; all others that shape a plan are in the saved plan.
    private static let connection: Set<OptionID> = [
        .baseURL, .apiKeyFile, .caFile, .sandbox, .quota, .quotaShare, .timeout,
    ]

    /// How a plan is applied.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - arguments: The command line that made it.
    /// - Returns: The command; `nil` when there is nothing to apply, or when it is being applied.
    static func apply(_ plan: Plan, _ arguments: ParsedArguments) -> String? {
        guard plan.hasChanges, arguments.command.name == "plan" else { return nil }
        let saved = arguments[.output]
        let isSaved = saved != nil || SavedPlan.isPlan(arguments.operands[0])
        let ids = arguments.values.keys.filter { id in
            isSaved ? connection.contains(id) : !printing.contains(id)
        }
        let options = ids.sorted { $0.rawValue < $1.rawValue }.map { id in
            let value = arguments.values[id] ?? ""
            return value.isEmpty ? "--\(id.rawValue)" : "--\(id.rawValue) \(quoted(value))"
        }
        let file = quoted(saved ?? arguments.operands[0])
        return (["mava-bulk apply", file] + options).joined(separator: " ")
    }

    /// A word as a shell takes it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-_./:=@%+,".utf8.contains(byte)
        }
        if isPlain, !word.isEmpty { return word }
        let parts = word.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }
}
