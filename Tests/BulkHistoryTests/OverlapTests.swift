import BulkExecution
import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkReporting
import BulkSystem
import BulkTestSupport
import MavaAPI
import Foundation
import Testing

@testable import BulkHistory

@Suite("Recent runs that change the tickets of a plan")
struct OverlapTests {
    private static let seconds = 1_795_000_000
    private static let now = Date(secondsSince1970: seconds)

    /// A plan in a file that resolves some tickets.
    private func plan(
        _ tickets: ClosedRange<Int>, follows: PlanHeader.Lineage? = nil
    ) async throws -> (fixture: PlanFixture, path: String, id: String) {
        var fixture = try PlanFixture()
        fixture.options.follows = follows
        let lines = tickets.map { "\(PlanFixture.id($0)),Resolved\n" }
        let plan = try await fixture.plan("id,status\n" + lines.joined())
        return (fixture, fixture.options.output!, plan.header.id)
    }

    /// Puts a finished run into a directory, in which the first of its rows were updated and the others failed.
    private func add(
        _ name: String, to shelf: RunShelf, _ tickets: ClosedRange<Int>, updated: Int,
        secondsAgo: Int, reason: String? = "finished", hasJournal: Bool = true,
        follows: PlanHeader.Lineage? = nil
    ) async throws -> PlanHeader.Lineage.Run {
        let made = try await plan(tickets)
        try shelf.add(
            name, plan: "0", label: "l",
            startedAt: CivilTime(secondsSince1970: Self.seconds - secondsAgo).iso8601,
            reason: reason,
            outcomes: [.updated: updated, .failed: tickets.count - updated], follows: follows)
        try shelf.temporary.write(
            try made.fixture.directory.read("plan.jsonl"), to: "\(name)/plan.jsonl")
        for file in ["run.json", "summary.json"]
        where FilePath.isTaken(shelf.temporary.file("\(name)/\(file)")) {
            let text = try shelf.temporary.readText("\(name)/\(file)")
            try shelf.temporary.write(
                text.replacing(String(repeating: "0", count: 64), with: made.id),
                to: "\(name)/\(file)")
        }
        guard hasJournal else { return .init(name: name, plan: made.id) }
        let journal = try JournalWriter.create(
            shelf.temporary.file("\(name)/journal.jsonl"),
            JournalHeader(planID: made.id, tool: "test", startedAt: 0))
        for row in 1...tickets.count {
            journal.append(.start(row: row, request: 1, at: 1))
            journal.append(
                .done(
                    RowOutcome(
                        row: row, outcome: row <= updated ? .updated : .failed, attempts: 1,
                        finishedAtMilliseconds: 2)))
        }
        try await journal.synced()
        return .init(name: name, plan: made.id)
    }

