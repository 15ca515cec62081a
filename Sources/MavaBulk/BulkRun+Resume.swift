internal import BulkSystem

extension BulkRun {
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
    @concurrent
    public func resume(_ path: String) async throws -> RunResult {
        try await observed {
            if let later = try RunHistory(runsDirectory).laterRuns(than: path).first {
                throw RunDirectoryError(
                    code: .followed, path: path,
                    message:
                        "\(later.run.name) \(later.kind == .undo ? "undid" : "retried") this run since. Look "
                        + "at what is left, and approve it, to resume the run all the same.")
            }
            return try await carryOut(try await prepareToResume(path))
        }
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
        try await observed {
            let (remainder, preview) = try await preview(path)
            guard try await approve(preview) else { return .declined(preview) }
            return .ran(try await carryOut(remainder))
        }
    }

    /// What is left of an interrupted run.
    private struct Remainder {
        let directory: RunDirectory
        let plan: PlanFile
        let revalidation: PlanRevalidation?
        let journal: JournalIndex?
        let grants: RunGrants
    }

    private func carryOut(_ remainder: Remainder) async throws -> RunResult {
        try await carryOut(
            remainder.plan, in: remainder.directory, revalidation: remainder.revalidation,
            grants: remainder.grants)
    }

    @concurrent
    private func preview(_ path: String) async throws -> (Remainder, ResumePreview) {
        let remainder = try await prepareToResume(path)
        let header = remainder.plan.header
        let (done, changed) = try progress(
            of: remainder.plan, remainder.revalidation, remainder.journal)
        let preview = ResumePreview(
            header: header, done: done, failed: try remainder.journal?.failedRows() ?? 0,
            toSend: remainder.revalidation?.requests ?? header.requests - done,
            changed: changed, reopened: remainder.revalidation?.reopened ?? 0,
            hasJournal: remainder.journal != nil,
            missingRequests: try remainder.directory.requestsMissing(in: remainder.journal),
            laterRuns: try RunHistory(runsDirectory).laterRuns(than: path))
        return (remainder, preview)
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
    private func prepareToResume(_ path: String) async throws -> Remainder {
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
        // There is nothing to go on with, and the run's report and summary are better than what could be written.
        let missing = try directory.requestsMissing(in: journal)
        if missing > 0, PastRun(readingFrom: path, isLockedHere: true)?.state == .finished {
            throw JournalError(incomplete: directory.journal, lacking: missing)
        }
        var agents: [Agent]?
        try await SavedPlan.requireOrganisation(
            header, path: directory.plan, for: connection, &agents)
        // The guards and the approvals were checked when the run began.
        let revalidator = revalidator(guards: PlanGuards())
        let revalidation = try await revalidation(of: file, journal: journal, revalidator)
        let grants = RunGrants(
            waivers: settings?.waivers ?? [], approvals: settings?.approvals ?? [])
        return Remainder(
            directory: directory, plan: file, revalidation: revalidation, journal: journal,
            grants: grants)
    }
}
