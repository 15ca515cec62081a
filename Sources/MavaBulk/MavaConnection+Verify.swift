extension MavaConnection {
    /// Reads the tickets of a run again, and compares them with what the run wrote.
    ///
    ///     let result = try await connection.verify(RunHistory().run("last"))
    ///     print(result.counts[.moved] ?? 0)
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - progress: Called after each page.
    /// - Returns: What still holds, and what does not.
    /// - Throws: A ``RunDirectoryError`` when a process works on the run or its files are not there; a ``PlanError`` with the code
    ///   `otherServer` or `otherOrganisation` when the run changed tickets of another API or of another organisation
    ///   than the key's; and what reading the files or the tickets throws.
    @concurrent
    public func verify(
        _ run: PastRun, progress: @Sendable (PlanProgress) -> Void = { _ in }
    ) async throws -> RunVerification {
        try await cancellable {
            try await RunVerification(
                run, client: reader,
                check: { header in
                    try SavedPlan.check(header, path: run.path, for: self)
                    var agents: [Agent]?
                    try await SavedPlan.requireOrganisation(
                        header, path: run.path, for: self, &agents)
                    return agents == nil ? 0 : 1
                }, progress: progress)
        }
    }
}
