import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import CLibrary
import Testing

@testable import BulkHistory

/// Directories of runs as the program leaves them, written by hand.
struct RunShelf {
    let temporary: TemporaryDirectory
    var history: RunHistory { RunHistory(temporary.path) }

    init() throws { temporary = try TemporaryDirectory() }

    /// Writes the directory of a run.
    func add(
        _ name: String, plan: Character, label: String? = nil, startedAt: String,
        reason: String? = "finished", outcomes: [Outcome: Int] = [.updated: 3],
        follows: PlanHeader.Lineage? = nil
    ) throws {
        let files = RunFiles(temporary.file(name))
        try POSIXFileSystem().makeDirectory(temporary.file(name))
        try temporary.write("{}\n", to: "\(name)/plan.jsonl")
        var settings = RunSettings(
            tool: "mava-bulk test", plan: String(repeating: plan, count: 64), quota: "90/30s",
            timeout: "30s", concurrency: 16, giveUpAfter: "300s", onConflict: "skip",
            unattended: true)
        settings.label = label
        settings.startedAt = startedAt
        settings.starter = RunStarter(
            user: "ada", host: "desk", command: ["mava-bulk", "apply", "a b.csv"],
            job: "https://ci/1")
        settings.follows = follows
        try settings.write(to: files[.settings])
        guard let reason else { return }
        let rows = outcomes.values.reduce(0, +)
        let counts = outcomes.map { "\"\($0.key.rawValue)\" : \($0.value)" }.sorted()
        try temporary.write(
            """
            {
              "input" : "a b.csv",
              "outcomes" : { \(counts.joined(separator: ", ")) },
              "plan" : "\(settings.plan)", "reason" : "\(reason)", "rows" : \(rows),
              "finishedAt" : "2026-11-27T11:00:00Z", "startedAt" : "2026-11-27T10:59:00Z",
              "updatesSent" : 3, "later" : { "unknown" : [1, null] }
            }
            """, to: "\(name)/summary.json")
    }
}

@Suite("Past runs are read from their directories")
struct RunHistoryTests {
    @Test("runs are listed newest first, with their states, and what is no run is passed over")
    func list() throws {
        let shelf = try RunShelf()
        try shelf.add("b", plan: "b", startedAt: "2026-11-27T10:00:00Z", reason: "interrupted")
        try shelf.add("a", plan: "a", startedAt: "2026-11-27T11:00:00Z")
        try shelf.add("c", plan: "c", startedAt: "2026-11-27T09:00:00Z", reason: nil)
        try POSIXFileSystem().makeDirectory(shelf.temporary.file("empty"))
        try shelf.temporary.write("x", to: "file")
        let runs = try shelf.history.runs()
        #expect(runs.map(\.name) == ["a", "b", "c"])
        #expect(runs.map(\.state) == [.finished, .resumable, .resumable])
        #expect(runs[0].outcomes == [.updated: 3])
        #expect(runs[0].rows == 3)
        #expect(runs[0].starter.user == "ada")
        #expect(runs[0].starter.command == ["mava-bulk", "apply", "a b.csv"])
        #expect(runs[0].startedAt == "2026-11-27T11:00:00Z")
        #expect(runs[2].rows == nil)
    }

    @Test("a run that began in the future, by a wrong clock, is the oldest")
    func future() throws {
        let shelf = try RunShelf()
        try shelf.add("a", plan: "a", startedAt: "2026-11-27T10:00:00Z")
        try shelf.add("b", plan: "b", startedAt: "2099-01-01T00:00:00Z")
        try shelf.add("c", plan: "c", startedAt: "2026-11-27T09:00:00Z")
        #expect(try shelf.history.runs().map(\.name) == ["a", "c", "b"])
        #expect(try shelf.history.run("last").name == "a")
    }

    @Test("a run whose settings are damaged goes back to what its plan says")
    func damagedSettings() throws {
        let shelf = try RunShelf()
        try shelf.add("first", plan: "a", startedAt: "2026-11-27T10:00:00Z")
        let lineage = PlanHeader.Lineage(
            .undo, [.init(name: "first", plan: String(repeating: "a", count: 64))])
        try shelf.add("undo", plan: "b", startedAt: "2026-11-27T11:00:00Z", follows: lineage)
        try shelf.temporary.write("{\"tool\":", to: "undo/run.json")
        var header = PlanHeader(
            tool: "test", createdAt: "2026-11-27T11:00:00Z",
            input: .init(name: "run", sha256: "", format: "jsonl", columns: ["ticketId"]),
            source: .live, price: PlanPrice(reads: 0, writes: 0, auditEntries: 0))
        header.id = String(repeating: "b", count: 64)
        header.follows = lineage
        var buffer = OutputBuffer()
        header.append(to: &buffer)
        buffer.append("\n")
        try shelf.temporary.write(
            buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, to: "undo/plan.jsonl")
        let later = try shelf.history.laterRuns(than: shelf.temporary.file("first"))
        #expect(later.map(\.run.name) == ["undo"])
    }

