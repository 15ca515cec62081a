package import BulkExecution
package import BulkFiles
package import BulkPlanning

/// Makes a run's report from its plan and its journal, which is all that it needs.
package enum RunReport {
    /// Writes report.csv and failed.csv: one pass over the plan, in the input's order.
    ///
    /// - Parameters:
    ///   - plan: The plan, from its first row.
    ///   - journal: What the journal says.
    ///   - revised: What rows replaced whose tickets had changed since the plan was made; `nil` for none.
    ///   - directory: The run's directory.
    ///   - fileSystem: The system calls to use.
    /// - Returns: How many rows ended in each outcome.
    /// - Throws: A ``ReportError`` when rows and counts do not add up, and what reading or writing
    ///   throws; then no report is put in place.
    package static func write(
        _ plan: consuming PlanReader, journal: JournalIndex, revised: RevisedRows? = nil,
        to directory: RunDirectory,
        fileSystem: any FileSystem = POSIXFileSystem()
    ) throws -> OutcomeCounts {
        let columns = plan.header.input.columns
        let expectedRows = plan.header.counts.rows
        var report = try ReportFile(directory.report, columns: columns, fileSystem: fileSystem)
        var failed = try FailedRowsFile(directory.failed, columns: columns, fileSystem: fileSystem)
        var counts = OutcomeCounts()
        while var entry = try plan.next() {
            if let changes = revised?.changes[entry.row] { entry.changes = changes }
            let outcome = try journal.outcome(of: entry)
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
        try failed.commit()
        try report.commit()
        return counts
    }
}
