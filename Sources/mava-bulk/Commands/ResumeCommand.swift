import BulkExecution
import BulkHistory
import BulkSystem
import MavaBulk

/// `mava-bulk resume`: continues a run that has not finished.
enum ResumeCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        let directory = try RunArguments.directory(arguments)
        let isDry = arguments.has(.dryRun)
        // The messages do not suggest to resume a run that cannot be resumed.
        try RunDirectory.requireRun(directory)
        let given = arguments
        var arguments = arguments
        let settings = try RunSettings.read(from: directory)
        try settings?.complete(&arguments, in: directory, console)
        _ = try RunArguments.execution(arguments)
        try CommandConnection.requireUsable(arguments)
        try Confirmation.requireEnough(arguments)
        let history = RunArguments.history(arguments)
        if !isDry {
            try refuseFollowed(
                directory, try history.laterRuns(than: directory), arguments, console)
        }
        let isComplete = PastRun(readingFrom: directory)?.state == .finished
        let answer = NextCommand.answer(isProduction: arguments.configured.production != nil)
        guard isDry || isComplete || arguments.asksNothing || console.canAsk else {
            throw CommandFailure.usage(
                "\(console.reasonNotToAsk): resume with --\(answer.id.rawValue): "
                    + NextCommand.resume(
                        directory,
                        [answer] + NextCommand.repeated(by: given, asksNothing: false)))
        }
        try console.begin(arguments)
        let connection = try CommandConnection(arguments, console)
        var run = BulkRun(connection.mava)
        run.runsDirectory = history.directory
        let repeated = NextCommand.repeated(
            by: given, isProduction: arguments.configured.production != nil)
        try run.configure(by: arguments, repeating: repeated, console)
        let session = CommandSession(
            console, connection.mava, drain: run.execution.drain, options: repeated,
            resumed: directory)
        let completed = arguments
        let end = try await session.watch(run) { run in
            try await run.resume(directory) { preview in
                session.prepared()
                try console.events?.planned(preview.header, nil, requests: preview.toSend)
                return try approves(preview, completed, console)
            }
        }
        if isDry {
            connection.warnOfLostLedger(console)
            console.say("dry run: nothing was sent")
            return .success
        }
        guard case .ran(let result) = end else {
            throw CommandFailure(.refused, "not approved: nothing was sent")
        }
        return try RunAccount.tell(result, connection, arguments, repeating: repeated, console)
    }

    /// Refuses to resume a run that a later one undid or tried again, where no person can decide.
    ///
    /// What the later run did is not known from this run's files: rows that it undid would be written again, and a
    /// row that it updated would count as updated by both runs, so that neither could be undone with the other.
    private static func refuseFollowed(
        _ directory: String, _ later: [LaterRun], _ arguments: ParsedArguments, _ console: Console
    ) throws {
        guard !later.isEmpty, !arguments.has(.force), arguments.asksNothing || !console.canAsk
        else {
            return
        }
        for later in later { console.insist(warning: text(later)) }
        throw CommandFailure(
            .refused,
            "a later run went back to this one, so nothing was sent: look at what is left "
                + "(\(NextCommand.resume(directory)) --dry-run), or add --force to "
                + "resume it all the same")
    }

    private static func object(_ later: LaterRun) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [
            ("name", .text(later.run.name)), ("kind", .text(later.kind.rawValue)),
        ]
        if let time = later.run.startedAt { members.append(("startedAt", .text(time))) }
        return .object(members)
    }

    private static func text(_ later: LaterRun) -> String {
        let age = RunListText.age(later.run, now: CurrentProcess.now.secondsSince1970)
        let what = later.kind == .undo ? "undid this run" : "tried rows of this run again"
        return "\(later.run.name)\(age.isEmpty ? "" : " (\(age))") \(what)"
    }

    /// Shows what is left, and asks where anything is.
    private static func approves(
        _ preview: ResumePreview, _ arguments: ParsedArguments, _ console: Console
    ) throws -> Bool {
        if !preview.hasJournal {
            console.insist(
                "nothing was sent yet: the run has no journal (if there was one, put journal.jsonl back first)"
            )
        } else if preview.missingRequests > 0 {
            console.warn(
                "the journal lacks \(Words.counted(preview.missingRequests, "request")) that summary.json "
                    + "counts: rows that were updated by them show as unchanged; put the run's last "
                    + "journal.jsonl back if there is one")
        }
        for later in preview.laterRuns { console.insist(warning: text(later)) }
        Confirmation.warnOfProduction(arguments, console)
        let changed =
            preview.changed == 0 ? "" : ", \(Words.number(preview.changed)) changed meanwhile"
        let failed = preview.failed == 0 ? "" : " (\(Words.number(preview.failed)) failed)"
        let left =
            "\(Words.number(preview.done)) of \(Words.counted(preview.total, "update")) done\(failed), "
            + "\(Words.number(preview.toSend)) to send\(changed)"
        if arguments.has(.dryRun) {
            if arguments.has(.json) {
                let object = JSONValue.object([
                    ("format", .text("mava-bulk-resume")), ("version", .number(1)),
                    ("updates", .number(preview.total)), ("done", .number(preview.done)),
                    ("failed", .number(preview.failed)),
                    ("toSend", .number(preview.toSend)), ("changed", .number(preview.changed)),
                    ("laterRuns", .list(preview.laterRuns.map(object))),
                ])
                try console.data(object.line + "\n", as: .json)
            } else {
                try console.data(left + "\n")
            }
            try Confirmation(updates: preview.toSend, question: "").requireNumber(arguments)
            return false
        }
        let isFollowed = !preview.laterRuns.isEmpty && !arguments.has(.force)
        let asks = (preview.toSend > 0 || isFollowed) && !arguments.asksNothing
        if asks { console.insist(left) } else { console.say(left) }
        guard asks || arguments.has(.confirm) else { return true }
        let question =
            preview.toSend == 0
            ? "Resume this run" : "Send \(Words.counted(preview.toSend, "update"))"
        return try Confirmation(
            updates: preview.toSend, reopened: preview.reopened, question: question,
            suffix: isFollowed ? " all the same" : ""
        ).isGiven(arguments, console)
    }
}

extension BulkRun {
    /// Applies the execution options of a command line.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - repeating: What a command to resume repeats; `nil` for what the command line says.
    ///   - console: Where a canary's result is told.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    mutating func configure(
        by arguments: ParsedArguments, repeating: NextCommand.Options? = nil, _ console: Console
    ) throws {
        origin = CommandConnection.origin(arguments)
        let accepted = try AcceptedFailures(arguments)
        origin.acceptFailures = accepted.map { "\($0)" }
        exitCode = { ExitCode($0, $1, accepting: accepted).rawValue }
        let options = repeating ?? NextCommand.repeated(by: arguments)
        let runs = arguments.givenRunsDirectory
        guidance.nextCommands = { NextCommand.after($0, options, in: runs) }
        guidance.remedy = CodeExplanation.remedy
        execution = try RunArguments.execution(arguments)
        if let policy = arguments[.onConflict].flatMap(ConflictPolicy.init) { onConflict = policy }
        let isYes = arguments.asksNothing
        goesOnAfterCanary = { report in
            console.events?.canary(report)
            console.say(
                "canary: \(Words.tickets(report.checked)) read again, \(report.mismatches.count) not as asked, "
                    + "\(report.notFound) not found, \(report.failed) failed")
            for mismatch in report.mismatches.prefix(10) { console.warn(mismatch) }
            guard report.isGood else { return false }
            return isYes || (console.canAsk && console.asks("Go on with the rest?"))
        }
    }
}
