internal import BulkFiles

/// The whole story: a file becomes a plan, the plan becomes requests, and every row gets its outcome.
///
///     let connection = try MavaConnection(key: key)
///     let run = BulkRun(connection)
///     let result = try await run.apply(PlanInput(path: "handover.csv")) { plan in
///         plan.header.counts.invalid == 0
///     }
///     print(result?.counts[.updated] ?? 0)
public struct BulkRun: Sendable {
    /// How plans are made; where a plan is saved is the run's own matter.
    public var planning = PlanOptions()
    /// The bounds of the execution.
    public var execution = ExecutionOptions()
    /// The run's directory; `nil` for `mava-bulk-runs/<UTC time>-<8 digits of the plan's id>/`.
    public var directory: String?
    /// How others end the run.
    public var control = RunControl()
    /// Who is told of the run's stations.
    public var observer: any RunObserver = NoObserver()

    private let connection: MavaConnection

    /// Makes a run that has not begun.
    ///
    /// - Parameter connection: What it talks to Mava with.
    public init(_ connection: MavaConnection) {
        self.connection = connection
        planning.take(connection)
    }

    /// Plans an input, asks for approval, carries the plan out and reports.
    ///
    /// - Parameters:
    ///   - input: The rows.
    ///   - approve: Looks at the plan before anything is sent; `false` ends the run.
    /// - Returns: How it ended; `nil` when the plan was not approved, and nothing was sent then.
    /// - Throws: What planning throws when there is no plan; a ``RunDirectoryError``; a `FileError` or a
    ///   ``ReportError`` when the run's files cannot be written.
    public func apply(
        _ input: PlanInput, approve: (Plan) async throws -> Bool
    ) async throws -> RunResult? {
        let draft = try DraftPlan(beside: directory)
        var options = planning
        options.output = draft.path
        let observer = observer
        let planner = Planner(options: options, client: connection.reader) {
            observer.planning($0)
        }
        let plan = try await planner.plan(input, now: Self.secondsSince1970)
        guard try await approve(plan) else { return nil }
        let directory = try RunDirectory.create(
            at: directory, planID: plan.header.id,
            startedAt: SystemTime.millisecondsSince1970())
        try draft.move(to: directory.plan)
        return try await carryOut(in: directory)
    }

    /// Goes on with a run that was interrupted, killed, or stopped early.
    ///
    /// Rows that have their outcome are left alone; a row that was sent and never answered is sent again.
    ///
    /// - Parameter path: The run's directory.
    /// - Returns: How it ended.
    /// - Throws: A ``PlanError``, ``JournalError`` or ``RunDirectoryError`` when there is nothing that can
    ///   be gone on with; a `FileError` or a ``ReportError`` when the run's files cannot be written.
    public func resume(_ path: String) async throws -> RunResult {
        try await carryOut(in: try RunDirectory.open(path))
    }

    private func carryOut(in directory: RunDirectory) async throws -> RunResult {
        let source = try PlanFileSource(path: directory.plan)
        let header = source.header
        let (journal, earlier) = try journal(of: header, in: directory)
        let executor = Executor(
            writer: connection.writer, gate: connection.gate, quota: connection.quota,
            clock: connection.clock, options: execution)
        observer.began(in: directory.path) { executor.progress }
        let summary = await executor.run(
            source, journal: journal, earlier: earlier, total: header.requests,
            control: control)
        observer.ended()
        return try report(summary, header, in: directory)
    }

    /// Opens the run's journal, or makes it where the run has not begun to send.
    private func journal(
        of header: PlanHeader, in directory: RunDirectory
    ) throws -> (JournalWriter, JournalIndex?) {
        guard FilePath.exists(directory.journal) else {
            let new = try JournalWriter.create(
                directory.journal,
                JournalHeader(
                    planID: header.id, tool: "mava-bulk \(ToolVersion.current)",
                    startedAt: SystemTime.millisecondsSince1970()))
            return (new, nil)
        }
        let earlier = try JournalIndex.read(directory.journal)
        try earlier.requirePlan(header.id, path: directory.journal)
        let writer = try JournalWriter.open(directory.journal, keeping: earlier.wholeLength)
        return (writer, earlier)
    }

    private func report(
        _ summary: RunSummary, _ header: PlanHeader, in directory: RunDirectory
    ) throws -> RunResult {
        let journal = try JournalIndex.read(directory.journal)
        let counts = try RunReport.write(
            PlanReader(path: directory.plan), journal: journal, to: directory)
        let exitCode = summary.reason.exitCode(hasTroubledRows: counts.hasTroubledRows)
        let file = SummaryFile(
            header: header, counts: counts, run: summary, journal: journal,
            reads: header.price.reads, exitCode: exitCode)
        try file.write(to: directory.summary)
        return RunResult(
            directory: directory.path, report: directory.report, failedRows: directory.failed,
            header: header, summary: summary, counts: counts, exitCode: exitCode,
            json: try file.text())
    }

    private static var secondsSince1970: Int {
        Int(SystemTime.millisecondsSince1970() / 1000)
    }
}
