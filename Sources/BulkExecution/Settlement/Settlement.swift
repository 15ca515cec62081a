import BulkSystem
package import BulkPlan
package import MavaAPI

/// Reads tickets as they are now, by their ids.
package protocol TicketReading: Sendable {
    /// The tickets as they are; those that are not found are missing from the result.
    func tickets(_ ids: [TicketID]) async throws -> [TicketID: Ticket]
}

/// Finds out, by reading tickets again, what became of rows whose requests were never answered.
package enum Settlement {
    /// What settling came to.
    package struct Result: Hashable, Sendable {
        /// The rows that were looked at.
        package var looked = 0
        /// Those that turned out to be updated.
        package var updated = 0
        /// Those that turned out not to be.
        package var failed = 0

        /// Those that are still unknown.
        package var unknown: Int { looked - updated - failed }
    }

    /// Whether reading its ticket again can tell more about a row than its outcome does: only where no
    /// answer said whether the update was done.
    package static func canTellMore(about outcome: RowOutcome) -> Bool {
        outcome.outcome == .unknown
    }

    /// What a row came to, by its ticket as it is now.
    ///
    /// A ticket that holds what was asked counts as updated. One that holds what it held before counts as failed,
    /// with the reason that the row has already. One that holds neither was changed by somebody else, before or
    /// after the update took effect: its row stays unknown.
    ///
    /// - Parameters:
    ///   - outcome: The row's outcome so far.
    ///   - entry: The row.
    ///   - ticket: The ticket as it is; `nil` where it was not found.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The outcome; `nil` where the reading tells nothing that is not known already.
    package static func settle(
        _ outcome: RowOutcome, of entry: PlanEntry, by ticket: Ticket?, at now: Int64
    ) -> RowOutcome? {
        guard let ticket else { return nil }
        var result = outcome
        result.finishedAtMilliseconds = now
        if entry.changes.allSatisfy({ holds(ticket, $0) }) {
            result.outcome = .updated
            result.failure = nil
            result.message =
                (outcome.httpStatus == nil ? "No answer came" : "The answer did not confirm it")
                + ", but the ticket holds what was asked."
        } else if entry.changes.contains(where: { !isAsBefore(ticket, $0) }) {
            result.outcome = .unknown
            result.failure = outcome.failure ?? .connectionFailed
            result.message =
                "The ticket was read again and holds neither what it held before nor what was asked: "
                + "somebody else changed it."
            // A run that is resumed again finds the same.
            if result.message == outcome.message, result.failure == outcome.failure { return nil }
        } else {
            result.outcome = .failed
            result.failure = outcome.failure ?? .connectionFailed
            result.message =
                ["No answer told whether it was done", outcome.message].compactMap(\.self)
                .joined(separator: ": ")
                + "; the ticket was read again and does not hold what was asked."
        }
        return result
    }

    /// Whether a ticket holds in a field what it held before, or what is asked; so it is, where that is not
    /// known.
    private static func isAsBefore(_ ticket: Ticket, _ change: FieldChange) -> Bool {
        guard let before = change.before else { return true }
        return holds(ticket, change)
            || holds(ticket, FieldChange(field: change.field, before: nil, after: before))
    }

    static func holds(_ ticket: Ticket, _ change: FieldChange) -> Bool {
        func text(_ value: String?) -> FieldValue { value.map(FieldValue.text) ?? .null }
        return switch change.field {
        case .status: text(ticket.status) == change.after
        case .priority: ticket.priority.map(FieldValue.number) == change.after
        case .categoryID: text(ticket.categoryID) == change.after
        case .assignedTo: text(ticket.assignedTo) == change.after
        }
    }

    /// Settles what can be settled of a run that came to its end, and writes it to the journal.
    ///
    /// - Parameters:
    ///   - source: The plan's entries, from its first.
    ///   - index: What the journal says.
    ///   - journal: Where the outcomes are written.
    ///   - reading: What reads the tickets, within the quota.
    ///   - batch: The most rows that are held in memory at a time.
    ///   - timeOfDay: Milliseconds since 1970.
    /// - Returns: What it came to.
    /// - Throws: What `source` and `reading` throw, and a `FileError` when the journal cannot be written;
    ///   what was settled until then stands.
    package static func run(
        _ source: some PlanSource, index: JournalIndex, journal: JournalWriter,
        reading: some TicketReading, batch: Int = 1000,
        timeOfDay: @Sendable () -> Int64 = SystemTime.millisecondsSince1970
    ) async throws -> Result {
        var source = source
        var result = Result()
        var pending: [(entry: PlanEntry, outcome: RowOutcome)] = []
        while true {
            let step = try source.next()
            if case .planned(let entry)? = step, entry.sendsRequest,
                try index.isFinished(entry.row)
            {
                let outcome = try index.outcome(of: entry)
                if canTellMore(about: outcome) { pending.append((entry, outcome)) }
            }
            guard step == nil || pending.count >= batch else { continue }
            if !pending.isEmpty {
                let ids = pending.compactMap { $0.entry.ticketID.flatMap(TicketID.init) }
                let tickets = try await reading.tickets(ids)
                for (entry, outcome) in pending {
                    result.looked += 1
                    let ticket = entry.ticketID.flatMap(TicketID.init).flatMap { tickets[$0] }
                    guard let settled = settle(outcome, of: entry, by: ticket, at: timeOfDay())
                    else { continue }
                    journal.append(.settled(settled))
                    switch settled.outcome {
                    case .updated: result.updated += 1
                    case .failed: result.failed += 1
                    default: break
                    }
                }
                try await journal.synced()
                pending = []
            }
            if step == nil { return result }
        }
    }
}
