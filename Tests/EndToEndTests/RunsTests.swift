import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Past runs on the command line", .timeLimit(.minutes(20)))
struct RunsTests {
    private static let tickets = [
        "695c76afd0e42018b77a9c2d", "695cd34fa4b07254adddf65b", "695f42e0b38766cd7cf45eb6",
        "695fcfeea62e19ae203e4e46",
    ]

    private func json(_ text: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    /// Writes rows that set a field of the first few tickets.
    private func rows(
        _ rehearsal: Rehearsal, _ count: Int, priority: Int, name: String = "rows.csv"
    ) throws {
        let lines = Self.tickets.prefix(count).map { "\($0),\(priority)\n" }
        try rehearsal.directory.write("ticketId,priority\n" + lines.joined(), to: name)
    }

    /// Applies rows that set the priority of the first few tickets, in the default directory of runs.
    @discardableResult
    private func apply(
        _ rehearsal: Rehearsal, _ count: Int, priority: Int, _ options: [String] = []
    ) async throws -> BuiltProgram.Result {
        try rows(rehearsal, count, priority: priority)
        return try await rehearsal.program(
            ["apply", "rows.csv", "--yes"] + options + Rehearsal.wideQuota)
    }

    private func runs(_ rehearsal: Rehearsal, _ options: [String] = []) async throws
        -> [[String: Any]]
    {
        let result = try await rehearsal.program(["runs", "--json"] + options)
        #expect(result.status == 0, "\(result.errors)")
        return try #require(try json(result.output)["runs"] as? [[String: Any]])
    }

    @Test("runs find shows what each run did to a ticket, with names, newest first")
    func find() async throws {
        try await Rehearsal.run { rehearsal in
            let file = Rehearsal.sample("reassign/handover.csv")
            let first = try await rehearsal.program(
                ["apply", file, "--yes", "--label", "handover week 27"] + Rehearsal.wideQuota)
            #expect(first.status == 0, "\(first.errors)")
            try await apply(rehearsal, 2, priority: 1)
            try await apply(rehearsal, 1, priority: 2)
            let ticket = Self.tickets[0]
            let text = try await rehearsal.program(["runs", "find", ticket])
            #expect(text.status == 0, "\(text.errors)")
            let changes = text.output.matches(
                of: /row 1  updated  ((?:priority|assignedTo) .* → .*)\n/
            ).map { String($0.1) }
            #expect(changes.count == 3, "\(text.output)")
            #expect(changes.first == "priority 1 → 2")
            #expect(changes.last?.hasSuffix("→ Grace") == true)
            #expect(text.output.contains("\"handover week 27\""))
            // Whatever the column of tickets takes.
            let link = "https://dashboard.mava.app/dashboard/ticket?id=" + ticket.uppercased()
            let found = try json(
                try await rehearsal.program(["runs", "find", link, "--json"]).output)
            #expect(found["ticket"] as? String == ticket)
            #expect(found["searched"] as? Int == 3)
            let lines = try #require(found["rows"] as? [[String: Any]])
            #expect(lines.map { $0["outcome"] as? String } == ["updated", "updated", "updated"])
            let change = try #require((lines[2]["changes"] as? [[String: Any]])?.first)
            #expect(change["field"] as? String == "assignedTo")
            #expect(change["afterName"] as? String == "Grace")
            #expect(change["after"] as? String == "6694e510738635da7b462fec")
            #expect(lines[2]["label"] as? String == "handover week 27")
            #expect(lines[0]["startedAt"] is String && lines[0]["finishedAt"] is String)
        }
    }

    @Test("runs find says when no run changed a ticket, and what is no ticket is a usage error")
    func findNothing() async throws {
        try await Rehearsal.run { rehearsal in
            try await apply(rehearsal, 1, priority: 1)
            // The ticket has this priority already.
            try await apply(rehearsal, 1, priority: 1, ["--runs-dir", "other"])
            let other = try await rehearsal.program(["runs", "find", Self.tickets[1]])
            #expect(other.status == 0)
            #expect(
                other.output == "no run changed \(Self.tickets[1]) "
                    + "(1 run of mava-bulk-runs searched)\n")
            let unchanged = try await rehearsal.program([
                "runs", "find", Self.tickets[0], "--runs-dir", "other",
            ])
            #expect(unchanged.output.contains("    row 1  unchanged\n"))
            #expect(unchanged.output.contains("no run changed \(Self.tickets[0])"))
            let unusual = try await rehearsal.program(["runs", "find", "zzz"])
            #expect(unusual.status == 0)
            #expect(unusual.errors.contains("`zzz` is not a usual ticket id"), "\(unusual.errors)")
            #expect(!other.errors.contains("usual"))
            let wrong = try await rehearsal.program(["runs", "find", "12345"])
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("is a number"))
        }
    }

    @Test("a label finds its run, and the key in a label is not kept")
    func labels() async throws {
        try await Rehearsal.run { rehearsal in
            let key = rehearsal.sandbox.apiKeys[0]
            try await apply(rehearsal, 1, priority: 1, ["--label", "night \(key) job"])
            try await apply(rehearsal, 1, priority: 2, ["--label", "handover"])
            let listed = try await rehearsal.program(["runs"])
            #expect(listed.output.contains("\"handover\""))
            #expect(!listed.output.contains(key))
            let files = try FileManager.default.subpathsOfDirectory(
                atPath: rehearsal.directory.path)
            for file in files where file.hasSuffix(".json") || file.hasSuffix(".jsonl") {
                #expect(try !rehearsal.directory.readText(file).contains(key), "\(file)")
            }
            let shown = try json(
                try await rehearsal.program(["runs", "show", "handover", "--json"]).output)
            #expect(shown["format"] as? String == "mava-bulk-past-run")
            #expect(shown["label"] as? String == "handover")
            #expect(shown["state"] as? String == "finished")
            #expect((shown["outcomes"] as? [String: Int])?["updated"] == 1)
            let page = try await rehearsal.program(["runs", "show", "handover"])
            #expect(page.output.contains("label      handover\n"))
            #expect(page.output.contains("command    mava-bulk apply rows.csv --yes"))
            let wrong = try await apply(rehearsal, 1, priority: 3, ["--label", "a/b"])
            #expect(wrong.status == 2)
        }
    }

    @Test("MAVA_BULK_RUNS names the directory of runs, and --runs-dir comes before it")
    func directory() async throws {
        try await Rehearsal.run { rehearsal in
            try rows(rehearsal, 1, priority: 1)
            let environment = rehearsal.environment.merging(["MAVA_BULK_RUNS": "kept/runs"]) { $1 }
            func program(_ arguments: [String]) async throws -> BuiltProgram.Result {
                try await BuiltProgram.run(
                    arguments, in: rehearsal.folder, environment: environment)
            }
            let first = try await program(["apply", "rows.csv", "--yes"] + Rehearsal.wideQuota)
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors.contains("report: kept/runs/"))
            #expect(try rehearsal.directory.names("kept/runs").count == 1)
            #expect(try await program(["runs", "show", "last"]).status == 0)
            for command in [["runs"], ["runs", "find", Self.tickets[0]]] {
                let other = try await program(command + ["--runs-dir", "elsewhere"])
                #expect(other.status == 2)
                #expect(
                    other.errors.contains(
                        "there is no directory elsewhere, which --runs-dir names"))
            }
            try FileManager.default.createDirectory(
                atPath: rehearsal.directory.file("empty"), withIntermediateDirectories: true)
            let empty = try await program(["runs", "--runs-dir", "empty"])
            #expect(empty.status == 0)
            #expect(empty.errors.contains("there is no run in empty"))
            let variable = try await BuiltProgram.run(
                ["runs"], in: rehearsal.folder, environment: ["MAVA_BULK_RUNS": "gone"])
            #expect(variable.status == 2)
            #expect(
                variable.errors.contains("there is no directory gone, which MAVA_BULK_RUNS names"))
            #expect(try await rehearsal.program(["runs"]).status == 0)
            #expect(try !rehearsal.leftovers().contains("mava-bulk-runs"))
        }
    }

    @Test("runs prune shows, needs an answer, removes, and what is left says what was there")
    func prune() async throws {
        try await Rehearsal.run { rehearsal in
            for priority in [1, 2, 3, 1] {
                try await apply(rehearsal, 2, priority: priority, ["--label", "p\(priority)"])
            }
            let before = try await runs(rehearsal)
            let names = before.compactMap { $0["name"] as? String }
            #expect(names.count == 4)
            let none = try await rehearsal.program(["runs", "prune"])
            #expect(none.status == 2)
            #expect(none.errors.contains("give --keep-last N, --keep-within AGE, or both"))
            let shown = try await rehearsal.program(["runs", "prune", "--keep-last", "0"])
            #expect(shown.status == 2)
            #expect(shown.output.contains("prune  \(names[1])"))
            #expect(shown.output.contains("keep   \(names[0])"))
            #expect(shown.output.contains("it is the newest that can be undone"))
            #expect(shown.output.contains("3 runs of mava-bulk-runs to prune, "))
            #expect(shown.errors.contains("mava-bulk runs prune --keep-last 0 --yes"))
            #expect(try await runs(rehearsal).count == 4)
            let within = try await rehearsal.program([
                "runs", "prune", "--keep-last", "0", "--keep-within", "1h", "--yes",
            ])
            #expect(within.status == 0)
            #expect(within.output.contains("there is no run to prune"))
            let done = try await rehearsal.program([
                "runs", "prune", "--keep-last", "2", "--yes", "--json",
            ])
            #expect(done.status == 0, "\(done.errors)")
            let result = try json(done.output)
            #expect(result["isDone"] as? Bool == true)
            let pruned = try #require(result["runs"] as? [[String: Any]])
            #expect(pruned.compactMap { $0["name"] as? String } == Array(names[2...]))
            #expect(done.errors.contains("2 runs pruned, "))
            for name in names[2...] {
                let left = try rehearsal.directory.names("mava-bulk-runs/\(name)")
                #expect(left == ["tombstone.json"])
                let bytes = try rehearsal.directory.read("mava-bulk-runs/\(name)/tombstone.json")
                #expect(bytes.count <= 1024)
            }
            #expect(try await runs(rehearsal).count == 2)
            #expect(try await runs(rehearsal, ["--all"]).count == 4)
            let page = try await rehearsal.program(["runs", "show", names[3]])
            #expect(page.output.contains("state      pruned\n"))
            #expect(page.output.contains(/pruned     20[0-9TZ:-]+, [0-9.]+ kB given back\n/))
            #expect(page.output.contains(/report     SHA-256 [0-9a-f]{64}\n/))
            #expect(page.output.contains("2 updated"))
            let resumed = try await rehearsal.program(
                ["resume", "mava-bulk-runs/\(names[3])", "--yes"])
            #expect(resumed.status == 2)
            #expect(resumed.errors.contains("the run was pruned on 20"))
            let found = try await rehearsal.program(["runs", "find", Self.tickets[0]])
            #expect(found.output.matches(of: /row 1  updated/).count == 2)
            #expect(found.errors.contains("2 runs could not be searched"))
        }
    }

    @Test("a run that is not the user's own is named, stays, and makes prune end with 3")
    func pruneOthers() async throws {
        try await Rehearsal.run { rehearsal in
            try await apply(rehearsal, 1, priority: 1)
            let name = try #require(try await runs(rehearsal).first?["name"] as? String)
            let run = rehearsal.directory.file("mava-bulk-runs/\(name)")
            #expect(
                symlink(run, rehearsal.directory.file("mava-bulk-runs/20200101T000000Z-link")) == 0)
            let prune = ["runs", "prune", "--keep-last", "0", "--yes"]
            let result = try await rehearsal.program(prune)
            #expect(result.status == 3, "\(result.errors)")
            #expect(
                result.errors.contains(
                    "20200101T000000Z-link is not pruned: its directory is a link"))
            // Only root can give a directory away.
            guard chown(run, 12_345, 12_345) == 0 else { return }
            let given = try await rehearsal.program(prune)
            #expect(given.status == 3)
            #expect(given.errors.contains("(and 1 more) is not pruned"), "\(given.errors)")
            #expect(try rehearsal.directory.names("mava-bulk-runs/\(name)").contains("run.json"))
        }
    }

    @Test("a run that can be resumed is never pruned")
    func resumable() async throws {
        try await Rehearsal.run(faults: "latency=20ms") { rehearsal in
            try await apply(rehearsal, 3, priority: 1)
            try rows(rehearsal, 3, priority: 2)
            let deadline = try await rehearsal.program(
                ["apply", "rows.csv", "--yes", "--deadline", "1ms", "--concurrency", "1"]
                    + Rehearsal.wideQuota)
            #expect(deadline.status == 5, "\(deadline.errors)")
            try await apply(rehearsal, 2, priority: 3)
            let done = try await rehearsal.program(["runs", "prune", "--keep-last", "0", "--yes"])
            #expect(done.status == 0)
            #expect(done.output.contains("it can be resumed"))
            let left = try await runs(rehearsal)
            try #require(left.count == 2)
            #expect(
                left.compactMap { $0["state"] as? String } == ["finished", "resumable"])
            let resumed = try await rehearsal.program(
                ["resume", left[1]["name"] as? String ?? "", "--yes", "--deadline", "10m"]
                    + Rehearsal.wideQuota)
            #expect(resumed.status == 0 || resumed.status == 3, "\(resumed.errors)")
        }
    }

    @Test("a preview says that a recent run changed the same tickets, in every form")
    func overlap() async throws {
        try await Rehearsal.run { rehearsal in
            try await apply(rehearsal, 3, priority: 1, ["--label", "first"])
            try rows(rehearsal, 2, priority: 2)
            let said =
                /a run of 20[-0-9T:.]+Z \([^)]+\) changed 2 of these tickets: 20[0-9TZ]+-[0-9a-f]{8} \(first\)/
            let text = try await rehearsal.program(["plan", "rows.csv"] + Rehearsal.wideQuota)
            #expect(text.status == 0, "\(text.errors)")
            #expect(text.output.contains(said), "\(text.output)")
            let markdown = try await rehearsal.program(
                ["plan", "rows.csv", "--markdown"] + Rehearsal.wideQuota)
            #expect(markdown.output.contains(/a run of 20[-0-9T:.]+Z changed 2 of these tickets/))
            let preview = try json(
                try await rehearsal.program(
                    ["plan", "rows.csv", "--json", "--output", "plan.jsonl"] + Rehearsal.wideQuota
                ).output)
            let notices = try #require(preview["secondLook"] as? [[String: Any]])
            let notice = try #require(notices.first { $0["kind"] as? String == "recent_run" })
            #expect(notice["count"] as? Int == 2)
            #expect(notice["tickets"] as? [String] == Array(Self.tickets.prefix(2)))
            let shown = try await rehearsal.program(["plan", "show", "plan.jsonl"])
            #expect(shown.output.contains(said))
            let applied = try await rehearsal.program(
                ["apply", "plan.jsonl", "--yes"] + Rehearsal.wideQuota)
            #expect(applied.output.contains(said), "\(applied.output)")
            let again = try await apply(rehearsal, 3, priority: 3)
            // The newest run comes first.
            let lines = again.output.matches(of: /changed ([0-9]) of these tickets/).map { $0.1 }
            #expect(lines == ["2", "3"], "\(again.output)")
            // Other tickets, or another directory of runs: nothing to say.
            let other = Self.tickets[3]
            try rehearsal.directory.write("ticketId,priority\n\(other),3\n", to: "other.csv")
            let quiet = try await rehearsal.program(["plan", "other.csv"] + Rehearsal.wideQuota)
            #expect(quiet.status == 0)
            #expect(!quiet.output.contains("of these tickets"))
            try rows(rehearsal, 3, priority: 2)
            let elsewhere = try await rehearsal.program(
                ["plan", "rows.csv", "--runs-dir", "elsewhere"] + Rehearsal.wideQuota)
            #expect(!elsewhere.output.contains("of these tickets"))
            // The file that the comparison needs is gone.
            #expect(try rehearsal.leftovers().allSatisfy { !$0.hasPrefix(".plan-") })
        }
    }

    @Test("a run that is going on is noticed by what it is going to change")
    func overlapRunning() async throws {
        try await Rehearsal.run(faults: "latency=2s") { rehearsal in
            try rows(rehearsal, 3, priority: 3, name: "slow.csv")
            let slow = try rehearsal.start(
                ["apply", "slow.csv", "--yes", "--no-read", "--concurrency", "1"]
                    + Rehearsal.wideQuota)
            try await slow.signal(SIGCONT) { rehearsal.puts >= 1 }
            try rows(rehearsal, 2, priority: 2)
            let plan = try await rehearsal.program(
                ["plan", "rows.csv", "--no-read"] + Rehearsal.wideQuota)
            slow.signal(SIGKILL)
            _ = try await slow.end()
            #expect(
                plan.output.contains("a run that is going on now changes 2 of these tickets: 20"),
                "\(plan.output)\(plan.errors)")
        }
    }

    @Test("the guard maxOfLastRuns compares with the finished runs of the label")
    func lastRuns() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                #"{"maxOfLastRuns":{"percent":150,"runs":5}}"#, to: "guards.json")
            let guarded = ["--guards", "guards.json"]
            let unnamed = try await apply(rehearsal, 1, priority: 1, guarded)
            #expect(unnamed.status == 7)
            #expect(unnamed.errors.contains("name it with --label"))
            #expect(rehearsal.puts == 0)
            let named = guarded + ["--label", "nightly"]
            for (index, priority) in [1, 2, 3].enumerated() {
                let result = try await apply(rehearsal, 2, priority: priority, named)
                #expect(result.status == 0, "\(result.errors)")
                #expect(
                    result.output.contains(
                        "is not compared yet: \(index == 0 ? "no" : "\(index)") run"),
                    "\(result.output)")
            }
            // Runs of another label, and of none, are not compared with.
            try await apply(rehearsal, 4, priority: 1, ["--label", "other"])
            let allowed = try await apply(rehearsal, 3, priority: 2, named)
            #expect(allowed.status == 0, "\(allowed.errors)")
            #expect(
                allowed.output.contains(
                    "the last 3 runs with the label \"nightly\" updated 2 (median), the guard "
                        + "max-of-last-runs allows 3"))
            let puts = rehearsal.puts
            let refused = try await apply(rehearsal, 4, priority: 3, named)
            #expect(refused.status == 7)
            #expect(
                refused.errors.contains(
                    "the plan changes 4 tickets, the guard max-of-last-runs allows 3: 150 % of 2, the "
                        + "median of the last 4 runs with the label \"nightly\": check the input, "
                        + "raise the limit, or waive it with --waive max-of-last-runs=4"))
            #expect(rehearsal.puts == puts)
            // The preview refuses as the run does, and a saved plan is compared, too.
            let plan = ["plan", "rows.csv"] + Rehearsal.wideQuota
            #expect(try await rehearsal.program(plan + named).status == 7)
            #expect(try await rehearsal.program(plan + ["--output", "p.jsonl"]).status == 0)
            let saved = ["apply", "p.jsonl", "--yes"] + named + Rehearsal.wideQuota
            #expect(try await rehearsal.program(saved).status == 7)
            let waived = try await rehearsal.program(saved + ["--waive", "max-of-last-runs=4"])
            #expect(waived.status == 0, "\(waived.errors)")
        }
    }
}
