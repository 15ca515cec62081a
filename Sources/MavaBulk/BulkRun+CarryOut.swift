internal import BulkSystem

extension BulkRun {
    /// Executes what is left of the plan in a directory, settles what is unknown, and reports.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - directory: The run's directory.
    ///   - revalidation: The decisions after the second reading; `nil` when the whole plan is still valid.
    ///   - grants: What the run needed to begin.
    /// - Returns: How the run ended.
    /// - Throws: A `FileError` or a ``ReportError`` when the run's files cannot be written; what ``willSend``
    ///   throws.
    @concurrent
    func carryOut(
        _ plan: PlanFile, in directory: RunDirectory, revalidation: PlanRevalidation?,
        grants: RunGrants
    ) async throws -> RunResult {
        var run = self
        // What ends or pauses this run does not end or pause the others that have the same control.
        run.control = RunControl(obeying: control)
        return try await run.carryOutAlone(
            plan, in: directory, revalidation: revalidation, grants: grants)
    }

    private func carryOutAlone(
        _ plan: PlanFile, in directory: RunDirectory, revalidation: PlanRevalidation?,
        grants: RunGrants
    ) async throws -> RunResult {
        try willSend(directory.path)
        var reserve: DescriptorReserve? = DescriptorReserve(12, leaving: 12)
        let (sent, journal) = try await obeyingControlFile(of: directory) {
            try await send(plan, in: directory, revalidation: revalidation)
        }
        withExtendedLifetime(reserve) {}
        // The following steps need their own files, however many connections are open.
        reserve = nil
        let (index, interruption) = try await settled(sent.reason, plan, journal, in: directory)
        var summary = sent
        summary.reason = interruption ?? sent.reason
        return try report(summary, plan, index, grants, in: directory)
    }

    /// Runs `body`, and obeys the run's control file meanwhile.
    private func obeyingControlFile<R: Sendable>(
        of directory: RunDirectory, _ body: () async throws -> R
    ) async throws -> R {
        let (observer, control, connection) = (observer, control, connection)
        var watch = ControlWatch(
            directory.control, control: control, gate: connection.gate, quota: connection.quota,
            clock: connection.clock
        ) { observer.controlFile($0, at: directory.control.path) }
        // A pause that was there before holds for the first update, too.
        watch.look()
        let started = watch
        defer { connection.gate.limit(to: nil, for: control) }
        async let _ = TaskThread.run {
            var watch = started
            await watch.run()
        }
        return try await body()
    }

    /// Sends what is left of the plan.
    private func send(
        _ plan: PlanFile, in directory: RunDirectory, revalidation: PlanRevalidation?
    ) async throws -> (RunSummary, JournalWriter) {
        let source = RevalidatedSource(plan, revalidation)
        var (journal, earlier) = try openJournal(of: source.header, in: directory)
        let observer = observer
        journal.setOutcomeHandler { observer.row($0) }
        // Revised rows that are not the run's own are refused before anything is sent.
        _ = try RevisedRows(
            directory.revised, planID: source.header.id, binding: earlier?.revised ?? .nothing)
        if let revalidation, revalidation.changedRows > 0 || FilePath.exists(directory.revised) {
            try await record(plan, revalidation, journal, earlier, in: directory)
            earlier = try journal.index()
        }
        var summary = await execute(source, journal, earlier, execution, in: directory)
        if summary.reason == .canary {
            let index = try journal.index()
            if index.damage != nil {
                summary.reason = .journalFailure
                return (summary, journal)
            }
            let check: CanaryCheck?
            do {
                check = try await unlessInterrupted {
                    try await CanaryCheck.run(
                        RevalidatedSource(plan, revalidation), index: index, earlier: earlier,
                        reading: TicketLookup(client: connection.reader))
                }
            } catch let error as PlanError where error.code == .rowsChanged {
                summary.reason = .planUnreadable
                summary.message = "\(error)"
                return (summary, journal)
            } catch let error as ClientError where !Task.isCancelled {
                // The canary's rows were sent, so the run ends with a report.
                if error.isKeyRejected { summary.reason = .keyRejected }
                summary.message =
                    error.isKeyRejected ? "\(error)" : "they could not be read again: \(error)"
                return (summary, journal)
            }
            for mismatch in check?.mismatches ?? [] { journal.append(.settled(mismatch.found)) }
            try await journal.synced()
            let canary = check.map(CanaryReport.init)
            summary.message = summary.message ?? canary?.trouble
            if let canary, await goesOnAfterCanary(canary), control.reason == nil {
                var rest = execution
                rest.canary = nil
                let first = summary
                summary = await execute(
                    RevalidatedSource(plan, revalidation), journal, index, rest,
                    in: directory, after: first)
                summary.merge(first)
            } else if let reason = control.reason {
                summary.reason = reason
            }
        }
        return (summary, journal)
    }

