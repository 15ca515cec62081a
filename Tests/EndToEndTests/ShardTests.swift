import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Jobs share an input by shards, and one report is made of them", .timeLimit(.minutes(20)))
struct ShardTests {
    private static let rule = QuotaRule(limit: 90, window: .seconds(1))
    private static let quota = ["--quota", "90/1s"]
    private static let options = ["--yes", "--where", "note != skip"]

    /// Runs a body against a sandbox with generated tickets and a directory with rows of every kind for them.
    private func rehearse(
        tickets: Int = 240, quota: QuotaRule = Self.rule, faults: String = "",
        _ body: (Rehearsal) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: tickets, seed: 5))
        configuration.quota = quota
        configuration.faults = try FaultPlan(parsing: faults)
        let directory = try TemporaryDirectory()
        try await withSandbox(configuration) { sandbox in
            let rehearsal = Rehearsal(sandbox: sandbox, directory: directory)
            try directory.write(Self.rows(sandbox.workspace.ticketIDs), to: "rows.csv")
            try await body(rehearsal)
        }
    }

    /// One row for each ticket, and rows that are invalid, merged, in conflict and left out.
    private static func rows(_ ids: [String]) -> String {
        var rows = "ticketId,priority,status,expectStatus,note\n"
        for (index, id) in ids.enumerated() {
            rows += "\(id),\(index % 3 + 1),,,n\(index)\n"
        }
        rows += "\(ids[3]),,Pending,,again\n\(ids[5]),9,,,wrong\n,1,,,no id\n\"broken,1\"\n"
        rows +=
            "\(ids[7]),,Resolved,Spam,conflict\n\(ids[9]),,Resolved,,skip\nnot an id,2,,,other\n"
        return rows
    }

    /// The lines of a report without when and how often each row was sent.
    private static func stable(_ report: String) -> [[String]] {
        let lines = CSVLines.split(report)
        let varying = ["attempts", "durationMs", "finishedAt"].compactMap {
            lines.first?.firstIndex(of: $0)
        }
        return lines.map { line in
            line.enumerated().filter { !varying.contains($0.offset) }.map(\.element)
        }
    }

    private static func withoutTimes(_ rehearsal: Rehearsal) -> String {
        rehearsal.tickets().replacing(/"(updatedAt|createdAt)": ?"[^"]*"/, with: "")
    }

    @Test(
        "Five shards on one key at once: no 429, each row once, and the merged report is that of one run",
        arguments: [false, true])
    func five(isIndexed: Bool) async throws {
        var single: (report: [[String]], tickets: String, updates: Int) = ([], "", 0)
        try await rehearse { rehearsal in
            let done = try await rehearsal.program(
                ["apply", "rows.csv", "--run-dir", "run"] + Self.options + Self.quota)
            #expect(done.status == 3, "\(done.errors)")
            single.report = Self.stable(try rehearsal.directory.readText("run/report.csv"))
            single.tickets = Self.withoutTimes(rehearsal)
            single.updates = rehearsal.updates
        }
        #expect(single.updates > 100)
        try await rehearse { rehearsal in
            // The processes share the ledger of their home directory.
            var processes: [ChildProgram] = []
            for shard in 1...5 {
                let number = isIndexed ? "auto" : "\(shard)"
                var environment = rehearsal.environment
                if isIndexed { environment["JOB_COMPLETION_INDEX"] = "\(shard - 1)" }
                processes.append(
                    try BuiltProgram.start(
                        [
                            "apply", "rows.csv", "--shard", "\(number)/5", "--run-dir",
                            "run-\(shard)",
                        ]
                            + Self.options + Self.quota, in: rehearsal.folder,
                        environment: environment))
            }
            for process in processes {
                let ended = try await process.end()
                #expect(
                    [0, 3].contains(ended.status),
                    "\(String(decoding: ended.errors, as: UTF8.self))")
            }
            #expect(rehearsal.sandbox.stats.count(status: 429) == 0)
            #expect(rehearsal.sandbox.stats.peak <= 90)
            #expect(rehearsal.puts == single.updates)
            #expect(rehearsal.updates == single.updates)
            #expect(Self.withoutTimes(rehearsal) == single.tickets)
            let runs = (1...5).map { "run-\($0)" }
            let merged = try await rehearsal.program(["report", "merge"] + runs.reversed())
            #expect(merged.status == 0, "\(merged.errors)")
            #expect(Self.stable(merged.output) == single.report)
            // Each row is of one shard, and the reports of the others say of which.
            var owners: [String: Int] = [:]
            for (index, run) in runs.enumerated() {
                for row in try rehearsal.report(run) {
                    let isOther = row["errorCode"] == "other_shard"
                    #expect(!isOther || row["outcome"] == "excluded")
                    #expect(
                        isOther
                            == (row["message"]?.wholeMatch(of: /shard \d\/5 has this row/) != nil))
                    if !isOther { owners[row["row"] ?? "", default: 0] += 1 << (8 * index) }
                }
            }
            #expect(owners.count == single.report.count - 1)
            #expect(owners.values.allSatisfy { $0.nonzeroBitCount == 1 })
        }
    }

    @Test("What a shard prints, lists and writes tells its rows from those of other shards")
    func told() async throws {
        try await rehearse(tickets: 40, quota: .unlimited) { rehearsal in
            let plan = try await rehearsal.program(
                ["plan", "rows.csv", "--shard", "2/2", "--where", "note != skip"]
                    + Rehearsal.wideQuota)
            #expect(
                plan.output.contains(#/^Plan [0-9a-f]{8}, shard 2\/2: 47 rows of rows.csv/#),
                "\(plan.output)")
            #expect(plan.output.contains(#/, \d+ of other shards\n/#))
            let applied = try await rehearsal.program(
                [
                    "apply", "rows.csv", "--shard", "2/2", "--runs-dir", ".", "--run-dir", "two",
                    "--events", "events.jsonl",
                ] + Self.options + Rehearsal.wideQuota)
            let others = try #require(
                applied.output.firstMatch(of: #/excluded \((\d+) of other shards\)/#)?.1)
            let count = try rehearsal.report("two").count { $0["errorCode"] == "other_shard" }
            #expect("\(count)" == others)
            let summary = try rehearsal.directory.readText("two/summary.json")
            #expect(summary.contains("\"otherShards\" : \(count),"))
            #expect(summary.contains("\"index\" : 2,"))
            #expect(
                try rehearsal.directory.readText("events.jsonl").contains(
                    "\"otherShards\":\(count)"))
            let list = try await rehearsal.program(["runs", "--runs-dir", "."])
            #expect(list.output.contains("shard 2/2, "), "\(list.output)")
            let shown = try await rehearsal.program(["runs", "show", "two", "--runs-dir", "."])
            #expect(shown.output.contains("shard      2 of 2\n"), "\(shown.output)")
            let lines = try await rehearsal.program(["report", "two", "--format", "jsonl"])
            #expect(
                lines.output.components(separatedBy: #""errorCode":"other_shard""#).count - 1
                    == count)
            let page = try rehearsal.directory.readText("two/report.html")
            #expect(page.contains("2/2: \(count) rows in other shards"))
        }
    }

    @Test("A shard that was killed is named with the command that resumes it; then all are merged")
    func killed() async throws {
        try await rehearse(tickets: 60, quota: .unlimited, faults: "only=put,latency=8ms") {
            rehearsal in
            func arguments(_ shard: Int) -> [String] {
                ["apply", "rows.csv", "--shard", "\(shard)/2", "--run-dir", "shard-\(shard)"]
                    + Self.options + Rehearsal.wideQuota + ["--concurrency", "2"]
            }
            let first = try await rehearsal.program(arguments(1))
            #expect([0, 3].contains(first.status), "\(first.errors)")
            let done = rehearsal.updates
            let process = try rehearsal.start(arguments(2))
            try await process.signal(SIGKILL) { rehearsal.updates >= done + 5 }
            _ = try await process.end()
            let merge = ["report", "merge", "shard-1", "shard-2"]
            let refused = try await rehearsal.program(merge + ["--output", "merged.csv"])
            #expect(refused.status == 5, "\(refused.errors)")
            #expect(refused.errors.contains("shard 2/2 has not ended"))
            #expect(
                refused.errors.contains("Go on with `mava-bulk resume shard-2`, then merge again"))
            #expect(refused.errors.contains("explain run_not_ended"))
            #expect(try !rehearsal.directory.names().contains("merged.csv"))
            let resumed = try await rehearsal.program(["resume", "shard-2", "--yes"])
            #expect([0, 3].contains(resumed.status), "\(resumed.errors)")
            let merged = try await rehearsal.program(merge + ["--output", "merged.csv"])
            #expect(merged.status == 0, "\(merged.errors)")
            #expect(merged.errors.contains("wrote 67 rows to merged.csv"))
            let outcomes = CSVLines.split(try rehearsal.directory.readText("merged.csv")).map {
                $0[3]
            }
            #expect(outcomes.count { $0 == "updated" } > 30)
            #expect(!outcomes.contains("unsent"))
        }
    }

    @Test(
        "What cannot be merged is a usage error, a damaged run is unusable, and nothing is printed")
    func refused() async throws {
        try await rehearse(tickets: 30, quota: .unlimited) { rehearsal in
            for (shard, name, more) in [
                ("1/2", "a", [String]()), ("2/2", "b", []), ("2/3", "c", []),
                ("2/2", "d", ["--where", "note != n1"]),
            ] {
                let done = try await rehearsal.program(
                    ["apply", "rows.csv", "--shard", shard, "--run-dir", name, "--no-read"]
                        + Self.options + more + Rehearsal.wideQuota)
                #expect([0, 3].contains(done.status), "\(done.errors)")
            }
            func merge(_ runs: [String], _ status: Int32, _ message: String) async throws {
                let result = try await rehearsal.program(["report", "merge"] + runs)
                #expect(result.status == status, "\(runs): \(result.errors)")
                #expect(result.output.isEmpty)
                #expect(result.errors.contains(message), "\(result.errors)")
            }
            try await merge(["a"], 2, "the run of shard 2/2 is missing")
            try await merge(
                ["a", "b", "b"], 2, "shard 2/2 is there twice: b is named twice: leave one out")
            try await merge(["a", "c"], 2, "different numbers of shards")
            try await merge(["a", "d"], 2, "made with different options")
            try await merge(["a", "no-such-run"], 2, "there is no run")
            // A journal without its end is shorter than the summary says.
            let journal = try rehearsal.directory.readText("b/journal.jsonl").split(separator: "\n")
            try rehearsal.directory.write(
                journal.prefix(3).joined(separator: "\n") + "\n", to: "b/journal.jsonl")
            try await merge(["a", "b"], 6, "and summary.json counts")
        }
    }

    @Test("A merged report says that a shard was undone, or cannot be made because one was pruned")
    func undoneAndPruned() async throws {
        try await rehearse(tickets: 30, quota: .unlimited) { rehearsal in
            for shard in 1...2 {
                let done = try await rehearsal.program(
                    [
                        "apply", "rows.csv", "--shard", "\(shard)/2", "--run-dir", "runs/s\(shard)",
                    ] + Self.options + Rehearsal.wideQuota)
                #expect([0, 3].contains(done.status), "\(done.errors)")
            }
            let undo = try await rehearsal.program(
                ["undo", "runs/s2", "--yes", "--run-dir", "runs/undo", "--runs-dir", "runs"]
                    + Rehearsal.wideQuota)
            #expect([0, 3].contains(undo.status), "\(undo.errors)")
            let note = "shard 2/2 (s2) was undone by undo: its rows show what it sent"
            for format in ["csv", "markdown", "html", "summary"] {
                let merged = try await rehearsal.program(
                    ["report", "merge", "runs/s1", "runs/s2", "--format", format])
                #expect(merged.status == 0, "\(merged.errors)")
                #expect(merged.errors == "warning: \(note)\n", "\(format)")
                switch format {
                case "markdown": #expect(merged.output.contains("**shard 2/2"), "\(merged.output)")
                case "html": #expect(merged.output.contains("was undone by undo"))
                case "summary": #expect(merged.output.contains(#""undoneBy" : ["#))
                default: break
                }
            }
            let alone = try await rehearsal.program(["report", "runs/s2"])
            #expect(
                alone.errors
                    == "warning: the run (s2) was undone by undo: its rows show what it sent\n")
            let prune = try await rehearsal.program([
                "runs", "prune", "--keep-last", "2", "--yes", "--runs-dir", "runs",
            ])
            #expect(prune.status == 0, "\(prune.errors)")
            let refused = try await rehearsal.program(["report", "merge", "runs/s1", "runs/s2"])
            #expect(refused.status == 2)
            #expect(refused.output.isEmpty)
            #expect(
                refused.errors.contains(
                    #/runs\/s1 was pruned at 20\S+Z, so its rows/#),
                "\(refused.errors)")
        }
    }
}