    @Test("the numbers of an earlier part are not those of a run that was killed in a later one")
    func killedLater() throws {
        let shelf = try RunShelf()
        for (name, reason, isStale) in [
            ("a", "interrupted", true), ("b", "interrupted", false), ("c", "finished", true),
        ] {
            try shelf.add(
                name, plan: "a", startedAt: "2026-11-27T10:00:00Z", reason: reason)
            let journal = RunFiles(shelf.temporary.file(name))[.journal]
            let summary = RunFiles(shelf.temporary.file(name))[.summary]
            try shelf.temporary.write("{}\n", to: "\(name)/journal.jsonl")
            for (path, second) in [(journal, isStale ? 20 : 10), (summary, 15)] {
                var times = [timespec(tv_sec: second, tv_nsec: 0)]
                times.append(times[0])
                try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
            }
            let run = try #require(PastRun(readingFrom: shelf.temporary.file(name)))
            let isKnown = reason == "finished" || !isStale
            #expect(run.state == (reason == "finished" ? .finished : .resumable))
            #expect(run.rows == (isKnown ? 3 : nil) && run.outcomes.isEmpty != isKnown)
            #expect(run.reason == (isKnown ? reason : nil) && (run.updatesSent == nil) != isKnown)
        }
    }

    @Test("a directory that does not exist has no runs")
    func nothing() throws {
        let shelf = try RunShelf()
        #expect(try RunHistory(shelf.temporary.file("none")).runs().isEmpty)
    }

    @Test("a run whose lock is held is running, and asking does not disturb it")
    func running() throws {
        let shelf = try RunShelf()
        try shelf.add("a", plan: "a", startedAt: "2026-11-27T11:00:00Z", reason: "interrupted")
        let held = try RunDirectory.open(shelf.temporary.file("a"))
        #expect(try shelf.history.runs().map(\.state) == [.running])
        withExtendedLifetime(held) {}
    }

    @Test("settings that cannot be read make one run unreadable, and the others are listed")
    func unreadable() throws {
        let shelf = try RunShelf()
        try shelf.add("a", plan: "a", startedAt: "2026-11-27T11:00:00Z")
        try shelf.add("b", plan: "b", startedAt: "2026-11-27T10:00:00Z")
        try shelf.temporary.write("{\"plan\":", to: "a/run.json")
        let runs = try shelf.history.runs()
        #expect(Set(runs.map(\.state)) == [.unreadable, .finished])
        #expect(runs.first { $0.name == "a" }?.problem != nil)
    }

