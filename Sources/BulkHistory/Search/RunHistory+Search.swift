internal import BulkExecution
internal import BulkPlan
internal import BulkReporting
internal import BulkSystem
public import MavaAPI

extension RunHistory {
    /// Finds the rows of all runs that name a ticket.
    ///
    /// A plan without the ticket's id is passed over by a search of its bytes. Only the rows of the other plans
    /// are read.
    ///
    /// - Parameter ticket: The ticket.
    /// - Returns: Its rows, and the runs that could not be searched.
    /// - Throws: A `FileError` when the directory of the runs cannot be read.
    public func rows(of ticket: TicketID) throws -> TicketHistory {
        var history = TicketHistory(ticket: ticket)
        var written = OutputBuffer()
        written.append(jsonString: ticket.rawValue)
        let search = ByteSearch(written.withUnsafeBytes { Array($0) })
        for run in try runs() {
            if run.state == .pruned {
                history.pruned += 1
                continue
            }
            do {
                if try search.isFound(inFile: run.files[.plan]) {
                    history.rows += try Self.rows(of: ticket, in: run)
                }
                history.searched += 1
            } catch {
                history.unsearched.append(.init(run: run, problem: "\(error)"))
            }
        }
        return history
    }

    private static func rows(
        of ticket: TicketID, in run: PastRun
    ) throws -> [TicketHistory.Row] {
        var rows = try run.wholeRows()
        let directory = NameDirectory(rows.header)
        var found: [TicketHistory.Row] = []
        while let row = try rows.next() {
            let (entry, outcome) = (row.entry, row.outcome)
            guard entry.ticketID == ticket.rawValue else { continue }
            // The ticket may have held the wanted values when it was read again.
            let changes = outcome.outcome == .unchanged ? [] : entry.changes
            found.append(
                TicketHistory.Row(
                    run: run, row: entry.row, line: entry.line, outcome: outcome.outcome,
                    changes: changes.map { PlanSummary.Change($0, directory) },
                    mergedInto: entry.mergedInto,
                    message: outcome.message ?? (outcome.issue ?? entry.issue)?.message,
                    finishedAt: outcome.finishedAtMilliseconds.map {
                        CivilTime.iso8601(millisecondsSince1970: $0)
                    }))
        }
        guard rows.isWhole else {
            throw PlanError(
                code: .rowsChanged, message: PlanFile.changedMeanwhile, path: run.files[.plan])
        }
        return found
    }
}
