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
    /// - Throws: A ``RunDirectoryError`` when the run's files are not there; a ``PlanError`` with the code
    ///   `otherServer` when the run changed tickets of another API; and what reading the files or the tickets throws.
    public func verify(
        _ run: PastRun, progress: @Sendable (PlanProgress) -> Void = { _ in }
    ) async throws -> RunVerification {
        try await RunVerification(
            run, client: reader,
            check: { try SavedPlan.check($0, path: run.path, for: self) }, progress: progress)
    }
}
