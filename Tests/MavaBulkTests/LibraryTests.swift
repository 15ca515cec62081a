import BulkExecution
import BulkPlan
import BulkTestSupport
import MavaBulk
import MavaSandbox
import Synchronization
import Testing

@Suite("What a Swift program gives and gets")
struct LibraryTests {
    /// A sandbox with 250 tickets, and a connection to it.
    private func withConnection(
        _ body: (Sandbox, MavaConnection) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 250, seed: 3))
        configuration.quota = .unlimited
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey(sandbox.apiKeys[0]))
            try await body(
                sandbox,
                try MavaConnection(
                    baseURL: sandbox.address, key: key,
                    quota: Quota(requests: 100_000, window: .seconds(1))))
        }
    }

    @Test("an export is a file, complete or not there, and tickets can be read one by one")
    func export() async throws {
        try await withConnection { sandbox, connection in
            let directory = try TemporaryDirectory()
            var options = ExportOptions()
            options.filter.condition = { $0.priority == 3 }
            options.columns = [.ticketID, .priority]
            let result = try await connection.export(options, to: directory.file("urgent.csv"))
            #expect(result.reading.seen == 250)
            let lines = try directory.readText("urgent.csv").split(separator: "\n")
            #expect(lines.first == "ticketId,priority")
            #expect(lines.count == result.written + 1)
            #expect(result.written > 10 && lines.dropFirst().allSatisfy { $0.hasSuffix(",3") })
            var seen: [String] = []
            _ = try await connection.readTickets { ticket in
                seen.append(ticket.id.rawValue)
                return seen.count < 120
            }
            #expect(seen == Array(sandbox.workspace.ticketIDs.prefix(120)))
            options.filter.condition = nil
            await #expect(throws: (any Error).self) {
                try await connection.export(options, to: directory.file("no/such/place.csv"))
            }
            #expect(try directory.names() == ["urgent.csv"])
        }
    }

    @Test("a run is verified and undone, and nothing to undo is an error of its own")
    func undo() async throws {
        try await withConnection { sandbox, connection in
            let directory = try TemporaryDirectory()
            let ids = sandbox.workspace.ticketIDs.filter {
                sandbox.ticket($0)?.status == "Resolved"
            }
            let rows = ids.prefix(5).map { "\($0),Open\n" }.joined()
            let path = try directory.write("ticketId,status\n" + rows, to: "rows.csv")
            var run = BulkRun(connection)
            run.runsDirectory = directory.file("runs")
            _ = try await run.apply(PlanInput(path: path)) { _ in true }
            let history = RunHistory(directory.file("runs"))
            let last = try history.run("last")
            let checked = try await connection.verify(last)
            #expect(checked.holds && checked.counts == [.holds: 5])
            let declined = try await run.undo([last]) { _ in false }
            #expect(declined.result == nil, "nothing is sent unapproved")
            let end = try await run.undo([last], UndoSelection(rows: [1...2])) { plan in
                plan.header.requests == 2
            }
            #expect(end.result?.counts[.updated] == 2)
            #expect(
                ids.prefix(5).map { sandbox.ticket($0)?.status }
                    == ["Resolved", "Resolved", "Open", "Open", "Open"])
            let again = try await connection.verify(last)
            #expect(!again.holds)
            #expect(again.causes.map(\.rows) == [2])
            #expect(try history.run("last").follows?.runs.first == last.reference)
            let nothing = await #expect(throws: PlanError.self) {
                try await run.planUndo([last], UndoSelection(fields: [.assignedTo]))
            }
            #expect(nothing?.code == .inputEmpty)
            let name = last.name
            #expect(
                nothing?.message
                    == "there is nothing to undo: no row of \(name) that ended updated wrote assignedTo"
            )
            let undo = try history.run("last")
            let row = UndoSelection(rows: [1...1], fields: [.priority, .assignedTo])
            let selected = await #expect(throws: PlanError.self) {
                try await run.planUndo([undo], row)
            }
            #expect(
                selected?.message
                    == "there is nothing to undo: no selected row of \(undo.name) that ended updated wrote "
                    + "priority or assignedTo")
        }
    }

    @Test("the pages of a query hold all its tickets, and none of them is empty")
    func pages() async throws {
        try await withConnection { sandbox, connection in
            let ids = sandbox.workspace.ticketIDs
            let times = ids.compactMap { TicketID($0)?.creationSeconds }.map { Int($0) }
            let start = try #require(times.min())
            let query = TicketQuery(start: start, end: start + 31_536_000, limit: 100)
            var seen: Set<String> = []
            var pages = 0
            for try await page in connection.reader.pages(query) {
                pages += 1
                seen.formUnion(page.tickets.map(\.id.rawValue))
            }
            let wanted = Set(zip(ids, times).filter { $0.1 < start + 31_536_000 }.map(\.0))
            #expect(seen == wanted)
            // One more shows that a page of fewer than asked for was the last.
            let requests = sandbox.stats.count(route: "/api/tickets", status: 200)
            #expect((pages...pages + 1).contains(requests))
            #expect(pages == max(1, (wanted.count + 99) / 100))
        }
    }

    @Test(
        "rows from memory are planned and carried out as rows of a file are",
        arguments: [false, true])
    func rows(isAsynchronous: Bool) async throws {
        try await withConnection { sandbox, connection in
            let directory = try TemporaryDirectory()
            let ids = Array(sandbox.workspace.ticketIDs.prefix(20))
            let changes =
                ids.map { TicketChange(ticketID: $0, status: .waiting, priority: .high) }
                + [TicketChange(ticketID: "no \"id\"\n", assignee: .unassigned)]
            let input: PlanInput
            if isAsynchronous {
                let stream = AsyncStream { continuation in
                    for change in changes { continuation.yield(change) }
                    continuation.finish()
                }
                input = try await PlanInput(rows: stream, name: "a stream")
            } else {
                input = PlanInput(rows: changes)
            }
            var run = BulkRun(connection, in: directory)
            let events = RunEvents(every: .milliseconds(1))
            run.observer = events
            let bulk = run
            async let end = bulk.apply(input) { _ in true }
            var names: [String] = []
            for await event in events {
                let name =
                    switch event {
                    case .planning: "planning"
                    case .began: "began"
                    case .progress: "progress"
                    case .controlFile: "controlFile"
                    case .couldNotSettle: "couldNotSettle"
                    case .ended: "ended"
                    }
                if names.last != name { names.append(name) }
            }
            let result = try #require(try await end.result)
            #expect(names.first == "planning" || names.first == "began")
            #expect(names.contains("began") && names.contains("progress"))
            #expect(names.last == "ended")
            #expect(result.header.input.name == (isAsynchronous ? "a stream" : "rows"))
            let rows = Array(try result.outcomes())
            #expect(rows.map(\.entry.row) == Array(1...21))
            #expect(rows.last?.outcome.outcome == .invalid)
            #expect(
                rows.dropLast().allSatisfy {
                    $0.outcome.outcome == .updated || $0.outcome.outcome == .unchanged
                })
            #expect(ids.allSatisfy { sandbox.ticket($0)?.priority == 3 })
        }
    }

    @Test("progress that is not read is not kept, but the latest is")
    func latestProgress() async {
        let events = RunEvents(every: .seconds(3600))
        let count = Atomic(0)
        events.began(in: "run") {
            var progress = RunProgress()
            progress.done = count.load(ordering: .relaxed)
            return progress
        }
        for _ in 0..<1000 { events.tick() }
        count.store(7, ordering: .relaxed)
        events.ended()
        count.store(8, ordering: .relaxed)
        events.finished()
        var seen: [Int] = []
        for await event in events {
            if case .progress(let progress) = event { seen.append(progress.done) }
        }
        #expect(seen == [7])
    }

    @Test("events end also where nothing is approved, and where planning fails")
    func eventsEnd() async throws {
        try await withConnection { sandbox, connection in
            let directory = try TemporaryDirectory()
            let change = TicketChange(ticketID: sandbox.workspace.ticketIDs[0], priority: .high)
            for rows in [[change], []] {
                var run = BulkRun(connection, in: directory)
                let events = RunEvents()
                run.observer = events
                let bulk = run
                let input = PlanInput(rows: rows)
                async let end = bulk.apply(input) { _ in false }
                for await event in events {
                    if case .began = event { Issue.record("nothing was approved") }
                }
                do {
                    let result = try await end.result
                    #expect(result == nil)
                    #expect(!rows.isEmpty)
                } catch let error as PlanError {
                    #expect(error.code == .inputEmpty && rows.isEmpty)
                }
            }
        }
    }
}
