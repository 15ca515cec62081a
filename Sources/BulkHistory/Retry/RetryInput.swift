internal import BulkExecution
package import BulkPlan
package import BulkPlanning
internal import BulkReporting
internal import BulkSystem
internal import MavaAPI

import CLibrary

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The rows of a chain of runs as an input for the planner, in which the rows that are not tried again are excluded.
///
/// The input has as many rows as that of the first run, in the same order and on the same lines, so that a row has
/// one number in all runs. It is a file without a name, and is gone with the process.
package struct RetryInput {
    /// The rows.
    package let input: PlanInput
    /// The rows that are not tried again.
    package let excluded: RowNumbers
    /// The runs, the newest first.
    package let lineage: PlanHeader.Lineage
    /// The header of the newest run's plan.
    package let header: PlanHeader
    /// How many selected rows cannot be tried again, because their records could not be read.
    package let unreadable: Int
    /// The conditions by which the runs chose rows, each once.
    package let conditions: [RowCondition]

    /// How many rows are tried again.
    package var rows: Int { excluded.rows - excluded.count }

    /// Reads a chain of runs.
    ///
    /// - Parameters:
    ///   - chain: The runs.
    ///   - selection: Which of the rows are tried again.
    ///   - now: The time from which ages in the runs' conditions count.
    /// - Throws: A ``RunDirectoryError`` when the newest run is not at its end or files are missing, a
    ///   ``PlanError`` with the code `inputEmpty` when there is nothing to try again, and what reading a plan or a
    ///   journal throws.
    package init(
        _ chain: RunChain, _ selection: RetrySelection, now: Date = Date()
    ) throws {
        try chain.requireEnd(for: selection)
        var rows = try ChainRows(chain)
        for (run, sent) in zip(chain.runs, rows.updatesSent) { try run.requireRequests(sent) }
        var writer = RetryWriter(
            try ScratchFile(beside: chain.newest.path), rows.headers[0].input)
        var excluded = RowNumbers()
        var unreadable = 0
        while let row = try rows.next() {
            var isRetried = selection.takes(row)
            if isRetried, !RetryWriter.canWrite(row.entry) {
                unreadable += 1
                isRetried = false
            }
            excluded.append(!isRetried)
            try writer.append(row.entry, isRetried: isRetried)
        }
        if let path = rows.changedPlan {
            throw PlanError(
                code: .rowsChanged, message: "the run's plan was changed after it was approved",
                path: path)
        }
        guard excluded.count < excluded.rows else {
            throw PlanError(
                code: .inputEmpty, message: Self.nothing(chain, selection, unreadable))
        }
        let first = rows.headers[0].input
        input = PlanInput(name: first.name, rows: try writer.finish(), like: first)
        self.excluded = excluded
        self.unreadable = unreadable
        header = rows.headers[rows.headers.count - 1]
        var seen: Set<String> = []
        conditions = try rows.headers.flatMap(\.conditions).filter { seen.insert($0).inserted }
            .map { try Self.condition($0, now: now, of: chain) }
        lineage = PlanHeader.Lineage(
            .retry,
            zip(chain.runs, rows.headers).map { .init(name: $0.name, plan: $1.id) }.reversed())
    }

    /// Reads a condition of a run, which an earlier version may have taken.
    private static func condition(
        _ text: String, now: Date, of chain: RunChain
    ) throws -> RowCondition {
        do throws(ConditionError) {
            return try RowCondition(text, now: now)
        } catch {
            throw PlanError(
                code: .otherPlan,
                message:
                    "apply the file of the run's failed rows instead: the run chose its rows by "
                    + "\(quoted(text)), which an earlier version took (\(error.message))",
                path: chain.newest.path)
        }
    }

    /// Applies what the chain decides about planning: the rows, and policies where no option gives one.
    ///
    /// - Parameter options: The options.
    package func shape(_ options: inout PlanOptions) {
        options.selection.excluded = excluded
        // A caller's own conditions replace those of the runs.
        if options.selection.conditions.isEmpty, !conditions.isEmpty {
            options.selection.conditions = conditions
            options.notes.append(
                "leaves out rows for which the condition of the run does not hold: "
                    + conditions.map(\.text).joined(separator: "; "))
        }
        options.mergesRows = false
        options.follows = lineage
        options.allowsHandOff = options.allowsHandOff || header.allowsHandOff
        options.unread = options.unread ?? header.unread
        if header.lastRowCounts { options.onDuplicate = .last }
        if header.source == .none, options.source == .live, !options.readsAlways,
            !options.selection.asksTickets
        {
            options.source = .none
        }
        let others =
            excluded.count == 0
            ? ""
            : "; the other \(Words.rows(excluded.count)) "
                + (excluded.count == 1 ? "keeps its outcome" : "keep their outcomes")
        options.notes.append("tries \(Words.rows(rows)) of \(lineage.runs[0].name) again\(others)")
        if unreadable > 0 {
            options.notes.append(
                "\(Words.rows(unreadable)) whose records could not be read \(unreadable == 1 ? "is" : "are") not "
                    + "tried again: correct them in the file of failed rows")
        }
    }

    private static func nothing(
        _ chain: RunChain, _ selection: RetrySelection, _ unreadable: Int
    ) -> String {
        let outcomes = RetrySelection.possibleOutcomes.filter(selection.outcomes.contains)
            .map(\.rawValue).joined(separator: " or ")
        let with = selection.codes == nil ? "" : " with such a code"
        let rest =
            unreadable > 0
            ? ", but for \(Words.rows(unreadable)) whose records could not be read: correct them in the file "
                + "of failed rows"
            : ""
        return "nothing to retry: no row of \(chain.newest.name) is \(outcomes)\(with)\(rest)"
    }

}

extension RunChain {
    /// Refuses a chain that is not at its end.
    ///
    /// - Parameter selection: Which rows are tried again.
    /// - Throws: A ``RunDirectoryError`` when a process works on one of its runs, when one has to be resumed first, or
    ///   when the files of one are missing.
    package func requireEnd(for selection: RetrySelection) throws {
        try requireFiles()
        if let running {
            throw RunDirectoryError(
                code: .locked, path: running.path,
                message: "the run has not ended: wait for it or stop it, then retry it")
        }
        if let resumable, !selection.outcomes.contains(.unsent) {
            throw RunDirectoryError(
                code: .occupied, path: resumable.path,
                message: "the run has not ended: send its remaining rows first, with: "
                    + "\(SettingName.resuming(resumable.path))")
        }
    }
}
