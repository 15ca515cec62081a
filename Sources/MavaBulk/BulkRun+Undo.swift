internal import BulkSystem

extension BulkRun {
    /// Plans to put back what runs changed, asks for approval, carries the plan out and reports.
    ///
    /// Tickets that no longer hold what the runs wrote are left as they are, and reported as conflicts. The new run is
    /// one like any other: it can be resumed, and undone.
    ///
    ///     let last = try RunHistory().run("last")
    ///     let end = try await run.undo([last]) { plan in plan.isClean }
    ///
    /// - Parameters:
    ///   - runs: The runs; several are undone together, the newest first.
    ///   - selection: Which of their changes are undone.
    ///   - approve: Looks at the plan before anything is sent; `false` ends the run.
    /// - Returns: How it ended; a plan that was declined has no ``Plan/path``, because it was not kept.
    /// - Throws: A ``PlanError`` with the code `inputEmpty` when there is nothing to undo, and with `otherServer`
    ///   when the runs changed tickets of another API; a ``RunDirectoryError`` when a run is not at its end; and as
    ///   ``apply(_:approve:)-(_,(Plan)->Bool)``.
    public func undo(
        _ runs: [PastRun], _ selection: UndoSelection = UndoSelection(),
        approve: (Plan) async throws -> Bool
    ) async throws -> RunEnd<Plan> {
        try await observed {
            let (run, input) = try await prepared(runs, selection)
            return try await run.carryOut(input) { plan, _ in try await approve(plan) }
        }
    }

    /// Plans to put back what runs changed, and sends nothing.
    ///
    /// The plan is saved where ``planning`` says; applying that file undoes the runs.
    ///
    /// - Parameters:
    ///   - runs: The runs.
    ///   - selection: Which of their changes are undone.
    /// - Returns: The plan.
    /// - Throws: As ``undo(_:_:approve:)``.
    @concurrent
    public func planUndo(
        _ runs: [PastRun], _ selection: UndoSelection = UndoSelection()
    ) async throws -> Plan {
        try await observed {
            let (run, input) = try await prepared(runs, selection)
            return try await run.proposed(input)
        }
    }

    @concurrent
    private func prepared(
        _ runs: [PastRun], _ selection: UndoSelection
    ) async throws -> (BulkRun, PlanInput) {
        let undo = try UndoInput(runs, selection)
        var run = self
        var agents: [Agent]?
        for (header, earlier) in zip(undo.headers, undo.lineage.runs) {
            try SavedPlan.check(header, path: earlier.name, for: connection)
            try await SavedPlan.requireOrganisation(
                header, path: earlier.name, for: connection, &agents)
        }
        run.planning.organisation = agents.flatMap { OrganisationFingerprint($0) }
        run.planning.follows = undo.lineage
        run.planning.notes += undo.notes
        return (run, undo.input)
    }
}
