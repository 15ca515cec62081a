import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import CLibrary
import Foundation
import MavaAPI
import Testing

@testable import BulkHistory

@Suite("Pruning")
struct PruneTests {
    private static let seconds = 1_795_000_000
    private static let now = Date(secondsSince1970: seconds)
    private let shelf: RunShelf

    init() throws {
        shelf = try RunShelf()
        for (index, name) in ["e", "d", "c", "b", "a"].enumerated() {
            try shelf.add(
                name, plan: Character(name), label: "nightly \(name)",
                startedAt: "2026-11-2\(7 - index)T10:00:00Z")
            try shelf.temporary.write("{\"journal\"}\n", to: "\(name)/journal.jsonl")
            try shelf.temporary.write("row,line\n", to: "\(name)/report.csv")
        }
    }

    private func plan(_ keepLast: Int = 2) throws -> PrunePlan {
        try shelf.history.prunePlan(PruneRule(keepLast: keepLast), now: Self.now)
    }

    @Test("a pruned run keeps a tombstone with its ids and sums, and nothing else")
    func tombstone() throws {
        let plan = try plan()
        #expect(plan.removed.map(\.run.name) == ["c", "b", "a"])
        #expect(plan.removed.allSatisfy { $0.bytes > 0 })
        let results = try shelf.history.prune(plan, now: Self.now)
        #expect(results.allSatisfy { $0.problem == nil && $0.bytes > 0 })
        #expect(try shelf.temporary.names("a") == ["tombstone.json"])
        let run = try shelf.history.run("a")
        #expect(run.state == .pruned)
        #expect(run.plan == String(repeating: "a", count: 64))
        #expect(run.label == "nightly a")
        #expect(run.startedAt == "2026-11-23T10:00:00Z")
        #expect(run.finishedAt == "2026-11-27T11:00:00Z")
        #expect(run.outcomes == [.updated: 3])
        #expect(run.rows == 3 && run.updatesSent == 3)
        #expect(run.starter.user == "ada" && run.starter.host == "desk")
        #expect(run.starter.command == nil)
        #expect(run.prunedAt == CivilTime(secondsSince1970: Self.seconds).iso8601)
        #expect(run.reportSHA256 == SHA256.hexDigest(of: Array("row,line\n".utf8)))
        #expect(run.bytesRemoved == results.first { $0.run.name == "a" }?.bytes)
        // The others are as they were.
        #expect(try shelf.temporary.names("d").contains("plan.jsonl"))
        #expect(try shelf.history.prunePlan(PruneRule(keepLast: 2), now: Self.now).removed == [])
    }