    @Test(
        "only tickets that both change count, the newest run comes first, older ones do not count")
    func counts() async throws {
        let shelf = try RunShelf()
        _ = try await add("a", to: shelf, 1...10, updated: 6, secondsAgo: 600)
        _ = try await add("b", to: shelf, 5...7, updated: 3, secondsAgo: 60)
        _ = try await add("c", to: shelf, 1...10, updated: 10, secondsAgo: 86_401)
        _ = try await add("d", to: shelf, 20...30, updated: 11, secondsAgo: 5)
        let present = try await plan(4...12)
        let found = try shelf.history.recentRuns(
            changingTicketsOf: present.path, now: Self.now)
        #expect(found.overlaps.map(\.run.name) == ["b", "a"])
        // Tickets 5 to 7; and 4 to 6, because the requests for the others failed.
        #expect(found.overlaps.map(\.tickets) == [3, 3])
        #expect(found.overlaps[1].samples == (4...6).map(PlanFixture.id))
        #expect(found.unreadable == [] && found.notCompared == 0)
        #expect(
            found.overlaps[1].message
                == "a run of \(CivilTime(secondsSince1970: Self.seconds - 600).iso8601) changed 3 of these tickets: "
                + "a (l)")
        let summary = try PlanSummary(reading: PlanReader(path: present.path))
        var shown = summary
        shown.add(found, now: Self.now)
        #expect(shown.notices.filter { $0.kind == .recentRun }.map(\.count) == [3, 3])
        #expect(shown.notices.first?.kind == .recentRun)
        // What is kept names the time alone, and a terminal says how long ago that was.
        #expect(!shown.markdown(now: Self.now).contains(" ago"))
        #expect(
            shown.text(.init(width: 300, height: 50, now: Self.now)).contains(
                "Z (10 minutes ago) changed 3 of these tickets: a (l)"))
    }

    #if DEBUG
        @Test(
            "the rows of runs about other tickets are not read, but their journals must be theirs")
        func otherTickets() async throws {
            let shelf = try RunShelf()
            _ = try await add("a", to: shelf, 20...60, updated: 41, secondsAgo: 60)
            _ = try await add("b", to: shelf, 70...90, updated: 21, secondsAgo: 50)
            let present = try await plan(1...5)
            func found() throws -> RecentRuns {
                try shelf.history.recentRuns(changingTicketsOf: present.path, now: Self.now)
            }
            let steps = try await StepCount.during {
                let nothing = try found()
                #expect(nothing == RecentRuns())
            }
            // Blocks of bytes are steps, too. There are 62 rows of other tickets.
            #expect(steps < 41)
            let journal = try shelf.temporary.readText("a/journal.jsonl")
            try shelf.temporary.write(journal, to: "b/journal.jsonl")
            #expect(try found().unreadable == ["b"])
            try shelf.temporary.write("", to: "b/journal.jsonl")
            #expect(try found().unreadable == ["b"])
        }

        @Test("a ticket is found among the rows of a plan by its id, whatever form that has")
        func mayName() async throws {
            var fixture = try PlanFixture()
            fixture.options.unread = .send
            let ids = [PlanFixture.id(1), "T-42", "é\"\\7", PlanFixture.id(3)]
            let rows = ids.map {
                "{\"id\":\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\",\"status\":\"Open\"}\n"
            }
            let plan = try await fixture.plan(
                rows.joined() + "{\"status\":\"Open\"}\n", name: "rows.jsonl")
            let file = try PlanFile(path: plan.path!)
            for (id, isThere) in ids.map({ ($0, true) }) + [
                (PlanFixture.id(2), false), ("T-4", false),
            ] {
                var set = TicketIDSet()
                _ = set.insert(try #require(TicketID(id)))
                #expect(try file.mayName(set) == isThere, "\(id)")
            }
            #expect(try file.mayName(TicketIDSet()) == false)
        }
    #endif

    @Test("the run that a plan undoes or tries again is not counted")
    func follows() async throws {
        let shelf = try RunShelf()
        let run = try await add("a", to: shelf, 1...3, updated: 3, secondsAgo: 60)
        for kind in PlanHeader.Lineage.Kind.allCases {
            let present = try await plan(1...3, follows: .init(kind, [run]))
            #expect(
                try shelf.history.recentRuns(changingTicketsOf: present.path, now: Self.now)
                    == RecentRuns())
        }
        // A retry of an undo goes back to the undone run, too.
        let undo = try await add(
            "u", to: shelf, 1...3, updated: 1, secondsAgo: 30, follows: .init(.undo, [run]))
        let retry = try await plan(1...3, follows: .init(.retry, [undo]))
        #expect(
            try shelf.history.recentRuns(changingTicketsOf: retry.path, now: Self.now)
                == RecentRuns())
        let other = PlanHeader.Lineage.Run(name: "b", plan: run.plan)
        let present = try await plan(1...3, follows: .init(.undo, [other]))
        #expect(
            try shelf.history.recentRuns(changingTicketsOf: present.path, now: Self.now)
                .overlaps.count == 2)
    }

    @Test("a running run counts by its plan, one without a journal has sent nothing")
    func states() async throws {
        let shelf = try RunShelf()
        _ = try await add(
            "a", to: shelf, 1...3, updated: 0, secondsAgo: 90_000, reason: nil, hasJournal: false)
        _ = try await add(
            "b", to: shelf, 1...3, updated: 0, secondsAgo: 60, reason: nil, hasJournal: false)
        let held = try RunDirectory.open(shelf.temporary.file("a"))
        let present = try await plan(2...5)
        let found = try shelf.history.recentRuns(changingTicketsOf: present.path, now: Self.now)
        withExtendedLifetime(held) {}
        #expect(found.overlaps.map(\.run.name) == ["a"])
        #expect(
            found.overlaps.first?.message
                == "a run that is going on now changes 2 of these tickets: a (l)")
    }

    @Test("at most twenty runs are compared, and what cannot be read is named")
    func limits() async throws {
        let shelf = try RunShelf()
        for number in 1...23 {
            _ = try await add(
                "r\(number)", to: shelf, 1...1, updated: 1, secondsAgo: number * 10)
        }
        try shelf.temporary.write("{}", to: "r1/plan.jsonl")
        let present = try await plan(1...1)
        let found = try shelf.history.recentRuns(changingTicketsOf: present.path, now: Self.now)
        #expect(found.overlaps.map(\.run.name) == (2...20).map { "r\($0)" })
        #expect(found.unreadable == ["r1"])
        #expect(found.notCompared == 3)
        var summary = try PlanSummary(reading: PlanReader(path: present.path))
        summary.add(found, now: Self.now)
        let messages = summary.notices.filter { $0.kind == .recentRun }.map(\.message)
        #expect(messages.count == 6)
        #expect(
            messages[3]
                == "16 more runs of the 24 hours before this preview changed some of these tickets")
        #expect(
            messages[4].hasPrefix("3 runs of the 24 hours before this preview were not compared"))
        #expect(messages[5].hasSuffix("which tickets it changed: r1"))
    }

    @Test("without a directory of runs there is nothing to compare, and the plan is not read")
    func nothing() throws {
        let history = RunHistory("no-such-directory")
        #expect(try history.hasRecentRuns(now: Self.now) == false)
        #expect(
            try history.recentRuns(changingTicketsOf: "no-such-plan", now: Self.now) == RecentRuns()
        )
    }
}
