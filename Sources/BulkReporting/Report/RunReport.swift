package import BulkExecution
package import BulkSystem
package import BulkPlan

/// Makes a run's report from its plan and its journal alone.
package enum RunReport {
    /// Writes report.csv and failed.csv in one pass over the plan, in input order.
    ///
    /// If the plan was changed after its approval, the rows from that point on are reported only as
    /// far as the journal knows them.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - journal: The journal's contents.
    ///   - revised: The values replaced by rows whose tickets had changed since planning; `nil` for
    ///     none.
    ///   - directory: The run's directory.
    ///   - fileSystem: The system calls to use.
    /// - Returns: How many rows had each outcome, and whether all of the plan could be read.
    /// - Throws: A ``ReportError`` when rows and counts do not add up, and what reading or writing
    ///   throws; no report is written in that case.
    package static func write(
        _ plan: PlanFile, journal: JournalIndex, revised: RevisedRows? = nil,
        to directory: RunDirectory,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws -> (counts: OutcomeCounts, isWhole: Bool) {
        let rows = try rows(of: plan)
        let columns = plan.header.input.columns
        let expectedRows = plan.header.counts.rows
        var report = try ReportFile(directory.report, columns: columns, fileSystem: fileSystem)
        let failedPath = directory.failed(format: plan.header.input.format)
        var failed = try FailedRowsFile(
            failedPath, input: plan.header.input, fileSystem: fileSystem)
        var counts = OutcomeCounts()
        var isWhole = rows != nil
        func nextRow() throws -> PlanEntry? {
            do {
                if isWhole { return try rows?.next()?.entry }
            } catch let error as PlanError where error.code == .rowsChanged {
                isWhole = false
            }
            return counts.rows < expectedRows ? unreadableRow(counts.rows + 1) : nil
        }
        while var entry = try nextRow() {
            if let changes = revised?.changes[entry.row] { entry.changes = changes }
            var outcome = try journal.outcome(of: entry)
            if !isWhole, outcome.outcome == .unsent {
                // An unreadable row may share the request of a row that was sent.
                let sharesRequests = plan.header.counts[.update] > plan.header.requests
                if sharesRequests || entry.row <= journal.furthestRow { outcome.outcome = .unknown }
                outcome.failure = nil
                outcome.message = nil
            }
            guard outcome.row == entry.row, entry.row == counts.rows + 1 else {
                throw ReportError(
                    message: "the report has row \(entry.row) where row \(counts.rows + 1) belongs")
            }
            try report.append(entry, outcome)
            try failed.append(entry, outcome)
            counts.add(outcome.outcome)
        }
        guard counts.rows == expectedRows else {
            throw ReportError(
                message: "the report has \(counts.rows) rows, the plan \(expectedRows)")
        }
        if counts.toRunAgain > 0 {
            try failed.commit()
        } else if FilePath.isTaken(failedPath) {
            // An earlier part of the run had such rows. Now there are none.
            try fileSystem.remove(failedPath)
        }
        try report.commit()
        return (counts, isWhole)
    }

    /// The plan's rows; `nil` if the first of them were changed after the plan's approval.
    private static func rows(of plan: PlanFile) throws -> PlanFileSource? {
        do {
            return PlanFileSource(try PlanReader(plan))
        } catch let error as PlanError where error.code == .rowsChanged {
            return nil
        }
    }

    /// A row known only from the journal, because the plan was changed.
    private static func unreadableRow(_ row: Int) -> PlanEntry {
        PlanEntry(
            row: row, line: 0, ticketID: nil, disposition: .update,
            issue: RowIssue(code: .planChanged, message: PlanFile.changedMeanwhile))
    }
}