    @Test("a run whose plan is another one, or is missing, is unreadable")
    func otherPlan() throws {
        let shelf = try RunShelf()
        func header(_ plan: String) -> String {
            #"{"format":"mava-bulk-plan","version":1,"tool":"t","id":"\#(plan)","createdAt":"20"#
        }
        for (name, plan) in [("a", "a"), ("b", "c")] {
            try shelf.add(name, plan: Character(name), startedAt: "2026-11-27T11:00:00Z")
            try shelf.temporary.write(
                header(String(repeating: plan, count: 64)), to: "\(name)/plan.jsonl")
        }
        try shelf.add("d", plan: "d", startedAt: "2026-11-27T11:00:00Z")
        try POSIXFileSystem().remove(shelf.temporary.file("d/plan.jsonl"))
        try POSIXFileSystem().makeDirectory(shelf.temporary.file("e"))
        try shelf.temporary.write("{\"plan\":", to: "e/run.json")
        let runs = try shelf.history.runs().sorted { $0.name < $1.name }
        #expect(runs.map(\.name) == ["a", "b", "d", "e"])
        #expect(runs.map(\.state) == [.finished, .unreadable, .unreadable, .unreadable])
        #expect(
            runs[1].problem?.contains("is plan cccccccc, and the run's plan is bbbbbbbb") == true)
        #expect(runs[2].problem?.contains("there is no") == true)
        #expect(runs[3].problem?.hasSuffix("e/run.json cannot be read") == true)
    }

    @Test(
        "a run is partly undone by an undo of fewer rows, or one that did not come to its end",
        arguments: [
            (3, 0, "finished", false), (1, 2, "finished", false), (1, 0, "finished", true),
            (2, 0, "interrupted", true), (3, 0, nil, true),
        ] as [(Int, Int, String?, Bool)])
    func partlyUndone(updated: Int, unchanged: Int, reason: String?, isPartly: Bool) throws {
        let shelf = try RunShelf()
        try shelf.add(
            "a", plan: "a", startedAt: "2026-11-27T10:00:00Z", outcomes: [.updated: 3])
        let reference = PlanHeader.Lineage.Run(name: "a", plan: String(repeating: "a", count: 64))
        try shelf.add(
            "b", plan: "b", startedAt: "2026-11-27T10:01:00Z", reason: reason,
            outcomes: [.updated: updated, .unchanged: unchanged], follows: .init(.undo, [reference])
        )
        let run = try shelf.history.run("a")
        #expect(run.undoneBy == ["b"])
        #expect(run.isPartlyUndone == isPartly)
        #expect(run.redone == nil)
        let undo = PlanHeader.Lineage.Run(name: "b", plan: String(repeating: "b", count: 64))
        try shelf.add(
            "c", plan: "c", startedAt: "2026-11-27T10:02:00Z", follows: .init(.undo, [undo]))
        #expect(try shelf.history.runs().last?.redone == "which was undone by c")
    }

    @Test("a run is undone by undos that put something back, and by retries of an undo")
    func undoneBy() throws {
        let shelf = try RunShelf()
        func reference(_ plan: Character) -> PlanHeader.Lineage.Run {
            .init(name: String(plan), plan: String(repeating: plan, count: 64))
        }
        func add(
            _ plan: Character, minute: Int, updated: Int, reason: String? = "finished",
            _ follows: PlanHeader.Lineage?
        ) throws {
            try shelf.add(
                String(plan), plan: plan, startedAt: "2026-11-27T10:0\(minute):00Z", reason: reason,
                outcomes: [.updated: updated, .failed: 3 - updated], follows: follows)
        }
        try add("a", minute: 0, updated: 3, nil)
        try add("b", minute: 1, updated: 0, .init(.undo, [reference("a")]))
        #expect(try shelf.history.run("a").undoneBy == [])
        try add("c", minute: 2, updated: 3, .init(.retry, [reference("b")]))
        #expect(try shelf.history.run("a").undoneBy == ["c"])
        #expect(try shelf.history.run("b").retriedBy == ["c"])
        // What an undo did that was killed is not known.
        try add("d", minute: 3, updated: 0, reason: nil, .init(.undo, [reference("a")]))
        #expect(try shelf.history.run("a").undoneBy == ["d", "c"])

        let later = try shelf.history.laterRuns(than: shelf.temporary.file("a"))
        #expect(later.map(\.run.name) == ["d", "c"])
        #expect(later.map(\.kind) == [.undo, .undo])
        // The runs beside the run are looked at, whatever the directory of runs is.
        let beside = try RunHistory("elsewhere").laterRuns(than: shelf.temporary.file("b"))
        #expect(beside.map(\.run.name) == ["c"])
        #expect(beside.map(\.kind) == [.retry])
        #expect(try shelf.history.laterRuns(than: shelf.temporary.file("d")) == [])
    }

    @Test(
        "a run is found by its directory, its name, the beginning of it, its plan, its label, or last",
        arguments: [
            ("20261127T110000Z-aaaaaaaa", "20261127T110000Z-aaaaaaaa"),
            ("20261127T11", "20261127T110000Z-aaaaaaaa"), ("aaaa", "20261127T110000Z-aaaaaaaa"),
            ("BBBBBBBB", "20261127T100000Z-bbbbbbbb"),
            ("handover", "20261127T100000Z-bbbbbbbb"), ("last", "20261127T110000Z-aaaaaaaa"),
        ])
    func reference(_ reference: String, _ name: String) throws {
        let shelf = try RunShelf()
        try shelf.add("20261127T110000Z-aaaaaaaa", plan: "a", startedAt: "2026-11-27T11:00:00Z")
        try shelf.add(
            "20261127T100000Z-bbbbbbbb", plan: "b", label: "handover",
            startedAt: "2026-11-27T10:00:00Z")
        #expect(try shelf.history.run(reference).name == name)
        let path = shelf.temporary.file(name)
        #expect(try RunHistory("elsewhere").run(path).name == name)
    }

    @Test(
        "a reference that fits several runs names them; one that fits none says how to name a run")
    func ambiguous() throws {
        let shelf = try RunShelf()
        try shelf.add("20261127T110000Z-aaaaaaaa", plan: "a", startedAt: "2026-11-27T11:00:00Z")
        try shelf.add("20261127T100000Z-bbbbbbbb", plan: "b", startedAt: "2026-11-27T10:00:00Z")
        let several = #expect(throws: RunReferenceError.self) { try shelf.history.run("2026") }
        #expect(
            several?.candidates == ["20261127T110000Z-aaaaaaaa", "20261127T100000Z-bbbbbbbb"])
        let none = #expect(throws: RunReferenceError.self) { try shelf.history.run("../x") }
        #expect(none?.candidates == [])
        #expect(throws: RunReferenceError.self) { try RunHistory("nowhere").run("last") }
    }

    @Test("an undo and a retry are seen from both sides")
    func lineage() throws {
        let shelf = try RunShelf()
        let first = PlanHeader.Lineage.Run(name: "a", plan: String(repeating: "a", count: 64))
        try shelf.add("a", plan: "a", startedAt: "2026-11-27T09:00:00Z")
        try shelf.add(
            "b", plan: "b", startedAt: "2026-11-27T10:00:00Z",
            follows: PlanHeader.Lineage(.retry, [first]))
        try shelf.add(
            "c", plan: "c", startedAt: "2026-11-27T11:00:00Z",
            follows: PlanHeader.Lineage(.undo, [first]))
        let runs = try shelf.history.runs()
        #expect(runs[2].undoneBy == ["c"])
        #expect(runs[2].retriedBy == ["b"])
        #expect(runs[0].follows?.runs == [first])
        #expect(try shelf.history.run(shelf.temporary.file("a")).undoneBy == ["c"])
    }
}