    /// Runs `body`; a request to stop ends it early.
    ///
    /// - Returns: What `body` returns; `nil` when the run was asked to stop before it had come to its end.
    private func unlessInterrupted<R>(_ body: () async throws -> R) async throws -> R? {
        do {
            return try await body()
        } catch let error where control.reason != nil && !(error is FileError) {
            return nil
        }
    }

    /// Runs `body`, which reads the plan's rows.
    ///
    /// - Returns: What `body` returns; `nil` when the plan was changed since it was approved.
    private func unlessPlanChanged<R>(_ body: () throws -> R) throws -> R? {
        do {
            return try body()
        } catch let error as PlanError where error.code == .rowsChanged {
            return nil
        }
    }

    private func execute(
        _ source: RevalidatedSource, _ journal: JournalWriter, _ earlier: JournalIndex?,
        _ options: ExecutionOptions, in directory: RunDirectory, after first: RunSummary? = nil
    ) async -> RunSummary {
        var options = options
        options.requestTimeout = connection.reader.timeout
        let executor = Executor(
            writer: connection.writer, gate: connection.gate, quota: connection.quota,
            clock: connection.clock, options: options)
        observer.began(in: directory.path) { executor.progress }
        defer { observer.ended() }
        return await executor.run(
            source, journal: journal, earlier: earlier, total: source.header.requests,
            control: control, after: first)
    }

    /// Opens the run's journal, or creates it when the run has not begun to send.
    private func openJournal(
        of header: PlanHeader, in directory: RunDirectory
    ) throws -> (JournalWriter, JournalIndex?) {
        guard let earlier = try directory.readJournal() else {
            try directory.removeUnbegunJournal()
            let new = try JournalWriter.create(
                directory.journal,
                JournalHeader(
                    planID: header.id, tool: "mava-bulk \(ToolVersion.current)",
                    startedAt: SystemTime.millisecondsSince1970()))
            try directory.lockJournal()
            return (new, nil)
        }
        try earlier.requirePlan(header.id, path: directory.journal)
        try directory.lockJournal()
        let writer = try JournalWriter.open(directory.journal, keeping: earlier)
        return (writer, earlier)
    }

    /// Records, before anything is sent, which rows will no longer be sent, so that a crash cannot bring them
    /// back.
    ///
    /// Also records the values that the others replace now, for the report.
    private func record(
        _ plan: PlanFile, _ revalidation: PlanRevalidation, _ journal: JournalWriter,
        _ earlier: JournalIndex?, in directory: RunDirectory
    ) async throws {
        let source = RevalidatedSource(plan, revalidation)
        var revised = try RevisedRows(
            directory.revised, planID: source.header.id, binding: earlier?.revised ?? .nothing)
        var isRevised = false
        let now = SystemTime.millisecondsSince1970()
        // Nothing is sent from the first changed row on.
        while let step = try unlessPlanChanged({ try source.next() }) ?? nil {
            let entry = step.entry
            guard entry.disposition == .update || step.isRedecided,
                try !(earlier?.isFinished(entry.mergedInto ?? entry.row) ?? false)
            else { continue }
            if entry.disposition == .update {
                var changes = step.isRedecided ? entry.changes : nil
                if let asked = changes, let planned = source.planned,
                    try earlier?.mayHaveTakenEffect(entry.row) ?? false
                {
                    // What an earlier request of the row wrote, and what the ticket still holds, is its work, too.
                    let before = revised.changes[entry.row] ?? planned.changes
                    changes = planned.changes.compactMap { change in
                        asked.first { $0.field == change.field }
                            ?? before.first { $0.field == change.field }
                    }
                }
                if revised.set(entry.row, changes) { isRevised = true }
            } else {
                // A row that was sent before may have replaced something else.
                if let read = revalidation.read(ofRow: entry.row),
                    try (earlier?.requests(of: entry.mergedInto ?? entry.row) ?? 0) == 0,
                    revised.set(entry.row, read)
                {
                    isRevised = true
                }
                // A row that another row carries has its carrier's outcome.
                guard entry.mergedInto == nil else { continue }
                journal.append(.decided(try RowOutcome(redecided: entry, earlier, at: now)))
            }
        }
        if isRevised {
            // The journal names the file before it is written, so that no other one is taken for it.
            journal.append(.resumed(at: now, revised: revised.sum()))
            try await journal.synced()
            try revised.write(to: directory.revised)
        }
        try await journal.synced()
    }

