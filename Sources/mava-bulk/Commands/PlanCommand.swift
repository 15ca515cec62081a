import MavaBulk

/// `mava-bulk plan`: what would change and what it costs; sends no update.
enum PlanCommand {
    static func run(_ arguments: ParsedArguments, _ talk: Talk) async throws -> ExitCode {
        var options = try PlanArguments.options(arguments)
        let connection = try connection(arguments, talk)
        if let connection { options.take(connection.mava) }
        options.output = arguments[.output]
        let planner = Planner(options: options, client: connection?.mava.reader)
        let plan = try await planner.plan(
            try PlanArguments.input(arguments), now: CurrentProcess.secondsSince1970)
        try PlanPreview.print(plan, arguments, talk)
        if let path = plan.path { talk.say("saved plan \(plan.header.id.prefix(8)) to \(path)") }
        return arguments.has(.detailedExitCode) && plan.hasChanges ? .changes : .success
    }

    /// A plan from a snapshot, or from nothing, can be made without a key; names cannot be looked up then.
    private static func connection(
        _ arguments: ParsedArguments, _ talk: Talk
    ) throws -> CommandConnection? {
        do {
            return try CommandConnection(arguments)
        } catch let failure as CommandFailure where failure.code == .key {
            let needsNone = arguments[.snapshot] != nil || arguments.has(.noRead)
            guard needsNone, arguments[.apiKeyFile] == nil else { throw failure }
            return nil
        }
    }
}
