package import BulkPlan
import MavaAPI

/// Checks whether the rows of a canary run did what the plan says.
package struct CanaryCheck: Hashable, Sendable {
    /// A row that the server accepted, but whose ticket does not hold the requested values.
    package struct Mismatch: Hashable, Sendable {
        /// The row.
        package var entry: PlanEntry
        /// The fields that do not hold the requested values.
        package var fields: [TicketField]
        /// The row's outcome by the server's answer.
        package var outcome: RowOutcome

        /// The row's outcome by its ticket: the answer alone does not show that the update took effect.
        package var found: RowOutcome {
            var found = outcome
            found.outcome = .unknown
            found.failure = .unexpectedAnswer
            let names = fields.map(\.rawValue).joined(separator: ", ")
            found.message =
                "Mava said that it was done, but when the canary was checked, the ticket did not hold what was "
                + "asked: \(names)."
            return found
        }
    }

    /// The number of rows that were updated and whose tickets were read again.
    package var checked = 0
    /// The rows whose tickets do not hold the requested values.
    package var mismatches: [Mismatch] = []
    /// The number of updated rows whose tickets could not be found.
    package var notFound = 0
    /// The number of rows that did not succeed.
    package var failed = 0

    package init() {}

    /// Whether every row was updated, and every ticket that was found holds the requested values.
    ///
    /// A check of no ticket shows nothing.
    package var isGood: Bool { failed == 0 && mismatches.isEmpty && checked > 0 }

    /// Reads the tickets of the rows that a canary run has sent.
    ///
    /// - Parameters:
    ///   - source: The plan's entries, starting with the first, with the values that were sent.
    ///   - index: The journal's index.
    ///   - earlier: What earlier parts of the run did; their rows are not checked. `nil` for a new run.
    ///   - reading: Reads the tickets, within the quota.
    /// - Returns: The result.
    /// - Throws: What `source` and `reading` throw.
    package static func run(
        _ source: some PlanSource, index: JournalIndex, earlier: JournalIndex? = nil,
        reading: some TicketReading
    ) async throws -> CanaryCheck {
        var source = source
        var check = CanaryCheck()
        var updated: [(entry: PlanEntry, outcome: RowOutcome)] = []
        while let step = try source.next() {
            let entry = step.entry
            // Requests of an earlier part say nothing about this one.
            let before = try earlier?.requests(of: entry.row) ?? 0
            guard entry.sendsRequest, try index.requests(of: entry.row) > before,
                try !(earlier?.isFinished(entry.row) ?? false)
            else { continue }
            let outcome = try index.outcome(of: entry)
            if outcome.outcome == .updated {
                updated.append((entry, outcome))
            } else {
                check.failed += 1
            }
        }
        let tickets = try await reading.tickets(
            updated.compactMap { $0.entry.ticketID.flatMap(TicketID.init) })
        for (entry, outcome) in updated {
            guard let ticket = entry.ticketID.flatMap(TicketID.init).flatMap({ tickets[$0] }) else {
                check.notFound += 1
                continue
            }
            check.checked += 1
            let wrong = entry.changes.filter { !Settlement.holds(ticket, $0) }.map(\.field)
            if !wrong.isEmpty {
                check.mismatches.append(Mismatch(entry: entry, fields: wrong, outcome: outcome))
            }
        }
        return check
    }
}
