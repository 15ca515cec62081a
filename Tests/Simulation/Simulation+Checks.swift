import BulkSystem
import BulkExecution
import BulkPlan
import MavaAPI

extension Simulation {
    /// Checks that every promise was kept.
    mutating func check() {
        checkQuota()
        checkPace()
        do {
            try checkRows()
        } catch {
            report.violations.append("\(error)")
        }
        if peakInFlight > scenario.settings.concurrency {
            report.violations.append("\(peakInFlight) requests were in flight")
        }
    }

    /// Checks that no interval of the server's clock as long as the window holds more than the quota.
    private mutating func checkQuota() {
        let arrivals = server.arrivals.sorted()
        let limit = scenario.limit
        guard arrivals.count > limit else { return }
        for index in limit..<arrivals.count
        where arrivals[index] - arrivals[index - limit] < scenario.window {
            report.violations.append(
                "\(limit + 1) requests came within "
                    + "\((arrivals[index] - arrivals[index - limit]).quotient(by: .millisecond)) ms"
            )
            return
        }
    }

    /// Checks that a run without faults keeps at least 98 % of the possible rate and gets no 429.
    private mutating func checkPace() {
        guard scenario.isUndisturbed else { return }
        if server.refusals > 0 {
            report.violations.append("\(server.refusals) requests were refused in a calm world")
        }
        let requests = scenario.entries.count { $0.sendsRequest }
        guard requests > 0 else { return }
        let rounds = (requests - 1) / scenario.limit
        let least = rounds * (scenario.window + scenario.latency) + scenario.latency
        if report.duration > least + least / 49 {
            report.violations.append(
                "took \(report.duration.quotient(by: .millisecond)) ms where "
                    + "\(least.quotient(by: .millisecond)) ms are enough")
        }
    }

    /// Checks that every row ends in exactly one outcome, and that the outcome is true on the server.
    private mutating func checkRows() throws {
        var index = JournalIndex(
            JournalHeader(planID: "p", tool: "simulation", startedAt: 0), lines)
        for entry in scenario.entries where entry.sendsRequest {
            // A failed row has not changed its ticket, whether or not the ticket is read again.
            let outcome = try index.outcome(of: entry)
            if outcome.outcome == .failed { _ = check(entry, outcome) }
        }
        try settle(&index)
        var counts: [Outcome: Int] = [:]
        var auditsExpected = 0
        for entry in scenario.entries {
            let outcome = try index.outcome(of: entry)
            counts[outcome.outcome, default: 0] += 1
            if outcome.row != entry.row {
                report.violations.append("the outcome of row \(entry.row) is another's")
            }
            guard entry.sendsRequest else {
                try checkQuiet(entry, outcome, index)
                continue
            }
            if let changed = scenario.redecided[entry.row], !changed.sendsRequest {
                checkRedecided(changed, outcome)
                continue
            }
            auditsExpected += check(entry, outcome)
        }
        if counts.values.reduce(0, +) != scenario.entries.count {
            report.violations.append("the outcomes do not add up to the rows")
        }
        let audits = server.tickets.reduce(0) { $0 + $1.audits }
        if audits != auditsExpected {
            report.violations.append("\(audits) audit messages for \(auditsExpected) changes")
        }
        if lastReason == .finished, counts[.unsent] != nil {
            report.violations.append("a finished run left rows unsent")
        }
    }

    private mutating func checkQuiet(
        _ entry: PlanEntry, _ outcome: RowOutcome, _ index: JournalIndex
    ) throws {
        if let sender = entry.mergedInto {
            let primary = scenario.entries[sender - 1]
            if try index.outcome(of: primary).outcome != outcome.outcome {
                report.violations.append("row \(entry.row) does not end as row \(sender)")
            }
        } else if outcome.outcome.rawValue != entry.disposition.rawValue {
            report.violations.append("row \(entry.row) ended as \(outcome.outcome)")
        }
    }

    /// Checks that a row decided again without a request ends as decided, or is left to a later part.
    private mutating func checkRedecided(_ entry: PlanEntry, _ outcome: RowOutcome) {
        let isLeft = outcome.outcome == .unsent && lastReason != .finished
        if !isLeft, outcome.outcome.rawValue != entry.disposition.rawValue {
            report.violations.append(
                "row \(entry.row) was decided again, but is \(outcome.outcome)")
        }
        if !server.tickets[entry.row - 1].hasSameFields(as: scenario.tickets[entry.row - 1]) {
            report.violations.append(
                "row \(entry.row) was decided again, but its ticket was changed")
        }
    }

    /// Checks a row that sends a request, and returns how many fields of its ticket have changed.
    private mutating func check(_ entry: PlanEntry, _ outcome: RowOutcome) -> Int {
        let first = scenario.tickets[entry.row - 1]
        let last = server.tickets[entry.row - 1]
        let isDone = entry.changes.allSatisfy(last.holds)
        let isUntouched = last.hasSameFields(as: first)
        func violated(_ text: String) {
            report.violations.append("row \(entry.row) is \(outcome.outcome), but \(text)")
        }
        switch outcome.outcome {
        case .updated: if !isDone { violated("its ticket does not hold what was asked") }
        case .unsent: if !isUntouched { violated("its ticket was changed") }
        case .failed: if !isUntouched { violated("its ticket was changed") }
        case .unknown: if !isDone, !isUntouched { violated("its ticket is half changed") }
        case .unchanged, .invalid, .conflict, .held, .excluded: violated("it was to be sent")
        }
        return isUntouched ? 0 : entry.changes.count { !first.holds($0) }
    }

    /// Reads the tickets of rows with unknown effect again, as a finished run does.
    private mutating func settle(_ index: inout JournalIndex) throws {
        var settled: [JournalLine] = []
        for entry in scenario.entries where entry.sendsRequest {
            guard try index.isFinished(entry.row) else { continue }
            let outcome = try index.outcome(of: entry)
            guard Settlement.canTellMore(about: outcome) else { continue }
            let ticket = server.tickets[entry.row - 1]
            guard !ticket.isMissing, let id = entry.ticketID.flatMap(TicketID.init) else {
                continue
            }
            let read = Ticket(
                id: id, status: ticket.status, priority: ticket.priority,
                categoryID: ticket.category, assignedTo: ticket.assignee)
            let result = Settlement.settle(outcome, of: entry, by: read, at: 0)
            if let result { settled.append(.settled(result)) }
        }
        index = JournalIndex(index.header, lines + settled)
        for entry in scenario.entries where entry.sendsRequest {
            let outcome = try index.outcome(of: entry)
            // Mava may still carry out what it accepted, and what a ticket held before may not be known.
            let mayStayOpen =
                outcome.httpStatus == 202 || entry.changes.contains { $0.before == nil }
            if try index.isFinished(entry.row), outcome.outcome == .unknown, !mayStayOpen,
                !scenario.tickets[entry.row - 1].isMissing
            {
                report.violations.append("row \(entry.row) was not settled")
            }
        }
    }
}
