internal import BulkSystem

/// A whole run: a file becomes a plan, the plan becomes requests, and every row gets its outcome.
///
///     let connection = try MavaConnection(key: key)
///     let run = BulkRun(connection)
///     let end = try await run.apply(PlanInput(path: "handover.csv")) { plan in
///         plan.header.counts.invalid == 0
///     }
///     if case .ran(let result) = end { print(result.counts[.updated]) }
public struct BulkRun: Sendable {
    /// How plans are made; the run itself decides where a plan is saved.
    public var planning = PlanOptions()
    /// The bounds of the execution.
    public var execution = ExecutionOptions()
    /// The run's directory; `nil` for `<UTC time>-<8 digits of the plan's id>/` below
    /// ``runsDirectory``.
    public var directory: String?
    /// The directory in which runs get theirs when ``directory`` is `nil`.
    public var runsDirectory = RunHistory.defaultDirectory
    /// What the run is called, so that it can be found by that name; `nil` for nothing.
    public var label: String?
    /// What happens to rows whose tickets changed since their plan was saved, or their run interrupted.
    public var onConflict = ConflictPolicy.skip
    /// The approvals that a saved plan needs; `nil` for none.
    ///
    /// They are checked before its tickets are read, and again after the last question. With a requirement, only
    /// saved plans can be applied.
    public var approvals: ApprovalRequirement?
    /// Whether to go on after a canary, whose tickets hold what was asked.
    public var goesOnAfterCanary: @Sendable (CanaryReport) async -> Bool = { $0.isGood }
    /// Where the connection came from, for the run's settings.
    public var origin = RunOrigin()
    /// The control with which other tasks end or pause the run.
    public var control = RunControl()
    /// What observes the run.
    public var observer: any RunObserver = NoObserver()

    /// Called with the run's directory, before the first request; an error ends the run, and it can be resumed.
    package var willSend: @Sendable (String) throws -> Void = { _ in }
    /// Where a plan is kept that is only looked at; `nil` for a place from which one rename puts it into its run.
    package var draftsDirectory: String?
    /// The exit code of the program that makes the run, for summary.json; `nil` to write none.
    package var exitCode: (@Sendable (StopReason, OutcomeCounts) -> Int32)?
    /// What the program that makes the run adds to report.html.
    package var guidance = RunPageGuidance()
    /// Counts what is read of the run's plan; `nil` for no count.
    package var planReads: PlanReads?
    /// The time of day, in milliseconds since 1970.
    package var timeOfDay: @Sendable () -> Int64 = { SystemTime.millisecondsSince1970() }

    package let connection: MavaConnection

    /// Makes a run that has not begun.
    ///
    /// - Parameter connection: The connection to Mava.
    public init(_ connection: MavaConnection) {
        self.connection = connection
        planning.configure(for: connection)
    }

    /// Plans an input, and sends nothing.
    ///
    /// The plan is saved where ``planning`` says; ``apply(savedPlan:expecting:approve:)`` carries out that file.
    ///
    /// - Parameter input: The rows.
    /// - Returns: The plan.
    /// - Throws: What planning throws when there is no plan.
    @concurrent
    public func plan(_ input: PlanInput) async throws -> Plan {
        try await observed { try await proposed(input) }
    }

    /// Plans an input, asks for approval, carries the plan out and reports.
    ///
    /// - Parameters:
    ///   - input: The rows.
    ///   - approve: Looks at the plan before anything is sent; `false` ends the run.
    /// - Returns: How it ended; a plan that was declined has no ``Plan/path``, because it was not kept.
    /// - Throws: What planning throws when there is no plan; a ``RunDirectoryError``; a `FileError` or a
    ///   ``ReportError`` when the run's files cannot be written.
    public func apply(
        _ input: PlanInput, approve: (Plan) async throws -> Bool
    ) async throws -> RunEnd<Plan> {
        try await apply(input) { plan, _ in try await approve(plan) }
    }

    /// Plans an input, asks for approval, carries the plan out and reports.
    ///
    /// A plan that was made from a snapshot is compared with the tickets as they are before anything is sent,
    /// as a saved plan is.
    ///
    /// - Parameters:
    ///   - input: The rows.
    ///   - approve: Looks at the plan before anything is sent, and, when it was made from a snapshot, at the
    ///     part that is still valid (else `nil`); `false` ends the run.
    /// - Returns: How it ended; a plan that was declined has no ``Plan/path``, because it was not kept.
    /// - Throws: As ``apply(_:approve:)-(_,(Plan)->Bool)``.
    public func apply(
        _ input: PlanInput, approve: (Plan, PlanRevalidation?) async throws -> Bool
    ) async throws -> RunEnd<Plan> {
        try await observed { try await carryOut(input, approve: approve) }
    }

    /// Plans an input, asks for approval, carries the plan out and reports.
    func carryOut(
        _ input: PlanInput, approve: (Plan, PlanRevalidation?) async throws -> Bool
    ) async throws -> RunEnd<Plan> {
        let proposal = try await propose(input)
        guard try await approve(proposal.plan, proposal.revalidation) else {
            return .declined(proposal.declinedPlan)
        }
        return .ran(try await carryOut(proposal))
    }

    /// Reads the tickets of a saved plan again, asks for approval, carries it out and reports.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - expectedID: The id that it has to have, or its first eight or more digits; `nil` for any.
    ///   - approve: Looks at the plan and at the part that is still valid (`nil` when its tickets are not to
    ///     be read), before anything is sent; `false` ends the run.
    /// - Returns: How it ended; a plan that was declined has no ``Plan/path``, because it was not kept.
    /// - Throws: A ``PlanError`` when it is not the plan that was made or asked for; an ``ApprovalError`` when
    ///   it lacks approvals that it needs; and what applying an input throws.
    public func apply(
        savedPlan path: String, expecting expectedID: String? = nil,
        approve: (Plan, PlanRevalidation?) async throws -> Bool
    ) async throws -> RunEnd<Plan> {
        try await observed {
            let proposal = try await propose(savedPlan: path, expecting: expectedID)
            guard try await approve(proposal.plan, proposal.revalidation) else {
                return .declined(proposal.declinedPlan)
            }
            return .ran(try await carryOut(proposal))
        }
    }

    /// Reads the tickets whose values are in the plan again, unless all rows are done.
    func revalidation(
        of plan: PlanFile, journal: JournalIndex?, _ revalidator: PlanRevalidator
    ) async throws -> PlanRevalidation? {
        guard isToBeRevalidated(plan.header) else { return nil }
        return try await revalidator.revalidate(plan) { row in
            try journal?.isFinished(row) ?? false
        }
    }

    /// Whether a plan holds values of tickets that can have changed since.
    func isToBeRevalidated(_ header: PlanHeader) -> Bool {
        header.hasChanges && header.source != .none
    }

    func revalidator(guards: PlanGuards) -> PlanRevalidator {
        let observer = observer
        var revalidator = PlanRevalidator(client: connection.reader, onConflict: onConflict) {
            observer.planning($0)
        }
        revalidator.guards = guards
        revalidator.agents = planning.agents
        revalidator.categories = planning.categories
        return revalidator
    }
}
