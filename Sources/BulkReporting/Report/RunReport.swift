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
    ///   - page: Gets each row too, for report.html; `nil` for none.
    ///   - fileSystem: The system calls to use.
    /// - Returns: How many rows had each outcome, and whether all of the plan could be read.
    /// - Throws: A ``ReportError`` when rows and counts do not add up, and what reading or writing
    ///   throws; no report is written in that case.
    package static func write(
        _ plan: PlanFile, journal: JournalIndex, revised: RevisedRows? = nil,
        to directory: RunDirectory, page: RunPage? = nil,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws -> (counts: OutcomeCounts, isWhole: Bool) {
        var rows = try RunRows(plan, journal: journal, revised: revised)
        let expectedRows = plan.header.counts.rows
        var report = try ReportFile(
            directory.report, header: plan.header, fileSystem: fileSystem)
        let failedPath = directory.failed(format: plan.header.input.format)
        var failed = try FailedRowsFile(
            failedPath, input: plan.header.input, fileSystem: fileSystem)
        var counts = OutcomeCounts()
        while let row = try rows.next() {
            let (entry, outcome) = (row.entry, row.outcome)
            try report.append(entry, outcome)
            try failed.append(entry, outcome)
            page?.append(row)
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
        return (counts, rows.isWhole)
    }
}