    @Test("a pruned run says so where its rows are wanted, and its directory takes no new run")
    func afterwards() throws {
        _ = try shelf.history.prune(try plan(), now: Self.now)
        let path = shelf.temporary.file("a")
        let time = CivilTime(secondsSince1970: Self.seconds).iso8601
        let error = #expect(throws: RunDirectoryError.self) { try RunDirectory.open(path) }
        #expect(error?.code == .pruned)
        #expect(error?.message.contains("the run was pruned on \(time)") == true)
        #expect(try shelf.temporary.names("a") == ["tombstone.json"])
        let occupied = #expect(throws: RunDirectoryError.self) {
            try RunDirectory.requireUnused(path)
        }
        #expect(occupied?.code == .occupied)
        #expect(try shelf.history.run("last").name == "e")
    }

    @Test("on a full disk, a run's reports make room for its tombstone")
    func fullDisk() throws {
        let disk = FailingFileSystem(.write(1, errorNumber: ENOSPC))
        let results = try shelf.history.prune(try plan(4), now: Self.now, fileSystem: disk)
        #expect(results.map(\.problem) == [nil])
        #expect(disk.writes == 2)
        #expect(try shelf.temporary.names("a") == ["tombstone.json"])
        let hash = SHA256.hexDigest(of: Array("row,line\n".utf8))
        #expect(try shelf.history.run("a").reportSHA256 == hash)
    }

    @Test("a tombstone that the disk refuses for another reason leaves the run as it was")
    func brokenDisk() throws {
        let names = try shelf.temporary.names("a")
        let disk = FailingFileSystem(.write(1, errorNumber: EIO))
        let results = try shelf.history.prune(try plan(4), now: Self.now, fileSystem: disk)
        #expect(results.map { $0.problem == nil } == [false])
        #expect(try shelf.temporary.names("a").filter { $0 != "lock" } == names)
        #expect(try shelf.history.run("a").state == .finished)
    }

    @Test("a pruning that was interrupted after the tombstone is finished by the next one")
    func interrupted() throws {
        let run = try shelf.history.run("a")
        try Tombstone(run: run, prunedAt: "2026-11-27T12:00:00Z", bytesRemoved: 5).write(
            to: run.files[.tombstone], fileSystem: POSIXFileSystem())
        #expect(try shelf.history.run("a").state == .pruned)
        #expect(throws: RunDirectoryError.self) {
            try RunDirectory.requireRun(shelf.temporary.file("a"))
        }
        let plan = try plan(4)
        #expect(plan.removed.map(\.run.name) == ["a"])
        #expect(try shelf.history.prune(plan, now: Self.now).map(\.problem) == [nil])
        #expect(try shelf.temporary.names("a") == ["tombstone.json"])
        #expect(try shelf.history.run("a").prunedAt == "2026-11-27T12:00:00Z")
    }

    @Test(
        "files beside a tombstone that pruning did not write stay",
        arguments: ["", "{}", "{\"prunedAt\":1}"])
    func foreignTombstone(text: String) throws {
        try shelf.temporary.write(text, to: "a/tombstone.json")
        #expect(try plan(0).removed.map(\.run.name) == ["d", "c", "b"])
        #expect(try shelf.temporary.names("a").contains("plan.jsonl"))
    }

    @Test("other files in a run's directory stay and are named")
    func otherFiles() throws {
        try shelf.temporary.write("mine", to: "a/notes.txt")
        let results = try shelf.history.prune(try plan(4), now: Self.now)
        #expect(results.map(\.otherFiles) == [["notes.txt"]])
        #expect(try shelf.temporary.names("a") == ["notes.txt", "tombstone.json"])
    }

    @Test(
        "a run that a process uses, and one that was resumed since the list was made, are left alone"
    )
    func busy() throws {
        let plan = try plan()
        let held = try RunDirectory.open(shelf.temporary.file("b"))
        try shelf.add(
            "a", plan: "a", startedAt: "2026-11-23T10:00:00Z", reason: "interrupted")
        let results = try shelf.history.prune(plan, now: Self.now)
        withExtendedLifetime(held) {}
        #expect(results.map { $0.problem == nil } == [true, false, false])
        #expect(try shelf.temporary.names("a").contains("plan.jsonl"))
        #expect(try shelf.temporary.names("b").contains("journal.jsonl"))
    }

    @Test("a link to a run's directory, and a run with a link among its files, are left alone")
    func links() throws {
        let elsewhere = try RunShelf()
        try elsewhere.add("x", plan: "x", startedAt: "2026-11-20T10:00:00Z")
        #expect(symlink(elsewhere.temporary.file("x"), shelf.temporary.file("x")) == 0)
        #expect(unlink(shelf.temporary.file("b/report.csv")) == 0)
        #expect(symlink("/etc/hostname", shelf.temporary.file("b/report.csv")) == 0)
        let plan = try plan()
        #expect(plan.removed.map(\.run.name) == ["c", "a"])
        let kept = plan.kept.filter { if case .notOurs = $0.reason { true } else { false } }
        #expect(kept.map(\.run.name) == ["b", "x"])
        #expect(kept.last?.reason == .notOurs("its directory is a link"))
        _ = try shelf.history.prune(plan, now: Self.now)
        #expect(try elsewhere.temporary.names("x").contains("plan.jsonl"))
        #expect(try shelf.temporary.names("b").contains("plan.jsonl"))
    }

    @Test(
        "a tombstone has at most a kilobyte, whatever the names are, and can be read",
        arguments: [1, 30, 100, 255])
    func size(length: Int) throws {
        var random = SeededGenerator(seed: UInt64(length))
        for _ in 0..<200 {
            func text(_ limit: Int) -> String {
                let letters = ["a", "é", "\u{1}", "\"", "\\", "日", "\u{2028}"]
                return (0..<(1 + random.below(limit))).map { _ in random.pick(letters) }.joined()
            }
            var run = PastRun(path: "runs/\(text(length))", state: .finished)
            run.plan = String(repeating: "f", count: 64)
            (run.label, run.tool, run.input) = (text(length), text(length), text(length))
            (run.startedAt, run.finishedAt) = ("2026-11-27T10:00:00Z", "2026-11-27T10:00:01Z")
            run.starter = RunStarter(
                user: text(length), host: text(length), command: ["secret"], job: text(length))
            run.reason = "finished"
            for outcome in Outcome.allCases { run.outcomes[outcome] = .max }
            (run.rows, run.updatesSent) = (.max, .max)
            run.follows = PlanHeader.Lineage(
                .retry,
                (0...random.below(5)).map { _ in .init(name: text(length), plan: run.plan!) })
            let bytes = Tombstone(
                run: run, prunedAt: "2026-11-27T12:00:00Z",
                reportSHA256: String(repeating: "e", count: 64), bytesRemoved: .max
            ).text()
            #expect(bytes.count <= 1024 && bytes.last == 0x0A)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("secret"))
            let shelf = try TemporaryDirectory()
            try POSIXFileSystem().makeDirectory(shelf.file("r"))
            try shelf.write(bytes, to: "r/tombstone.json")
            let read = try #require(PastRun(readingFrom: shelf.file("r")))
            #expect(read.problem == nil)
            #expect(read.plan == run.plan)
            #expect(read.prunedAt == "2026-11-27T12:00:00Z")
            if length <= 30 {
                #expect(read.outcomes == run.outcomes)
                #expect(read.follows?.runs.first == run.follows?.runs.first)
            }
        }
    }
}
