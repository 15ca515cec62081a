import BulkExecution
import BulkSystem
import BulkTestSupport
import CLibrary
import MavaBulk
import MavaSandbox
import Synchronization
import Testing

@Suite("A Swift program can do what the command line does")
struct BulkRunTests {
    private static let quota = Quota(requests: 100_000, window: .seconds(1))

    /// A sandbox with forty tickets, and a run that talks to it.
    func withRun(
        _ body: (Sandbox, BulkRun, TemporaryDirectory) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 40, seed: 1))
        configuration.quota = .unlimited
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let run = BulkRun(try Self.connection(sandbox), in: directory)
            try await body(sandbox, run, directory)
        }
    }

    private static func connection(_ sandbox: Sandbox) throws -> MavaConnection {
        let key = try #require(APIKey(sandbox.apiKeys[0]))
        return try MavaConnection(baseURL: sandbox.address, key: key, quota: quota)
    }

    /// A file that sets every ticket's priority to 3.
    func input(_ sandbox: Sandbox, in directory: TemporaryDirectory) throws -> PlanInput {
        let rows = sandbox.workspace.ticketIDs.map { "\($0),3\n" }.joined()
        return PlanInput(path: try directory.write("ticketId,priority\n" + rows, to: "rows.csv"))
    }

    /// Leaves a run in which only the first row is done.
    func stopAfterOne(_ run: BulkRun, _ input: PlanInput) async throws {
        var run = run
        run.execution.canary = 1
        run.goesOnAfterCanary = { _ in false }
        let stopped = try #require(try await run.apply(input) { _ in true }.result)
        #expect(stopped.counts[.updated] == 1)
    }

    @Test("A plan that is approved is carried out and reported")
    func applies() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            let end = try await run.apply(input) { plan in
                #expect(plan.header.counts.rows == sandbox.workspace.ticketIDs.count)
                return true
            }
            let ended = try #require(end.result)
            #expect(ended.summary.finishedAt >= ended.summary.startedAt)
            #expect(ended.isSuccess)
            #expect(ended.counts[.updated] == ended.header.requests)
            #expect(sandbox.stats.count(method: "PUT", status: 200) == ended.header.requests)
            #expect(
                try directory.names("run") == [
                    "journal.jsonl", "lock", "plan.jsonl", "report.csv", "report.html",
                    "run.json", "summary.json",
                ])
            #expect(try directory.readText("run/summary.json") == ended.json)
        }
    }

    /// Puts a directory where the page belongs, as soon as the run begins.
    private struct PageBlocker: RunObserver {
        func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {
            mkdir(directory + "/report.html", 0o700)
        }
    }

    @Test("A page that cannot be written loses no other file")
    func pageFails() async throws {
        try await withRun { sandbox, run, directory in
            var run = run
            run.observer = PageBlocker()
            let end = try await run.apply(try input(sandbox, in: directory)) { _ in true }
            let result = try #require(end.result)
            #expect(result.isSuccess && result.page == nil)
            #expect(result.pageProblem?.contains("report.html") == true)
            #expect(try directory.readText("run/report.csv").hasPrefix("row,line,"))
            #expect(try directory.readText("run/summary.json") == result.json)
        }
    }

    @Test("A run that had ended keeps its page")
    func pageStays() async throws {
        try await withRun { sandbox, run, directory in
            let end = try await run.apply(try input(sandbox, in: directory)) { _ in true }
            let path = try #require(end.result).page
            #expect(path == directory.file("run/report.html"))
            let page = try directory.readText("run/report.html")
            #expect(page.contains("40 rows"))
            var again = run
            again.control = RunControl()
            let resumed = try await again.resume(directory.file("run")) { _ in true }
            #expect(resumed.result?.page == path)
            #expect(try directory.readText("run/report.html") == page)
        }
    }

    @Test("A plan that is not approved sends nothing and leaves nothing")
    func declines() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            let end = try await run.apply(input) { _ in false }
            let plan: Plan? = if case .declined(let plan) = end { plan } else { nil }
            #expect(plan?.header.counts.rows == sandbox.workspace.ticketIDs.count)
            #expect(plan?.path == nil && end.result == nil)
            #expect(sandbox.stats.count(method: "PUT") == 0)
            #expect(try directory.names() == ["rows.csv"])
        }
    }

    @Test("A run that was stopped is gone on with, and sends nothing twice")
    func resumes() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            var first = run
            first.execution.canary = 1
            first.goesOnAfterCanary = { report in
                #expect(report.checked == 1)
                #expect(report.isGood)
                return false
            }
            let stopped = try #require(try await first.apply(input) { _ in true }.result)
            #expect(stopped.summary.reason == .canary && !stopped.isSuccess)
            #expect(stopped.counts[.updated] == 1)
            #expect(stopped.counts[.unsent] == stopped.header.requests - 1)
            let ended = try await run.resume(directory.file("run"))
            #expect(ended.isSuccess)
            #expect(ended.counts[.updated] == ended.header.requests)
            #expect(sandbox.stats.count(method: "PUT") == ended.header.requests)
        }
    }

    @Test("A plan waits for approval in the run's directory, or beside where that will be")
    func draftPlace() throws {
        let directory = try TemporaryDirectory()
        let there = try DraftPlan(for: directory.path)
        #expect(FilePath.directory(of: there.path) == directory.path)
        let beside = try DraftPlan(for: directory.file("a/run/"))
        #expect(FilePath.directory(of: beside.path) == directory.file("a"))
        #expect(try directory.names() == ["a"])
    }

    @Test("A run that goes on after its canary counts both parts as one")
    func countsCanary() async throws {
        try await withRun { sandbox, run, directory in
            var run = run
            let watcher = ProgressWatcher()
            run.observer = watcher
            run.execution.canary = 3
            let input = try input(sandbox, in: directory)
            let ended = try #require(try await run.apply(input) { _ in true }.result)
            #expect(ended.summary.reason == .finished)
            #expect(ended.summary.updated == ended.header.requests)
            #expect(ended.summary.requests == ended.header.requests)
            #expect(ended.summary.done == ended.header.requests)
            let progress = watcher.seen.withLock { $0 }
            #expect(progress.map(\.requests) == [3, ended.header.requests])
            #expect(progress.map(\.done) == [3, ended.header.requests])
        }
    }

    @Test("A row that was sent and never answered counts as updated when its ticket holds it")
    func creditsUnansweredRow() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            try await stopAfterOne(run, input)

            // The second update arrives, and the program dies before it is answered.
            var plan = try PlanReader(path: directory.file("run/plan.jsonl"))
            var sending: [PlanEntry] = []
            while let entry = try plan.next() {
                if entry.sendsRequest { sending.append(entry) }
            }
            let ticket = try #require(sending[1].ticketID)
            let journal = directory.file("run/journal.jsonl")
            let writer = try JournalWriter.open(
                journal, keeping: JournalIndex.read(journal))
            writer.append(.start(row: sending[1].row, request: 1, at: 0))
            try await writer.written()
            var other = run
            other.directory = directory.file("other")
            let one = PlanInput(
                path: try directory.write("ticketId,priority\n\(ticket),3\n", to: "one.csv"))
            let arrived = try await other.apply(one) { _ in true }
            #expect(arrived.result?.counts[.updated] == 1)

            let ended = try await run.resume(directory.file("run"))
            #expect(ended.counts[.updated] == ended.header.requests)
            #expect(sandbox.stats.count(method: "PUT") == ended.header.requests)
            let report = try directory.readText("run/report.csv")
            let row = try #require(report.split(separator: "\n").first { $0.contains(ticket) })
            #expect(row.contains(",updated,"))
            #expect(row.contains("It was sent before without a confirmed answer"))
        }
    }

    @Test("What is wrong with a saved plan is said of the file that was named")
    func namesSavedPlan() async throws {
        try await withRun { sandbox, run, directory in
            var options = run.planning
            options.source = .none
            options.output = directory.file("plan.jsonl")
            _ = try await Planner(options: options).plan(try input(sandbox, in: directory), now: 0)
            let saved = directory.file("plan.jsonl")
            let other = await #expect(throws: PlanError.self) {
                _ = try await run.apply(savedPlan: saved, expecting: "00000000") { _, _ in true }
            }
            #expect(other?.code == .otherPlan)
            #expect(other?.path == saved)
            let text = try directory.readText("plan.jsonl")
            try directory.write(
                text.replacing("\"priority\":3", with: "\"priority\":2"), to: "plan.jsonl")
            let changed = await #expect(throws: PlanError.self) {
                _ = try await run.apply(savedPlan: saved) { _, _ in true }
            }
            #expect(changed?.code == .rowsChanged)
            #expect(changed?.path == saved)
            #expect(sandbox.stats.total == 0)
        }
    }

    @Test("A saved plan beyond a limit of whoever applies it is refused")
    func guardsSavedPlan() async throws {
        try await withRun { sandbox, run, directory in
            var run = run
            run.planning.source = .none
            var options = run.planning
            options.output = directory.file("plan.jsonl")
            let plan = try await Planner(options: options).plan(
                try input(sandbox, in: directory), now: 0)
            let saved = try #require(plan.path)
            run.planning.guards.maxChanges = 39
            let error = await #expect(throws: PlanError.self) {
                _ = try await run.apply(savedPlan: saved) { _, _ in true }
            }
            #expect(error?.code == .tooManyChanges)
            #expect(sandbox.stats.total == 0)
        }
    }

    @Test("A run whose plan was exchanged is not gone on with", arguments: [true, false])
    func refusesExchangedPlan(isOtherServer: Bool) async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            try await stopAfterOne(run, input)

            var options = PlanOptions()
            options.source = .none
            options.baseURL = isOtherServer ? "https://mava.example" : sandbox.address
            options.output = directory.file("run/plan.jsonl")
            options.replacesAnyFile = true
            _ = try await Planner(options: options).plan(input, now: 0)
            let sent = sandbox.stats.total
            for hasSettings in [true, false] {
                // Without run.json the journal shows that the plan is another one.
                if !hasSettings { try POSIXFileSystem().remove(directory.file("run/run.json")) }
                do {
                    _ = try await run.resume(directory.file("run"))
                    Issue.record("the run went on")
                } catch let error as PlanError {
                    #expect(error.code == (isOtherServer ? .otherServer : .otherPlan))
                    #expect(isOtherServer || hasSettings)
                } catch let error as JournalError {
                    #expect(!isOtherServer && !hasSettings)
                    #expect(error.code == .otherPlan)
                }
            }
            #expect(sandbox.stats.total == sent)
        }
    }

    /// Keeps the journal's content at the moment a run begins to send.
    private final class JournalAtStart: RunObserver {
        let text = Mutex<String?>(nil)
        private let directory: TemporaryDirectory

        init(_ directory: TemporaryDirectory) { self.directory = directory }

        func began(in path: String, progress: @escaping @Sendable () -> RunProgress) {
            let journal = try? directory.readText("run/journal.jsonl")
            text.withLock { $0 = journal }
        }
    }

    @Test("What no longer stands of a saved plan is in the journal before anything is sent")
    func recordsConflictsFirst() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            var options = run.planning
            options.output = directory.file("plan.jsonl")
            let planner = Planner(options: options, client: try Self.connection(sandbox).reader)
            let plan = try await planner.plan(input, now: 0)
            let saved = try #require(plan.path)
            var reader = try PlanReader(path: saved)
            var changed: PlanEntry?
            while let entry = try reader.next() {
                if entry.sendsRequest { changed = entry }
            }
            let ticket = try #require(changed?.ticketID)
            let before = changed?.changes.first?.before
            let another = before == .number(1) ? 2 : 1
            var other = run
            other.directory = directory.file("other")
            let one = PlanInput(
                path: try directory.write(
                    "ticketId,priority\n\(ticket),\(another)\n", to: "one.csv"))
            _ = try await other.apply(one) { _ in true }

            let observer = JournalAtStart(directory)
            var run = run
            run.observer = observer
            let ended = try #require(
                try await run.apply(savedPlan: saved) { _, _ in true }.result)
            #expect(ended.counts[.conflict] == 1)
            #expect(ended.summary.reason == .finished && !ended.isSuccess)
            let text = try #require(observer.text.withLock { $0 })
            let lines = text.split(separator: "\n")
            // The header, the decision, and the name of the file with the values that rows replace.
            #expect(lines.count == 3)
            #expect(lines[1].contains("conflict"))
            #expect(lines[2].contains("revised"))
        }
    }

    @Test("A plan made for one server is not applied to another")
    func otherServer() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            var options = PlanOptions()
            options.source = .none
            options.baseURL = "https://mava.example"
            options.output = directory.file("plan.jsonl")
            let plan = try await Planner(options: options).plan(input, now: 0)
            let path = try #require(plan.path)
            #expect(SavedPlan.isPlan(path))
            let error = await #expect(throws: PlanError.self) {
                _ = try await run.apply(savedPlan: path) { _, _ in true }
            }
            #expect(error?.code == .otherServer)
            #expect(sandbox.stats.total == 0)
        }
    }
}
