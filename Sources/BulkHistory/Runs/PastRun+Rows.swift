internal import BulkExecution
internal import BulkReporting
internal import BulkSystem

extension PastRun {
    /// The run's rows, from a journal that has all requests which the run's summary counts.
    ///
    /// - Returns: The rows, from the first one on.
    /// - Throws: A `JournalError` when requests are missing, and what opening the run's files throws.
    func wholeRows() throws -> RunRows {
        let rows = try RunRows(reading: files)
        try requireRequests(rows.updatesSent)
        return rows
    }

    /// Refuses to say what the run did where its journal lacks requests that its summary counts.
    ///
    /// - Parameter sent: How many updates the journal says were sent.
    /// - Throws: A `JournalError`.
    func requireRequests(_ sent: Int) throws {
        let missing = try missingRequests(sent)
        guard missing > 0 else { return }
        throw JournalError(incomplete: files[.journal], lacking: missing)
    }

    /// How many requests the run's summary counts and its journal lacks.
    ///
    /// - Parameter sent: How many updates the journal says were sent.
    /// - Returns: The number; 0 while a process works on the run.
    /// - Throws: What reading the summary throws.
    func missingRequests(_ sent: Int) throws -> Int {
        state == .running
            ? 0 : try SummaryFile.updatesMissing(at: files[.summary], beyond: sent)
    }
}
