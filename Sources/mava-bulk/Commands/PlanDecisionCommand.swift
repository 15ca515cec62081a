import BulkSystem
import MavaBulk

/// `mava-bulk plan approve` and `plan decline`: write a decision beside a saved plan.
enum PlanDecisionCommand {
    static func approve(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try write(.approve, lifetime: lifetime(arguments), arguments, console)
    }

    static func decline(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try write(.decline, lifetime: .zero, arguments, console)
    }

    private static func write(
        _ decision: PlanApproval.Decision, lifetime: Duration, _ arguments: ParsedArguments,
        _ console: Console
    ) throws -> ExitCode {
        let expected = try arguments.planID(.expectPlan)
        let written = try PlanCommand.opened(arguments.operands[0]) { path in
            try PlanDecision.write(
                decision, on: path, expecting: expected, lifetime: lifetime,
                note: arguments[.note] ?? "", signingWith: arguments[.sign])
        }
        if arguments.has(.json) {
            let line = String(decoding: written.approval.line, as: UTF8.self)
            try console.data(line + "\n", as: .json)
        }
        let end = written.approval.expires.map {
            " until \(CivilTime.iso8601(millisecondsSince1970: $0))"
        }
        console.say(
            "\(decision == .approve ? "approved" : "declined") plan \(written.plan.prefix(8))"
                + "\(end ?? "") as \(written.approval.who), "
                + "\(arguments.has(.sign) ? "signed" : "not signed"): \(written.path)")
        return .success
    }

    /// How long an approval counts.
    private static func lifetime(_ arguments: ParsedArguments) throws -> Duration {
        try arguments.duration(.expires, from: "1m", to: "366d", needsUnit: true)
            ?? .seconds(86_400)
    }
}
