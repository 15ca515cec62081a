internal import BulkSystem

extension BulkRun {
    /// Plans rows of a run again that did not succeed, asks for approval, carries the plan out and reports.
    ///
    /// The new run has all rows of the first run's input, with the same numbers. Those that are not tried again are
    /// excluded, and keep the outcome that they had. It is a run like any other: it can be resumed, and retried.
    /// The conditions by which the runs chose rows leave out rows again, unless ``planning`` has conditions.
    ///
    ///     let history = RunHistory()
    ///     let chain = try history.chain(of: history.run("last"))
    ///     let end = try await run.retry(chain) { plan in plan.isClean }
    ///
    /// - Parameters:
    ///   - chain: The run with its earlier retries.
    ///   - selection: Which of its rows are tried again.
    ///   - approve: Looks at the plan before anything is sent; `false` ends the run.
    /// - Returns: How it ended; a plan that was declined has no ``Plan/path``, because it was not kept.
    /// - Throws: A ``PlanError`` with the code `inputEmpty` when there is nothing to try again, and with
    ///   `otherServer` when the runs changed tickets of another API; a ``RunDirectoryError`` when the newest run is
    ///   not at its end; and as ``apply(_:approve:)-(_,(Plan)->Bool)``.
    public func retry(
        _ chain: RunChain, _ selection: RetrySelection = RetrySelection(),
        approve: (Plan) async throws -> Bool
    ) async throws -> RunEnd<Plan> {
        try await retry(chain, selection) { plan, _ in try await approve(plan) }
    }

    /// As ``retry(_:_:approve:)-(_,_,(Plan)->Bool)``, with what is still valid of a plan from a snapshot.
    ///
    /// - Parameters:
    ///   - chain: The run with its earlier retries.
    ///   - selection: Which of its rows are tried again.
    ///   - approve: Looks at the plan and, when it was made from a snapshot, at the part that is still valid;
    ///     `false` ends the run.
    /// - Returns: How it ended; a plan that was declined has no ``Plan/path``, because it was not kept.
    /// - Throws: As ``retry(_:_:approve:)-(_,_,(Plan)->Bool)``.
    public func retry(
        _ chain: RunChain, _ selection: RetrySelection = RetrySelection(),
        approve: (Plan, PlanRevalidation?) async throws -> Bool
    ) async throws -> RunEnd<Plan> {
        try await observed {
            let (run, input) = try await prepared(chain, selection)
            return try await run.carryOut(input, approve: approve)
        }
    }

    /// Plans rows of a run again that did not succeed, and sends nothing.
    ///
    /// The plan is saved where ``planning`` says; applying that file tries the rows again.
    ///
    /// - Parameters:
    ///   - chain: The run with its earlier retries.
    ///   - selection: Which of its rows are tried again.
    /// - Returns: The plan.
    /// - Throws: As ``retry(_:_:approve:)-(_,_,(Plan)->Bool)``.
    @concurrent
    public func planRetry(
        _ chain: RunChain, _ selection: RetrySelection = RetrySelection()
    ) async throws -> Plan {
        try await observed {
            let (run, input) = try await prepared(chain, selection)
            return try await run.proposed(input)
        }
    }

    @concurrent
    private func prepared(
        _ chain: RunChain, _ selection: RetrySelection
    ) async throws -> (BulkRun, PlanInput) {
        let retry = try RetryInput(chain, selection)
        try SavedPlan.check(retry.header, path: chain.newest.name, for: connection)
        var run = self
        var agents: [Agent]?
        try await SavedPlan.requireOrganisation(
            retry.header, path: chain.newest.name, for: connection, &agents)
        run.planning.organisation = agents.flatMap { OrganisationFingerprint($0) }
        retry.shape(&run.planning)
        return (run, retry.input)
    }
}