    /// Reads the tickets of rows whose requests were never answered, when the run came to its end.
    ///
    /// - Returns: What the journal says then, and why the run ends early if the reading was interrupted or
    ///   the key rejected.
    private func settled(
        _ reason: StopReason, _ plan: PlanFile, _ journal: JournalWriter,
        in directory: RunDirectory
    ) async throws -> (JournalIndex, interruption: StopReason?) {
        let index = try journal.index()
        if index.damage != nil { return (index, nil) }
        switch reason {
        case .finished, .tooManyFailures, .deadline, .windowClosed, .canary: break
        case .interrupted, .stopRequested, .keyRejected, .untrustedServer, .transportUnavailable,
            .outage, .localShortage, .journalFailure, .planUnreadable:
            return (index, nil)
        }
        guard index.hasOpenOutcomes else { return (index, nil) }
        var interruption: StopReason?
        do {
            let settlement = try await unlessInterrupted {
                try await Settlement.run(
                    PlanFileSource(
                        try PlanReader(plan, for: .sending),
                        revised: RevisedRows(
                            directory.revised, planID: plan.header.id, binding: index.revised)),
                    index: index, journal: journal,
                    reading: TicketLookup(client: connection.reader))
            }
            if settlement == nil { interruption = control.reason }
        } catch let error as PlanError where error.code == .rowsChanged {
            // The rows stay unknown, and the report says why.
        } catch let error as ClientError where !Task.isCancelled {
            // The rows stay unknown.
            observer.couldNotSettle(error)
            if error.isKeyRejected { interruption = .keyRejected }
        }
        return (try journal.index(), interruption)
    }

    private func report(
        _ summary: RunSummary, _ plan: PlanFile, _ journal: JournalIndex,
        _ grants: RunGrants, in directory: RunDirectory
    ) throws -> RunResult {
        let header = plan.header
        var summary = summary
        let page = RunPage(header: header)
        let (counts, isWhole) = try RunReport.write(
            plan, journal: journal,
            revised: RevisedRows(
                directory.revised, planID: header.id,
                binding: journal.damage == nil ? journal.revised : .unbound),
            to: directory, page: page)
        if let damage = journal.damage {
            if summary.reason.isFinished { summary.reason = .journalFailure }
            summary.message = damage.message(directory.journal)
        } else if !isWhole, summary.reason.isFinished {
            summary.reason = .planUnreadable
            summary.message = "\(directory.plan): \(PlanFile.changedMeanwhile)"
        } else if summary.reason.isFinished, counts[.unsent] > 0 {
            summary.reason = .journalFailure
            summary.message = "the journal does not hold all that the run did"
        } else if summary.reason.leavesRows, counts[.unsent] == 0, counts[.unknown] == 0 {
            summary.reason = .finished
        }
        let file = SummaryFile(
            header: header, counts: counts, run: summary, journal: journal,
            reads: header.price.reads, waivers: grants.waivers, approvals: grants.approvals,
            exitCode: exitCode?(summary.reason, counts))
        let earlier = try file.unchangedText(at: directory.summary)
        if earlier == nil { try file.write(to: directory.summary) }
        var result = RunResult(
            directory: directory.path, report: directory.report, page: directory.page,
            failedRows: directory.failed(format: header.input.format),
            approvals: grants.approvals, header: header, summary: summary, counts: counts,
            json: earlier ?? file.text())
        result.reasons = page.reasons
        // A run that had ended before keeps its page, as it keeps its summary.
        if earlier == nil || !FilePath.isOwnRegularFile(directory.page),
            let problem = write(page, of: result, journal, grants, in: directory)
        {
            result.page = nil
            result.pageProblem = problem
        }
        return result
    }
}

extension TicketLookup: TicketReading {}

extension ClientError {
    /// Whether the key is what the API refused.
    fileprivate var isKeyRejected: Bool { code == .unauthorized || code == .forbidden }
}

extension RowOutcome {
    /// The outcome of a row that is not sent, because of what its ticket holds now.
    ///
    /// A row that was sent before, and whose ticket holds what was asked, was updated by that request.
    fileprivate init(
        redecided entry: PlanEntry, _ earlier: JournalIndex?, at now: Int64
    ) throws(FileError) {
        let requests = try earlier?.requests(of: entry.row) ?? 0
        let isOpen = try earlier?.mayHaveTakenEffect(entry.row) ?? false
        let wasSent = entry.disposition == .unchanged && isOpen
        // The request may have taken effect before the ticket changed again.
        let isUnknown = entry.disposition != .unchanged && isOpen
        let outcome: Outcome =
            isUnknown
            ? .unknown
            : wasSent ? .updated : Outcome(withoutUpdate: entry.disposition) ?? .invalid
        self.init(
            row: entry.row, outcome: outcome, attempts: requests,
            message: wasSent
                ? "It was sent before without a confirmed answer, and the ticket holds what was asked."
                : nil,
            finishedAtMilliseconds: now, issue: entry.issue)
    }
}

extension RunSummary {
    /// Adds what an earlier part of the same run did.
    fileprivate mutating func merge(_ first: RunSummary) {
        requests += first.requests
        retries += first.retries
        done += first.done
        decided += first.decided
        updated += first.updated
        failed += first.failed
        unknown += first.unknown
        startedAt = first.startedAt
        duration += first.duration
    }
}
