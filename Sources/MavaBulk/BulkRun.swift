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
    /// The control with which other tasks end the run.
    public var control = RunControl()
    /// What observes the run.
    public var observer: any RunObserver = NoObserver()

    /// The exit code of the program that makes the run, for summary.json; `nil` to write none.
    package var exitCode: (@Sendable (StopReason, OutcomeCounts) -> Int32)?
    /// What the program that makes the run adds to report.html.
    package var guidance = RunPageGuidance()
    /// Counts what is read of the run's plan; `nil` for no count.
    package var planReads: PlanReads?
    /// The time of day, in milliseconds since 1970.
    package var timeOfDay: @Sendable () -> Int64 = { SystemTime.millisecondsSince1970() }

    let connection: MavaConnection

    /// Makes a run that has not begun.
    ///
    /// - Parameter connection: The connection to Mava.
    public init(_ connection: MavaConnection) {
        self.connection = connection
        planning.configure(for: connection)
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
        defer { observer.finished() }
        guard approvals == nil else {
            throw ApprovalError(
                code: .missing,
                message:
                    "only a saved plan can have approvals: save it, have it approved, then apply it"
            )
        }
        let draft = try draft()
        var options = planning
        options.guards = try guards()
        options.output = draft.path
        let observer = observer
        let planner = Planner(options: options, client: connection.reader) {
            observer.planning($0)
        }
        var plan = try await planner.plan(input, now: Self.secondsSince1970)
        // From here on the file stays open: what was approved is what is sent.
        let file = try PlanFile(
            path: draft.path, expecting: plan.header.id, isOurs: true, reads: planReads)
        var revalidation: PlanRevalidation?
        var waivers: [PlanHeader.Waiver] = []
        if plan.header.source == .snapshot {
            // A ticket that differs from the snapshot may be one that guards keep.
            let revalidator = revalidator(guards: options.guards)
            revalidation = try await self.revalidation(of: file, journal: nil, revalidator)
            waivers = revalidation?.waivers ?? []
            plan.summary.add(waivers: waivers, notes: [])
        }
        addRecentRuns(to: &plan.summary, file)
        guard try await approve(plan, revalidation) else {
            return .declined(Plan(summary: plan.summary, path: nil))
        }
        let directory = try begin(file, draft, RunGrants(waivers: waivers))
        return .ran(
            try await carryOut(
                file, in: directory, revalidation: revalidation,
                grants: RunGrants(waivers: waivers)))
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
        defer { observer.finished() }
        let guards = try guards()
        let draft = try draft()
        // From here on the copy stays open: what was approved is what is sent.
        let file = try PlanFile(
            copying: path, to: draft.path, expecting: expectedID, reads: planReads)
        var summary: PlanSummary
        let revalidation: PlanRevalidation?
        var waivers: [PlanHeader.Waiver]
        do {
            try SavedPlan.check(file.header, path: path, for: connection)
            // A plan without its approvals costs no request.
            let proof = try approvals?.check(file.header, path: path, now: timeOfDay())
            waivers = try guards.check(
                counts: file.header.counts, requests: file.header.requests,
                ticketsRead: file.header.ticketsRead, source: file.header.source)
            var agents: [Agent]?
            try await SavedPlan.requireOrganisation(
                file.header, path: path, for: connection, &agents)
            var revalidator = revalidator(guards: guards)
            if revalidator.agents == nil { revalidator.agents = agents }
            if isToBeRevalidated(file.header) {
                let compared: PlanRevalidation
                (summary, compared) = try await revalidator.summarizeAndRevalidate(file)
                waivers += compared.waivers
                revalidation = compared
            } else {
                (summary, revalidation) = (try PlanSummary(reading: PlanReader(file)), nil)
                waivers += try await revalidator.checkUnread(file)
            }
            summary.add(
                waivers: waivers,
                notes: guards.lastRunsNotes(requests: file.header.requests)
                    + guards.unusedWaivers(waivers))
            if let proof { summary.add(proof.tally) }
        } catch var error as PlanError where error.path == draft.path {
            // An error is about the named file, not about our copy of it.
            error.path = path
            throw error
        }
        addRecentRuns(to: &summary, file)
        let plan = Plan(summary: summary, path: draft.path)
        guard try await approve(plan, revalidation) else {
            return .declined(Plan(summary: plan.summary, path: nil))
        }
        // While the person was asked, approvals may have expired, and somebody may have declined the plan.
        let proof = try approvals?.check(file.header, path: path, now: timeOfDay())
        let key = connection.reader.key
        let cleaned = (proof?.tally.approvals ?? []).map { approval in
            var approval = approval
            approval.note = SecretText.removed(from: approval.note, key: key)
            return approval
        }
        let grants = RunGrants(waivers: waivers, approvals: cleaned)
        let directory = try begin(file, draft, grants, approvals: proof?.bytes)
        return .ran(
            try await carryOut(
                file, in: directory, revalidation: revalidation, grants: grants))
    }

    /// Resumes a run that was interrupted, killed, or stopped early.
    ///
    /// Rows that have an outcome are not touched. The tickets of the others are read again, because time has
    /// passed; a row that was sent and never answered is sent again where it took no effect.
    ///
    /// - Parameter path: The run's directory.
    /// - Returns: How it ended.
    /// - Throws: A ``PlanError``, ``JournalError`` or ``RunDirectoryError`` when there is nothing that can be
    ///   resumed, or when a later run undid this one or tried its rows again; a `FileError` or a ``ReportError``
    ///   when the run's files cannot be written.
    public func resume(_ path: String) async throws -> RunResult {
        defer { observer.finished() }
        if let later = try RunHistory(runsDirectory).laterRuns(than: path).first {
            throw RunDirectoryError(
                code: .followed, path: path,
                message:
                    "\(later.run.name) \(later.kind == .undo ? "undid" : "retried") this run since. Look at "
                    + "what is left, and approve it, to resume the run all the same.")
        }
        let (directory, file, revalidation, _, grants) = try await prepareToResume(path)
        return try await carryOut(
            file, in: directory, revalidation: revalidation, grants: grants)
    }

    /// Reads the tickets of an interrupted run again, asks for approval, and resumes it.
    ///
    /// - Parameters:
    ///   - path: The run's directory.
    ///   - approve: Looks at what is left before anything is sent; `false` leaves the run as it is.
    /// - Returns: How it ended.
    /// - Throws: As ``resume(_:)``.
    public func resume(
        _ path: String, approve: (ResumePreview) async throws -> Bool
    ) async throws -> RunEnd<ResumePreview> {
        defer { observer.finished() }
        let (directory, file, revalidation, journal, grants) = try await prepareToResume(path)
        let (done, changed) = try progress(of: file, revalidation, journal)
        let preview = ResumePreview(
            header: file.header, done: done,
            toSend: revalidation?.requests ?? file.header.requests - done,
            changed: changed, reopened: revalidation?.reopened ?? 0,
            hasJournal: journal != nil,
            missingRequests: try directory.requestsMissing(in: journal),
            laterRuns: try RunHistory(runsDirectory).laterRuns(than: path))
        guard try await approve(preview) else { return .declined(preview) }
        return .ran(
            try await carryOut(
                file, in: directory, revalidation: revalidation, grants: grants))
    }

    /// How many of a run's requests have their outcome, and how many are not sent because their tickets changed.
    private func progress(
        of plan: PlanFile, _ revalidation: PlanRevalidation?, _ journal: JournalIndex?
    ) throws -> (done: Int, changed: Int) {
        guard let journal else { return (0, revalidation?.dropped.count ?? 0) }
        guard let revalidation else {
            var done = 0
            var reader = try PlanReader(plan, for: .sending)
            while let entry = try reader.next() {
                if entry.sendsRequest, try journal.isFinished(entry.row) { done += 1 }
            }
            return (done, 0)
        }
        // A request that was sent and did what was asked is done.
        let changed = try revalidation.dropped.filter { row, disposition in
            try disposition != .unchanged || !journal.mayHaveTakenEffect(row)
        }.count
        return (plan.header.requests - revalidation.requests - changed, changed)
    }

    /// Opens an interrupted run and reads the tickets again of the rows that are not done.
    private func prepareToResume(
        _ path: String
    ) async throws -> (
        RunDirectory, PlanFile, PlanRevalidation?, JournalIndex?, RunGrants
    ) {
        let directory = try RunDirectory.open(path)
        let file = try PlanFile(path: directory.plan, isOurs: true, reads: planReads)
        let header = file.header
        try SavedPlan.check(header, path: directory.plan, for: connection)
        let settings = try RunSettings.read(from: path)
        if let settings, settings.plan != header.id {
            throw PlanError(
                code: .otherPlan,
                message:
                    "this is not the run's plan, which is \(settings.plan.prefix(8)): put it back, "
                    + "then resume", path: directory.plan)
        }
        let journal = try directory.readJournal()
        try journal?.requirePlan(header.id, path: directory.journal)
        var agents: [Agent]?
        try await SavedPlan.requireOrganisation(
            header, path: directory.plan, for: connection, &agents)
        // The guards and the approvals were checked when the run began.
        let revalidator = revalidator(guards: PlanGuards())
        let revalidation = try await revalidation(of: file, journal: journal, revalidator)
        let grants = RunGrants(
            waivers: settings?.waivers ?? [], approvals: settings?.approvals ?? [])
        return (directory, file, revalidation, journal, grants)
    }

    /// A place for the plan until it is approved; a directory that cannot be the run's is refused before
    /// anything is read for it.
    private func draft() throws -> DraftPlan {
        if let directory { try RunDirectory.requireUnused(directory) }
        return try DraftPlan(for: directory, below: runsDirectory)
    }

    /// Makes the run's directory and puts the plan into it.
    private func begin(
        _ plan: PlanFile, _ draft: DraftPlan, _ grants: RunGrants, approvals: [UInt8]? = nil
    ) throws -> RunDirectory {
        let id = plan.header.id
        guard try plan.isUnchanged() else {
            throw PlanError(
                code: .rowsChanged,
                message:
                    "somebody changed the plan after it was approved: nothing was sent; look at who may "
                    + "write to this folder, then plan again",
                path: FilePath.directory(of: draft.path))
        }
        let directory = try RunDirectory.create(
            at: directory, in: runsDirectory, planID: id,
            startedAt: SystemTime.millisecondsSince1970())
        var settings = RunSettings(self, plan.header)
        if !grants.waivers.isEmpty { settings.waivers = grants.waivers }
        if !grants.approvals.isEmpty { settings.approvals = grants.approvals }
        try settings.write(to: directory.settings)
        if let approvals {
            var buffer = OutputBuffer(capacity: approvals.count)
            approvals.withUnsafeBytes { buffer.append($0) }
            var copy = try AtomicFile(directory.approvals, followsLink: false)
            try copy.write(&buffer)
            try copy.commit()
        }
        try draft.move(to: directory.plan)
        // A resume reads the plan by its path, so the file there has to be the one that was approved.
        guard plan.isAt(directory.plan) else {
            try POSIXFileSystem().remove(directory.plan)
            throw PlanError(
                code: .otherPlan,
                message:
                    "somebody replaced the plan after it was approved: nothing was sent; look at who "
                    + "may write to this folder, then plan again", path: directory.path)
        }
        plan.moved(to: directory.plan)
        return directory
    }

    /// Reads the tickets whose values are in the plan again, unless all rows are done.
    private func revalidation(
        of plan: PlanFile, journal: JournalIndex?, _ revalidator: PlanRevalidator
    ) async throws -> PlanRevalidation? {
        guard isToBeRevalidated(plan.header) else { return nil }
        return try await revalidator.revalidate(plan) { row in
            try journal?.isFinished(row) ?? false
        }
    }

    /// Whether a plan holds values of tickets that can have changed since.
    private func isToBeRevalidated(_ header: PlanHeader) -> Bool {
        header.hasChanges && header.source != .none
    }

    private func revalidator(guards: PlanGuards) -> PlanRevalidator {
        let observer = observer
        var revalidator = PlanRevalidator(client: connection.reader, onConflict: onConflict) {
            observer.planning($0)
        }
        revalidator.guards = guards
        revalidator.agents = planning.agents
        revalidator.categories = planning.categories
        return revalidator
    }

    private static var secondsSince1970: Int {
        Int(SystemTime.millisecondsSince1970() / 1000)
    }
}
