package import BulkExecution
package import BulkPlan
internal import BulkSystem

/// The rows of a run and how they ended, in the input's order, one at a time.
///
/// If the plan was changed after its approval, the rows from that point on are what the journal alone knows of them.
package struct RunRows {
    /// One row.
    package struct Row {
        /// The row's entry in the plan, with the values that its request replaced.
        package var entry: PlanEntry
        /// How it ended.
        package var outcome: RowOutcome
    }

    /// The plan's header.
    package let header: PlanHeader
    /// Whether the plan is as it was approved, as far as it was read.
    package private(set) var isWhole = true

    /// Whether the run has a journal.
    package var hasJournal: Bool { journal != nil }
    /// How many updates the journal says were sent.
    package var updatesSent: Int { journal?.requests ?? 0 }

    /// When the run's requests were sent; `nil` without a journal.
    package var timeline: RunTimeline? { journal?.timeline }

    private let source: PlanFileSource?
    private let journal: JournalIndex?
    private let revised: RevisedRows?
    /// Whether a process works on the run, so that what has no answer yet may still get one.
    private let isRunning: Bool
    private var count = 0

    /// Begins at the first row.
    ///
    /// - Parameters:
    ///   - plan: The run's plan.
    ///   - journal: What its journal says; `nil` when nothing was sent.
    ///   - revised: The values replaced by rows whose tickets had changed since planning; `nil` for none.
    ///   - isRunning: Whether a process works on the run.
    /// - Throws: What reading the plan throws.
    package init(
        _ plan: PlanFile, journal: JournalIndex?, revised: RevisedRows? = nil,
        isRunning: Bool = false
    ) throws {
        self.isRunning = isRunning
        header = plan.header
        self.journal = journal
        self.revised = revised
        do {
            source = PlanFileSource(try PlanReader(plan))
        } catch let error as PlanError where error.code == .rowsChanged {
            source = nil
            isWhole = false
        }
    }

    /// Opens the files of a run, which may be running or pruned of nothing.
    ///
    /// - Parameters:
    ///   - files: The run's files.
    ///   - directory: Where a scratch file is made, if one is needed; `nil` for the run's directory.
    ///   - isRunning: Whether a process works on the run.
    /// - Throws: A ``PlanError``, a ``JournalError`` or a `FileError` when one of them cannot be used.
    package init(
        reading files: RunFiles, spillingTo directory: String? = nil, isRunning: Bool = false
    ) throws {
        let plan = try PlanFile(path: files[.plan], isOurs: true)
        var journal: JournalIndex?
        if FilePath.isTaken(files[.journal]) {
            journal = try JournalIndex.read(files[.journal], spillingTo: directory)
            try journal?.requirePlan(plan.header.id, path: files[.journal])
        }
        try self.init(
            plan, journal: journal,
            revised: RevisedRows(
                files[.revised], planID: plan.header.id, binding: journal?.revised ?? .unbound),
            isRunning: isRunning)
    }

    /// The next row; `nil` after the last one.
    package mutating func next() throws -> Row? {
        guard var entry = try nextEntry() else { return nil }
        count += 1
        if let changes = revised?.changes[entry.row] {
            guard !isWhole || entry.canHold(changes) else {
                throw PlanError(
                    code: .rowsChanged,
                    message:
                        "row \(entry.row) has values of fields that it does not change: put the "
                        + "run's own file back", path: RunFiles.Name.revised.rawValue)
            }
            entry.changes = changes
        }
        var outcome =
            try journal?.outcome(of: entry)
            ?? RowOutcome(
                row: entry.row, outcome: Outcome(withoutUpdate: entry.disposition) ?? .unsent,
                failure: Outcome(withoutUpdate: entry.disposition) == nil ? .notSent : nil)
        if !isWhole, outcome.outcome == .unsent {
            // An unreadable row may share the request of a row that was sent.
            let sharesRequests = header.counts[.update] > header.requests
            if sharesRequests || entry.row <= journal?.furthestRow ?? 0 {
                outcome.outcome = .unknown
            }
            outcome.failure = nil
            outcome.message = nil
        }
        if isRunning { outcome.describeAsRunning() }
        guard outcome.row == entry.row, entry.row == count else {
            throw ReportError(
                message: "the report has row \(entry.row) where row \(count) belongs")
        }
        return Row(entry: entry, outcome: outcome)
    }

    /// The next row of the plan, or what is known of it.
    private mutating func nextEntry() throws -> PlanEntry? {
        do {
            if isWhole { return try source?.next()?.entry }
        } catch let error as PlanError where error.code == .rowsChanged {
            isWhole = false
        }
        return count < header.counts.rows ? Self.unreadable(count + 1) : nil
    }

    /// A row known only from the journal, because the plan was changed.
    private static func unreadable(_ row: Int) -> PlanEntry {
        PlanEntry(
            row: row, line: 0, ticketID: nil, disposition: .update,
            issue: RowIssue(code: .planChanged, message: PlanFile.changedMeanwhile))
    }
}

extension RowOutcome {
    /// The message of a row whose request a running run has sent and has no answer to.
    static let inFlight = "The request is in flight: the run still works."
    /// The message of a row that a running run has not sent.
    private static let waiting = "Not sent yet: the run still works."

    /// Says of a row without an answer what holds while the run works, instead of what would hold after its end.
    fileprivate mutating func describeAsRunning() {
        switch (outcome, failure) {
        case (.unknown, .givenUp?): (failure, message) = (nil, Self.inFlight)
        case (.unsent, .notSent?): (failure, message) = (nil, Self.waiting)
        default: break
        }
    }
}

extension RunRows.Row {
    /// Whether its request is in flight while the run works.
    var isInFlight: Bool { outcome.outcome == .unknown && outcome.message == RowOutcome.inFlight }
}

extension PlanEntry {
    /// Whether changes are of fields that the row changes, each once.
    fileprivate func canHold(_ revised: [FieldChange]) -> Bool {
        let fields = revised.map(\.field)
        return Set(fields).count == fields.count && Set(fields).isSubset(of: changes.map(\.field))
    }
}
