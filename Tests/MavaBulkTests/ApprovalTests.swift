import BulkExecution
import BulkSystem
import BulkTestSupport
import Foundation
import MavaBulk
import MavaSandbox
import Synchronization
import Testing

/// Runs a closure when a run begins to send.
private final class AtBeginning: RunObserver {
    private let body: @Sendable (String) -> Void
    init(_ body: @escaping @Sendable (String) -> Void) { self.body = body }
    func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {
        body(directory)
    }
}

@Suite("What was approved is what is sent")
struct ApprovalTests {
    /// A sandbox with so many tickets that a plan for them has several blocks, and a run on one request at a time.
    private func withRun(
        tickets: Int = 1500,
        _ body: (Sandbox, BulkRun, PlanInput, TemporaryDirectory) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: tickets, seed: 1))
        configuration.quota = .unlimited
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let key = try #require(APIKey(sandbox.apiKeys[0]))
            let connection = try MavaConnection(
                baseURL: sandbox.address, key: key,
                quota: Quota(requests: 100_000, window: .seconds(1)))
            var run = BulkRun(connection, in: directory)
            run.execution.concurrency = 1
            let rows = sandbox.workspace.ticketIDs.map { "\($0),3\n" }.joined()
            let input = PlanInput(
                path: try directory.write("ticketId,priority\n" + rows, to: "rows.csv"))
            try await body(sandbox, run, input, directory)
        }
    }

    @Test("a plan that is exchanged after the answer is not sent, and cannot be resumed")
    func exchanged() async throws {
        try await withRun(tickets: 5) { sandbox, run, input, directory in
            let ticket = sandbox.workspace.ticketIDs[0]
            var planner = Planner(client: try client(sandbox))
            planner.options.output = directory.file("other.jsonl")
            let other = PlanInput(
                path: try directory.write("ticketId,status\n\(ticket),Resolved\n", to: "other.csv"))
            _ = try await planner.plan(other, now: 0)
            let error = await #expect(throws: PlanError.self) {
                _ = try await run.apply(input) { plan in
                    let path = try #require(plan.path)
                    try FileManager.default.removeItem(atPath: path)
                    try FileManager.default.moveItem(
                        atPath: directory.file("other.jsonl"), toPath: path)
                    return true
                }
            }
            #expect(error?.code == .otherPlan)
            #expect(sandbox.stats.count(method: "PUT") == 0)
            await #expect(throws: RunDirectoryError.self) {
                _ = try await run.resume(directory.file("run"))
            }
            #expect(sandbox.stats.count(method: "PUT") == 0)
        }
    }

    @Test(
        "a plan that is edited in its place before the answer is not sent, and no run begins",
        arguments: [false, true])
    func editedBeforeAnswer(isSaved: Bool) async throws {
        try await withRun(tickets: 5) { sandbox, run, input, directory in
            func edit(_ plan: Plan) throws -> Bool {
                let path = try #require(plan.path)
                let text = try String(contentsOfFile: path, encoding: .utf8)
                let file = try #require(FileHandle(forWritingAtPath: path))
                try file.write(contentsOf: Data(text.replacing(":3}", with: ":1}").utf8))
                try file.close()
                return true
            }
            var planner = Planner(client: try client(sandbox))
            planner.options.output = directory.file("saved.jsonl")
            _ = try await planner.plan(input, now: 0)
            let error = await #expect(throws: PlanError.self) {
                if isSaved {
                    let saved = directory.file("saved.jsonl")
                    _ = try await run.apply(savedPlan: saved) { plan, _ in try edit(plan) }
                } else {
                    _ = try await run.apply(input) { try edit($0) }
                }
            }
            #expect(error?.code == .rowsChanged)
            #expect(error?.description.contains("resume") == false)
            #expect(error?.description.contains(".plan-") == false)
            #expect(sandbox.stats.count(method: "PUT") == 0)
            #expect(!FileManager.default.fileExists(atPath: directory.file("run")))
        }
    }

    private func client(_ sandbox: Sandbox) throws -> MavaClient {
        let key = try #require(APIKey(sandbox.apiKeys[0]))
        return try MavaConnection(baseURL: sandbox.address, key: key).reader
    }

    @Test("a plan that is edited in place while it is sent ends the run before the changed row")
    func editedInPlace() async throws {
        try await withRun { sandbox, run, input, directory in
            var run = run
            let original = Mutex([UInt8]())
            run.observer = AtBeginning { directory in
                // Changes one priority in the last row.
                let path = directory + "/plan.jsonl"
                var bytes = (try? TemporaryDirectory.read(path)) ?? []
                original.withLock { $0 = bytes }
                guard let place = bytes.lastIndex(of: UInt8(ascii: "3")),
                    let file = FileHandle(forWritingAtPath: path)
                else { return }
                bytes[place] = UInt8(ascii: "1")
                file.seek(toFileOffset: UInt64(place))
                file.write(Data([bytes[place]]))
                file.closeFile()
            }
            let ended = try #require(try await run.apply(input) { _ in true }.result)
            #expect(ended.summary.reason == .planUnreadable)
            let total = ended.header.requests
            #expect(ended.counts.rows == ended.header.counts.rows)
            #expect(ended.counts[.updated] > 0 && ended.counts[.updated] < total)
            #expect(
                sandbox.stats.count(method: "PUT", status: 200) == ended.counts[.updated])

            // The run cannot be resumed with the changed plan, only with the approved one.
            run.observer = NoObserver()
            let path = directory.file("run")
            await #expect(throws: PlanError.self) { _ = try await run.resume(path) }
            try directory.write(original.withLock { $0 }, to: "run/plan.jsonl")
            let resumed = try await run.resume(path)
            #expect(resumed.isSuccess)
            #expect(sandbox.stats.count(method: "PUT", status: 200) == total)
            let lines = try directory.readText("run/report.csv").split(separator: "\n")
            #expect(lines.count == resumed.header.counts.rows + 1)
            #expect(!lines.contains { $0.contains("plan_changed") })
        }
    }

    @Test(
        "a journal that is deleted or cut while the run goes on stops it", arguments: [true, false])
    func journalLost(isDeleted: Bool) async throws {
        try await withRun { sandbox, run, input, directory in
            var run = run
            run.observer = AtBeginning { directory in
                let path = directory + "/journal.jsonl"
                if isDeleted {
                    unlink(path)
                } else {
                    truncate(path, 10)
                }
            }
            let ended = try #require(try await run.apply(input) { _ in true }.result)
            #expect(ended.summary.reason == .journalFailure)
            #expect(ended.counts.rows == 1500)
            #expect(ended.counts[.unsent] > 0)
            let sent = sandbox.stats.count(method: "PUT")
            #expect(ended.counts[.updated] + ended.counts[.unknown] >= sent)
        }
    }

    @Test(
        "a directory, or a file in it, that belongs to another user is refused",
        .enabled(if: geteuid() == 0))
    func foreignOwner() async throws {
        try await withRun(tickets: 5) { sandbox, run, input, directory in
            let path = directory.file("run")
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            #expect(chown(path, 12345, 12345) == 0)
            let error = await #expect(throws: RunDirectoryError.self) {
                _ = try await run.apply(input) { _ in true }
            }
            #expect(error?.code == .notOurs)
            #expect(sandbox.stats.count(method: "PUT") == 0)
            #expect(chown(path, 0, 0) == 0)
            run.control.stop(.deadline)
            _ = try await run.apply(input) { _ in true }
            #expect(chown(path + "/plan.jsonl", 12345, 12345) == 0)
            var other = run
            other.control = RunControl()
            await #expect(throws: RunDirectoryError.self) { _ = try await other.resume(path) }
            #expect(sandbox.stats.count(method: "PUT") == 0)
        }
    }

    @Test(
        "links, pipes and directories in the places of a run's files are refused before anything is sent",
        arguments: [
            "report.csv", "report.html", "failed.csv", "summary.json", "journal.jsonl", "run.json",
            "lock",
            "approvals.jsonl",
        ])
    func places(name: String) async throws {
        try await withRun(tickets: 5) { sandbox, run, input, directory in
            let path = directory.file("run")
            let place = path + "/" + name
            let make: [() -> Void] = [
                { symlink("/nowhere/at/all", place) }, { mkfifo(place, 0o600) },
                { mkdir(place, 0o700) },
            ]
            for put in make {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
                put()
                await #expect(throws: RunDirectoryError.self) {
                    _ = try await run.apply(input) { _ in true }
                }
                try FileManager.default.removeItem(atPath: path)
            }
            // A resume does not write through a link either.
            let stopped = run
            stopped.control.stop(.deadline)
            _ = try await stopped.apply(input) { _ in true }
            var other = run
            other.control = RunControl()
            try? FileManager.default.removeItem(atPath: place)
            try FileManager.default.createSymbolicLink(
                atPath: place, withDestinationPath: directory.file("target"))
            let error = await #expect(throws: RunDirectoryError.self) {
                _ = try await other.resume(path)
            }
            #expect(error?.code == .notOurs)
            #expect(!FileManager.default.fileExists(atPath: directory.file("target")))
            #expect(sandbox.stats.count(method: "PUT") == 0)
        }
    }

    @Test(
        "a plan with damaged first bytes is a plan that is refused, never an input",
        arguments: ["\u{FEFF}", " ", "x", "{"])
    func damagedBeginning(prefix: String) async throws {
        try await withRun(tickets: 5) { sandbox, _, input, directory in
            var planner = Planner(client: try client(sandbox))
            planner.options.output = directory.file("plan.jsonl")
            _ = try await planner.plan(input, now: 0)
            let text = try directory.readText("plan.jsonl")
            for damaged in [prefix + text, String(text.dropFirst(3)), prefix + text.dropFirst(20)] {
                let path = try directory.write(damaged, to: "damaged.jsonl")
                #expect(SavedPlan.isPlan(path), "\(damaged.prefix(60))")
                #expect(throws: PlanError.self) { _ = try SavedPlan.open(path) }
            }
        }
    }
}
