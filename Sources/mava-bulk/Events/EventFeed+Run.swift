import BulkSystem
import MavaBulk
import Synchronization

// The events of a run. Members without a value are left out.

extension EventFeed {
    typealias Members = RunEvent.Members

    /// A plan is ready to be approved.
    ///
    /// - Parameters:
    ///   - header: The plan's header.
    ///   - summary: What changes; `nil` where only a part of the plan is left.
    ///   - requests: How many updates would be sent now.
    /// - Throws: A ``CommandFailure`` when a hook failed that is required; a `CancellationError` after a signal.
    func planned(_ header: PlanHeader, _ summary: PlanSummary?, requests: Int) throws {
        state.withLock { $0.notifier }?.planned(header, summary, requests: requests)
        let counts = header.counts
        var members: Members = [
            ("plan", .text(header.id)), ("input", .text(header.input.name)),
            ("rows", .number(counts.rows)), ("update", .number(counts.update)),
            ("unchanged", .number(counts.unchanged)), ("invalid", .number(counts.invalid)),
            ("conflict", .number(counts.conflict)), ("held", .number(counts.held)),
            ("excluded", .number(counts.excluded)), ("requests", .number(requests)),
        ]
        if let shard = header.shard {
            members.append(
                (
                    "shard",
                    .object([
                        ("index", .number(shard.index)), ("count", .number(shard.count)),
                        ("optionsSha256", .text(shard.optionsSHA256)),
                    ])
                ))
            members.append(("otherShards", .number(counts.otherShards)))
        }
        guard let problem = try addAndWait(RunEvent(.planned, members), as: .planned) else {
            return
        }
        throw CommandFailure(
            .hookFailed,
            "the hook for planned \(problem), and --require-hook is given: nothing was sent")
    }

    /// A run has its directory and is about to send.
    ///
    /// - Parameters:
    ///   - directory: The run's directory.
    ///   - options: What the command to go on with repeats.
    /// - Throws: A ``CommandFailure`` when a hook failed that is required; a `CancellationError` after a signal.
    func started(in directory: String, _ options: NextCommand.Options) throws {
        state.withLock { $0.directory = directory }
        let event = RunEvent(.started, [("directory", .text(directory))])
        guard let problem = try addAndWait(event, as: .started) else {
            let notifier = state.withLock { state in
                state.hasStarted = true
                return state.notifier
            }
            notifier?.started(in: directory)
            return
        }
        throw CommandFailure(
            .hookFailed,
            "the hook for started \(problem), and --require-hook is given: nothing was sent now; go on with: "
                + NextCommand.resume(directory, options))
    }

    /// The tickets of the canary were read again.
    func canary(_ report: CanaryReport) {
        let members: Members = [
            ("checked", .number(report.checked)), ("failed", .number(report.failed)),
            ("notFound", .number(report.notFound)),
            ("mismatches", .number(report.mismatches.count)), ("good", .flag(report.isGood)),
        ]
        let event = RunEvent(.canary, members)
        add(event)
        startHooks(of: event, as: .canary)
    }

    /// A row has its outcome.
    func row(_ outcome: RowOutcome) {
        var members: Members = [
            ("row", .number(outcome.row)), ("outcome", .text(outcome.outcome.rawValue)),
            ("attempts", .number(outcome.attempts)),
        ]
        if let status = outcome.httpStatus { members.append(("httpStatus", .number(status))) }
        if let code = outcome.issue?.code.rawValue ?? outcome.failure?.rawValue {
            members.append(("errorCode", .text(code)))
        }
        if let message = outcome.issue?.message ?? outcome.message {
            members.append(("message", .text(message)))
        }
        add(.row, members)
    }

    /// The run waits for something else than before; `none` when it goes on.
    func wait(_ reason: WaitReason, remaining: Duration?) { add(Self.waiting(reason, remaining)) }

    /// What the run waits for at this moment; called several times a second.
    ///
    /// - Parameters:
    ///   - reason: What it waits for.
    ///   - remaining: How long it still will; `nil` where that is not known.
    ///   - place: How far it is.
    func waits(for reason: WaitReason, remaining: Duration?, at place: WaitWatch.Place) {
        let now = SystemTime.monotonic()
        let (change, notifier) = state.withLock { state in
            (state.waits.see(reason, at: place, at: now), state.notifier)
        }
        notifier?.waits(for: reason, at: place)
        if case .waits = change { startHooks(of: Self.waiting(reason, remaining), as: .waiting) }
    }

    private static func waiting(_ reason: WaitReason, _ remaining: Duration?) -> RunEvent {
        var members: Members = [("reason", .text(name(of: reason)))]
        switch reason {
        case .paused: members.append(("by", .text("server")))
        case .pausedByControl: members.append(("by", .text("control")))
        case .none, .answers, .quota, .others, .backOff, .outage, .localShortage, .window,
            .draining:
            break
        }
        if let remaining {
            let end =
                SystemTime.millisecondsSince1970()
                + Nanoseconds(remaining).quotient(by: .millisecond)
            members.append(("until", .text(CivilTime.iso8601(millisecondsSince1970: end))))
        }
        return RunEvent(.wait, members)
    }

    /// The name of a wait; a pause has one name, no matter who asked for it.
    static func name(of reason: WaitReason) -> String {
        reason == .pausedByControl ? "paused" : "\(reason)".snakeCase
    }

    /// The run obeys a command of its control file.
    func control(_ command: ControlCommand) {
        var members: Members = [("command", .text(command.name))]
        if case .quota(let quota) = command {
            let window = Nanoseconds(quota.window).quotient(by: .millisecond)
            members += [
                ("requests", .number(quota.share)), ("milliseconds", .number(Int(window))),
            ]
        }
        add(.control, members)
    }

    /// How far the run is.
    func progress(_ progress: RunProgress) {
        var members: Members = [
            ("done", .number(progress.done)), ("failed", .number(progress.failed)),
            ("requests", .number(progress.requests)), ("retries", .number(progress.retries)),
            ("inFlight", .number(progress.inFlight)),
        ]
        if let total = progress.total { members.insert(("total", .number(total)), at: 0) }
        if let left = progress.timeLeft {
            members.append(("secondsLeft", .number(Int(Nanoseconds(left).wholeSeconds))))
        }
        add(.progress, members)
    }

    /// A signal stops the command, or the run ended before its end.
    func stopped(_ reason: String) { add(.stopped, [("reason", .text(reason))]) }

    /// A run is over; what it did is in the last event.
    func finished(_ result: RunResult) {
        var members: Members = [
            ("reason", .text(result.summary.reason.name)),
            ("rows", .number(result.counts.rows)),
            (
                "outcomes",
                .object(Outcome.allCases.map { ($0.rawValue, .number(result.counts[$0])) })
            ),
            ("directory", .text(result.directory)), ("report", .text(result.report)),
        ]
        if let page = result.page { members.append(("page", .text(page))) }
        let kept = members
        state.withLock {
            $0.kept = kept
            $0.result = result
        }
    }
}

extension String {
    /// A name in camel case as codes are written: `localShortage` becomes `local_shortage`.
    var snakeCase: String {
        reduce(into: "") { text, character in
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
    }
}
