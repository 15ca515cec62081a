import BulkExecution
import BulkPlanning
import BulkSystem
import MavaBulk

/// The document of an `undo` or a `retry` that has nothing to do, in the form of one that has.
///
/// It is what `apply --allow-empty --json` prints for an input without rows. There is no run's directory.
enum EmptyFollowUp {
    /// Prints the document.
    ///
    /// - Parameters:
    ///   - reason: Why there is nothing to do.
    ///   - connection: The connection that the plan would have been for.
    ///   - arguments: The command line.
    ///   - console: Where it is printed.
    /// - Throws: What planning and printing throw.
    static func print(
        because reason: String, _ connection: CommandConnection, _ arguments: ParsedArguments,
        _ console: Console
    ) async throws {
        let plan = try await plan(connection, arguments)
        if FollowUp.sendsNothing(arguments) {
            return try PlanPreview.print(plan, arguments, console)
        }
        try console.data(summary(plan, reason).lines, as: .json)
    }

    /// A plan without rows; no request is needed for it.
    private static func plan(
        _ connection: CommandConnection, _ arguments: ParsedArguments
    ) async throws -> Plan {
        var options = PlanOptions()
        options.allowsEmpty = true
        options.configure(for: connection.mava)
        let rows = GeneratedRows(
            try ScratchFile(in: CurrentProcess.temporaryDirectory), size: 0)
        let runs = arguments.operands.joined(separator: ", ")
        let input = PlanInput(name: "\(arguments.command.name) of \(runs)", rows: rows)
        return try await Planner(options: options, client: connection.mava.reader)
            .plan(input, now: CurrentProcess.now)
    }

    private static func summary(_ plan: Plan, _ reason: String) -> JSONValue {
        let now = CivilTime.iso8601(millisecondsSince1970: SystemTime.millisecondsSince1970())
        let header = plan.header
        var members: [(name: String, value: JSONValue)] = [
            ("format", .text("mava-bulk-summary")), ("version", .number(1)),
            ("tool", .text(header.tool)), ("plan", .text(header.id)),
            ("input", .text(header.input.name)), ("inputSha256", .text(header.input.sha256)),
        ]
        if let baseURL = header.baseURL { members.append(("baseURL", .text(baseURL))) }
        members += [
            ("reason", .text(StopReason.finished.name)), ("message", .text(reason)),
            ("rows", .number(0)),
            ("outcomes", .object(Outcome.allCases.map { ($0.rawValue, .number(0)) })),
        ]
        members += ["updatesSent", "reads", "retries", "pauses"].map { ($0, .number(0)) }
        members += [
            ("startedAt", .text(now)), ("finishedAt", .text(now)), ("durationMs", .number(0)),
            ("exitCode", .number(Int(ExitCode.success.rawValue))),
        ]
        return .object(members)
    }
}
