import BulkSystem
package import BulkPlan
package import MavaAPI

/// Reads the current state of tickets by their ids.
package protocol TicketReading: Sendable {
    /// Returns the tickets; tickets that are not found are missing from the result.
    func tickets(_ ids: [TicketID]) async throws -> [TicketID: Ticket]
}

/// Reads tickets again to find out what happened to rows whose requests were never answered.
package enum Settlement {
    /// The counts of a settlement.
    package struct Result: Hashable, Sendable {
        /// Rows whose tickets were read again.
        package var looked = 0
        /// Rows that turned out to be updated.
        package var updated = 0
        /// Rows that turned out not to be updated.
        package var failed = 0

        /// Rows whose effect is still unknown.
        package var unknown: Int { looked - updated - failed }
    }

    /// Whether reading the ticket again can add to a row's outcome.
    ///
    /// It can only when no answer said whether the update was done.
    package static func canTellMore(about outcome: RowOutcome) -> Bool {
        outcome.outcome == .unknown
    }

    /// Decides a row's outcome from its ticket's current state.
    ///
    /// A ticket that holds the requested values counts as updated. A ticket that holds its earlier values
    /// counts as failed, with the reason that the row already has. A ticket that holds neither was changed by
    /// another user, before or after the update took effect, and one that holds only a part of the requested
    /// values may have been changed in part: their rows stay unknown. So does a row whose earlier values are not
    /// known, and one that the server has accepted (202), because it may still carry it out.
    ///
    /// - Parameters:
    ///   - outcome: The row's outcome so far.
    ///   - entry: The row.
    ///   - ticket: The ticket's current state; `nil` when it was not found.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The outcome; `nil` when it does not change.
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
        } else if let doubt = doubt(about: ticket, entry, outcome) {
            result.outcome = .unknown
            result.failure = outcome.failure ?? .connectionFailed
            result.message = "The ticket was read again and \(doubt)"
            // Settling an already settled run changes nothing.
            if result.message == outcome.message, result.failure == outcome.failure { return nil }
        } else {
            result.outcome = .failed
            result.failure = outcome.failure ?? .connectionFailed
            let isAnswered = outcome.httpStatus.map { 200...299 ~= $0 } ?? false
            // The message's full stop would be in the middle of this sentence.
            let words = outcome.message.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
            let beginning =
                isAnswered ? "The update is not confirmed" : "No answer said whether it was done"
            result.message =
                [beginning, words].compactMap(\.self).joined(separator: ": ")
                + "; the ticket was read again and does not hold what was asked."
        }
        return result
    }

    /// Why a ticket that does not hold all requested values may have been changed all the same; `nil` if it holds
    /// its earlier values.
    private static func doubt(
        about ticket: Ticket, _ entry: PlanEntry, _ outcome: RowOutcome
    ) -> String? {
        let rest = entry.changes.filter { !holds(ticket, $0) }
        func names(_ changes: [FieldChange]) -> String {
            changes.map(\.field.rawValue).joined(separator: ", ")
        }
        let unknown = rest.filter { $0.before == nil }
        if !unknown.isEmpty {
            return "does not hold what was asked, but what it held before is not known: "
                + "\(names(unknown))."
        }
        let isOther = rest.contains {
            !holds(ticket, FieldChange(field: $0.field, before: nil, after: $0.before ?? $0.after))
        }
        if isOther {
            return "holds neither what it held before nor what was asked: it was changed otherwise."
        }
        let done = entry.changes.filter { $0.before != $0.after && holds(ticket, $0) }
        if !done.isEmpty { return "holds only a part of what was asked: \(names(done))." }
        return outcome.httpStatus == 202
            ? "does not hold what was asked, but Mava accepted it and may still carry it out." : nil
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

    /// Settles the rows of a finished run where possible, and writes the results to the journal.
    ///
    /// - Parameters:
    ///   - source: The plan's entries, starting with the first.
    ///   - index: The journal's index.
    ///   - journal: The journal to which the outcomes are written.
    ///   - reading: Reads the tickets, within the quota.
    ///   - batch: The most rows held in memory at a time.
    ///   - timeOfDay: Milliseconds since 1970.
    /// - Returns: The counts.
    /// - Throws: What `source` and `reading` throw, and a `FileError` when the journal cannot be written.
    ///   Rows that were settled before the error keep their results.
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
