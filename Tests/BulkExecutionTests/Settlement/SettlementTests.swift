import BulkPlan
import BulkPlanning
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("Settling what nobody answered")
struct SettlementTests {
    /// The current tickets by id, and a count of the readings.
    struct Tickets: TicketReading {
        var states: [String: String]
        let asked = ObservedCount()

        func tickets(_ ids: [TicketID]) async throws -> [TicketID: Ticket] {
            asked.add()
            let found = ids.compactMap { id in
                states[id.rawValue].map { (id, Ticket(id: id, status: $0)) }
            }
            return Dictionary(uniqueKeysWithValues: found)
        }
    }

    static func outcome(_ row: Int, _ outcome: Outcome, _ failure: FailureCode?) -> JournalLine {
        .done(
            RowOutcome(row: row, outcome: outcome, attempts: 5, failure: failure, message: "said"))
    }

    @Test("rows that nobody answered end as their tickets show, the others stay as they are")
    func settles() async throws {
        let harness = try RunHarness()
        let journal = try harness.makeJournal()
        let lines = [
            Self.outcome(1, .unknown, .timedOut), Self.outcome(2, .unknown, .connectionFailed),
            Self.outcome(3, .unknown, .serverError), Self.outcome(4, .failed, .ticketNotFound),
            Self.outcome(5, .updated, nil), Self.outcome(6, .unknown, .timedOut),
            .start(row: 7, request: 1, at: 1),
        ]
        for line in lines { journal.append(line) }
        try await journal.synced()
        let tickets = Tickets(states: [
            "ticket-1": "Resolved", "ticket-2": "Open", "ticket-3": "Resolved",
            "ticket-4": "Resolved", "ticket-7": "Resolved",
        ])
        let entries = (1...7).map { PlanEntry.update($0) } + [.merged(8, into: 1)]
        let result = try await Settlement.run(
            PlanEntries(entries), index: JournalIndex.read(harness.journalPath), journal: journal,
            reading: tickets, batch: 2, timeOfDay: { 1_700_000_002_000 })
        #expect(result == Settlement.Result(looked: 4, updated: 2, failed: 1))
        #expect(result.unknown == 1)
        #expect(tickets.asked.value == 2)
        let index = try JournalIndex.read(harness.journalPath)
        #expect(
            try entries.map { try index.outcome(of: $0).outcome } == [
                .updated, .failed, .updated, .failed, .updated, .unknown, .unknown, .updated,
            ])
        #expect(try index.outcome(of: entries[1]).failure == .connectionFailed)
        #expect(
            try index.outcome(of: entries[1]).message
                == "No answer said whether it was done: said; the ticket was read again and does not "
                + "hold what was asked.")
        #expect(try index.outcome(of: entries[0]).failure == nil)
        #expect(try index.outcome(of: entries[0]).attempts == 5)
    }

    @Test("every field of a change has to hold what was asked")
    func everyField() {
        var entry = PlanEntry.update(1)
        entry.changes += [
            FieldChange(field: .priority, before: nil, after: .number(3)),
            FieldChange(field: .categoryID, before: nil, after: .text("c")),
            FieldChange(field: .assignedTo, before: nil, after: .null),
        ]
        let good = Ticket(
            id: TicketID("ticket-1")!, status: "Resolved", priority: 3, categoryID: "c")
        var others = [Ticket](repeating: good, count: 4)
        others[0].status = nil
        others[1].priority = 2
        others[2].categoryID = nil
        others[3].assignedTo = "somebody"
        let before = RowOutcome(row: 1, outcome: .unknown, attempts: 1, failure: .timedOut)
        func settle(_ ticket: Ticket?) -> Outcome? {
            Settlement.settle(before, of: entry, by: ticket, at: 1)?.outcome
        }
        #expect(settle(good) == .updated)
        // The first field's value before is known. It is neither of these in the first ticket, and changed in the others.
        for other in others { #expect(settle(other) == .unknown) }
        var untouched = others[1]
        untouched.status = "Open"
        // What the other fields held before is not known.
        #expect(settle(untouched) == .unknown)
        for index in entry.changes.indices { entry.changes[index].before = .text("before") }
        entry.changes[0].before = .text("Open")
        entry.changes[1].before = .number(2)
        entry.changes[3].before = .null
        untouched.categoryID = "before"
        #expect(settle(untouched) == .failed)
        #expect(settle(nil) == nil)
    }

    @Test("a row of which a part was done, or that may still be done, is not called failed")
    func doubts() throws {
        var entry = PlanEntry.update(1)
        entry.changes.append(
            FieldChange(field: .priority, before: .number(1), after: .number(3)))
        func settle(_ status: String, _ priority: Int, http: Int? = nil) throws -> RowOutcome {
            let before = RowOutcome(
                row: 1, outcome: .unknown, attempts: 1, httpStatus: http, failure: .timedOut)
            let ticket = Ticket(id: TicketID("ticket-1")!, status: status, priority: priority)
            return try #require(Settlement.settle(before, of: entry, by: ticket, at: 1))
        }
        let part = try settle("Resolved", 1)
        #expect(part.outcome == .unknown)
        #expect(part.message?.contains("holds only a part of what was asked: status.") == true)
        #expect(try settle("Open", 3).message?.contains("asked: priority.") == true)
        #expect(try settle("Open", 1).outcome == .failed)
        #expect(try settle("Open", 1, http: 504).outcome == .failed)
        let accepted = try settle("Open", 1, http: 202)
        #expect(accepted.outcome == .unknown)
        #expect(accepted.message?.contains("Mava accepted it and may still carry it out") == true)
        #expect(try settle("Resolved", 3, http: 202).outcome == .updated)
    }

    @Test("only unknown rows are beyond what their outcome tells")
    func whatCanBeTold() {
        let doubtful = Outcome.allCases.filter { outcome in
            Settlement.canTellMore(
                about: RowOutcome(row: 1, outcome: outcome, failure: .serverError))
        }
        #expect(doubtful == [.unknown])
    }

    @Test("reading a ticket again that somebody else changed says nothing new")
    func settledTwice() throws {
        let entry = PlanEntry.update(1)
        let ticket = Ticket(id: TicketID("ticket-1")!, status: "Spam")
        let before = RowOutcome(row: 1, outcome: .unknown, attempts: 1, failure: .timedOut)
        let once = try #require(Settlement.settle(before, of: entry, by: ticket, at: 1))
        #expect(once.outcome == .unknown)
        #expect(Settlement.settle(once, of: entry, by: ticket, at: 2) == nil)
    }

    @Test("a canary is good when every row succeeded and every ticket found holds what was asked")
    func canary() async throws {
        let entries = (1...5).map { PlanEntry.update($0) }
        func check(
            _ lines: [JournalLine], _ states: [String: String]
        ) async throws -> CanaryCheck {
            try await CanaryCheck.run(
                PlanEntries(entries), index: JournalIndex(JournalTests.header, lines),
                reading: Tickets(states: states))
        }
        let two: [JournalLine] = [
            Self.outcome(1, .updated, nil), Self.outcome(2, .updated, nil),
        ]
        let none = try await check(two, [:])
        #expect(!none.isGood && none.notFound == 2, "a check of no ticket shows nothing")
        let good = try await check(two, ["ticket-1": "Resolved"])
        #expect(good.isGood)
        #expect(good.checked == 1)
        #expect(good.notFound == 1)
        let wrong = try await check(two, ["ticket-1": "Resolved", "ticket-2": "Open"])
        #expect(!wrong.isGood)
        #expect(wrong.mismatches.map(\.entry.row) == [2])
        #expect(wrong.mismatches.map(\.fields) == [[.status]])
        let failed = try await check([Self.outcome(1, .failed, .refused)], [:])
        #expect(!failed.isGood)
        #expect(failed.failed == 1)
    }
}

@Suite("How a run ends")
struct StopReasonTests {
    @Test("the first reason is the one that is told, but for a rejected key")
    func joined() {
        #expect(StopReason.deadline.joined(by: .outage) == .deadline)
        #expect(StopReason.interrupted(signal: 2).joined(by: .keyRejected) == .keyRejected)
        #expect(StopReason.keyRejected.joined(by: .interrupted(signal: 2)) == .keyRejected)
    }
}
