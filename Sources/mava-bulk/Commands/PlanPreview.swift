import MavaBulk

/// Prints a plan in the form that the command line asks for.
enum PlanPreview {
    static func print(_ plan: Plan, _ arguments: ParsedArguments, _ talk: Talk) throws {
        let size = talk.terminalSize
        try talk.data(
            plan.summary.text(
                PlanSummary.TextLayout(
                    width: size.columns, height: size.lines,
                    nextCommand: NextCommand.apply(plan, arguments),
                    now: CurrentProcess.secondsSince1970)))
    }
}

/// The command line that comes after the present one, ready to be copied.
enum NextCommand {
    /// Options that shape what `plan` prints and mean nothing to `apply`.
    private static let printing: Set<OptionID> = [
        .output, .json, .markdown, .rows, .detailedExitCode, .color,
    ]

    /// How a plan is applied; `nil` when there is nothing to apply.
    static func apply(_ plan: Plan, _ arguments: ParsedArguments) -> String? {
        guard plan.hasChanges, arguments.command.name == "plan" else { return nil }
        var ids = arguments.values.keys.filter { !printing.contains($0) }
        if plan.path != nil {
            // What shaped the plan is in the plan.
            let connection: Set<OptionID> = [
                .baseURL, .apiKeyFile, .caFile, .sandbox, .quota, .quotaShare, .timeout,
            ]
            ids = ids.filter(connection.contains)
        }
        let options = ids.sorted { $0.rawValue < $1.rawValue }.map { id in
            let value = arguments.values[id] ?? ""
            return value.isEmpty ? "--\(id.rawValue)" : "--\(id.rawValue) \(quoted(value))"
        }
        let file = quoted(plan.path ?? arguments.operands[0])
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
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}
