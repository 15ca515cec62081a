import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Rows fail because look-ups in a file name agents and categories that the sandbox does not have.
@Suite("Rows that failed are tried again", .timeLimit(.minutes(20)))
struct RetryTests {
    private static let quota = Rehearsal.wideQuota
    private static let file = Rehearsal.sample("reassign/handover.csv")
    private static let tickets = ["695c76afd0e42018b77a9c2d", "695cd34fa4b07254adddf65b"]

    /// Writes look-ups in which some ids are wrong, and a category exists that the sandbox does not have.
    private func lookups(_ rehearsal: Rehearsal, wrong names: [String]) async throws {
        let result = try await rehearsal.program(
            ["lookups", "--output", "wrong.json", "--force"] + Self.quota)
        #expect(result.status == 0, "\(result.errors)")
        let data = Data(try rehearsal.directory.read("wrong.json"))
        var object = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var agents = try #require(object["agents"] as? [[String: Any]])
        for index in agents.indices where names.contains(agents[index]["username"] as? String ?? "")
        {
            agents[index]["id"] = "6f00000000000000000000" + String(10 + index)
        }
        var categories = try #require(object["categories"] as? [[String: Any]])
        categories.append(["id": "6e0000000000000000000000", "name": "Ghost"])
        (object["agents"], object["categories"]) = (agents, categories)
        let text = try JSONSerialization.data(withJSONObject: object)
        try rehearsal.directory.write(Array(text), to: "wrong.json")
    }

    private func outcomes(_ rehearsal: Rehearsal, _ run: String) async throws -> [String: String] {
        let result = try await rehearsal.program(["report", run, "--with-retries"])
        #expect(result.status == 0, "\(result.errors)")
        let lines = CSVLines.split(result.output)
        return Dictionary(
            lines.dropFirst().map { ($0[0], $0[3]) }, uniquingKeysWith: { "\($0), \($1)" })
    }

    @Test("a retry and a second retry end with one outcome for each row, under the first numbers")
    func twice() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: ["Grace", "Mei"])
            let first = try await rehearsal.program(
                ["apply", Self.file, "--lookups", "wrong.json", "--yes", "--run-dir", "run"]
                    + Self.quota)
            #expect(first.status == 3)
            #expect(first.errors.contains("mava-bulk retry run"), "\(first.errors)")
            let failed = try rehearsal.report().filter { $0["outcome"] == "failed" }
            #expect(failed.count > 20)
            let row = try #require(failed.first)
            #expect(
                first.errors.contains(
                    "  \(failed.count) \(row["errorCode"]!), first row \(row["row"]!): \(row["message"]!)"
                ),
                "\(first.errors)")
            // The first retry still has a wrong agent.
            try await lookups(rehearsal, wrong: ["Mei"])
            let second = try await rehearsal.program(
                ["retry", "run", "--lookups", "wrong.json", "--yes", "--run-dir", "again"]
                    + Self.quota)
            #expect(second.status == 3, "\(second.errors)")
            let rows = try rehearsal.report("again")
            #expect(rows.count == 51)
            #expect(
                rows.filter { $0["outcome"] != "excluded" }.map { $0["row"] }
                    == failed.map { $0["row"] })
            #expect(rows.map { $0["line"] } == (2...52).map(String.init))
            #expect(rows.allSatisfy { $0["Note"]?.isEmpty == false })
            #expect(try await outcomes(rehearsal, "run").values.contains("failed"))
            // The first run names the chain as well as its newest retry.
            let third = try await rehearsal.program(
                ["retry", "run", "--yes", "--run-dir", "third"] + Self.quota)
            #expect(third.status == 0, "\(third.errors)")
            #expect(third.errors.contains("goes on from again"), "\(third.errors)")
            let all = try await outcomes(rehearsal, "again")
            #expect(Set(all.keys) == Set((1...51).map(String.init)))
            #expect(all.values.allSatisfy { ["updated", "unchanged"].contains($0) }, "\(all)")
            #expect(rehearsal.updates == 47, "no row was updated twice")
            let nothing = try await rehearsal.program(["retry", "third", "--yes"] + Self.quota)
            #expect(nothing.status == 0)
            #expect(nothing.errors.contains("nothing to retry"), "\(nothing.errors)")
            let shown = try await rehearsal.program(["runs", "show", "run"])
            #expect(shown.output.contains("retried by third"), "\(shown.output)")
        }
    }

    @Test("the merged report of shards has a row as the newest retry of its shard's run left it")
    func shards() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: ["Grace", "Mei", "Ben"])
            for shard in 1...2 {
                let first = try await rehearsal.program(
                    [
                        "apply", Self.file, "--lookups", "wrong.json", "--yes", "--shard",
                        "\(shard)/2", "--run-dir", "run-\(shard)",
                    ] + Self.quota)
                #expect(first.status == 3, "\(first.errors)")
            }
            func merged(_ arguments: [String]) async throws -> [String: Int] {
                let result = try await rehearsal.program(["report", "merge"] + arguments)
                #expect(result.status == 0, "\(result.errors)")
                let outcomes = CSVLines.split(result.output).dropFirst().map { $0[3] }
                return Dictionary(outcomes.map { ($0, 1) }, uniquingKeysWith: +)
            }
            // With wrong agents, no row has its value already.
            #expect(try await merged(["run-2", "run-1"]) == ["failed": 51])
            let failed = try rehearsal.report("run-1").count { $0["outcome"] == "failed" }
            #expect((1..<51).contains(failed))
            let retried = try await rehearsal.program(
                ["retry", "run-1", "--yes", "--run-dir", "again"] + Self.quota)
            #expect(retried.status == 0, "\(retried.errors)")
            let outcomes = try await merged(["run-1", "--with-retries", "run-2"])
            #expect(outcomes["failed"] == 51 - failed)
            #expect(outcomes["updated"] == rehearsal.updates)
            #expect(outcomes.values.reduce(0, +) == 51)
            #expect(try await merged(["again", "--with-retries", "run-2"]) == outcomes)
            let alone = try await rehearsal.program(["report", "merge", "again", "run-2"])
            #expect(alone.status == 2)
            #expect(alone.errors.contains("again is not the run of a shard"), "\(alone.errors)")
        }
    }

    @Test("kill -9 in the middle of a retry, then resume: no row is lost or sent twice")
    func kill() async throws {
        for target in [1, 9, 23, 40] {
            try await Rehearsal.run(faults: "only=put,latency=8ms") { rehearsal in
                try await lookups(rehearsal, wrong: ["Grace", "Mei", "Ben"])
                let first = try await rehearsal.program(
                    ["apply", Self.file, "--lookups", "wrong.json", "--yes", "--run-dir", "run"]
                        + Self.quota)
                #expect(first.status == 3)
                #expect(rehearsal.updates == 0)
                let process = try rehearsal.start(
                    ["retry", "run", "--yes", "--run-dir", "again", "--concurrency", "2"]
                        + Self.quota)
                try await process.signal(SIGKILL) { rehearsal.updates >= target }
                _ = try await process.end()
                #expect(rehearsal.updates < 47)
                let refused = try await rehearsal.program(["retry", "run", "--yes"] + Self.quota)
                #expect(refused.status == 2)
                #expect(refused.errors.contains("mava-bulk resume again"), "\(refused.errors)")
                let resumed = try await rehearsal.program(["resume", "again", "--yes"])
                #expect(resumed.status == 0, "\(resumed.errors)")
                let all = try await outcomes(rehearsal, "run")
                #expect(all.count == 51)
                #expect(all.values.allSatisfy { ["updated", "unchanged"].contains($0) }, "\(all)")
                #expect(rehearsal.sandbox.stats.auditMessages == 47)
            }
        }
    }

    @Test("rows that shared a failed request are sent apart, so that one wrong value fails alone")
    func apart() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: [])
            let text =
                "ticketId;status;category;Note\r\n\(Self.tickets[0]);Resolved;;\"a\r\nb\"\r\n"
                + "\(Self.tickets[0]);;Ghost;c\r\n\r\n;;;bad\r\n\(Self.tickets[1]);Resolved;;=d\r\n"
            try rehearsal.directory.write(text, to: "rows.csv")
            let options = ["--lookups", "wrong.json", "--yes"] + Self.quota
            let first = try await rehearsal.program(
                ["apply", "rows.csv", "--run-dir", "run"] + options)
            #expect(first.status == 3, "\(first.errors)")
            #expect(
                try rehearsal.report().map { $0["outcome"] } == [
                    "failed", "failed", "invalid", "updated",
                ])
            let second = try await rehearsal.program(
                ["retry", "run", "--run-dir", "again"] + options)
            #expect(second.status == 3, "\(second.errors)")
            let rows = try rehearsal.report("again")
            #expect(
                rows.map { $0["outcome"] } == ["updated", "failed", "excluded", "excluded"])
            #expect(rows.map { $0["line"] } == ["2", "4", "6", "7"])
            #expect(rows[0]["Note"] == "a\r\nb")
            let failed = try await rehearsal.program(
                ["report", "again", "--with-retries", "--format", "failed"])
            #expect(
                failed.output.hasPrefix(
                    "ticketId;status;category;Note;mavaBulkRow;mavaBulkError\r\n"))
            #expect(failed.output.split(separator: "\r\n").count == 3, "\(failed.output)")
            #expect(failed.output.contains("\(Self.tickets[0]);;Ghost;c;2;failed: "))
            let invalid = try await rehearsal.program(
                ["retry", "again", "--outcome", "invalid", "--run-dir", "third"] + options)
            #expect(invalid.status == 3, "\(invalid.errors)")
            #expect(
                try rehearsal.report("third").map { $0["outcome"] } == [
                    "excluded", "excluded", "invalid", "excluded",
                ])
        }
    }

    @Test("a column that is not read stays one, and is in the report of each retry")
    func unreadColumns() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: ["Grace"])
            try rehearsal.directory.write(
                "Ticket ID,Status,State,Assignee\n\(Self.tickets[0]),,open,Grace\n"
                    + "\(Self.tickets[1]),,resolved,Mei\n", to: "rows.csv")
            let first = try await rehearsal.program(
                ["apply", "rows.csv", "--lookups", "wrong.json", "--yes", "--run-dir", "run"]
                    + Self.quota)
            #expect(first.status == 3, "\(first.errors)")
            let second = try await rehearsal.program(
                ["retry", "run", "--yes", "--run-dir", "again"] + Self.quota)
            #expect(second.status == 0, "\(second.errors)")
            for run in ["run", "again"] {
                let rows = try rehearsal.report(run)
                #expect(rows.map { $0["input.State"] } == ["open", "resolved"])
                #expect(rows[0]["changed"] == "assignedTo")
            }
        }
    }

    @Test("retries of one run side by side both count, and one that is missing is named")
    func siblings() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: [])
            func apply(_ text: String, _ run: String) async throws {
                try rehearsal.directory.write(text, to: "\(run).csv")
                _ = try await rehearsal.program(
                    ["apply", "\(run).csv", "--run-dir", run, "--lookups", "wrong.json", "--yes"]
                        + Self.quota)
            }
            let header = "ticketId,status,category,expectStatus\n"
            try await apply(header + "\(Self.tickets[0]),Pending,,\n", "before")
            try await apply(
                header + "\(Self.tickets[0]),Resolved,,Waiting\n\(Self.tickets[1]),,Ghost,\n", "s")
            #expect(
                try rehearsal.report("s").map { $0["outcome"] } == ["conflict", "failed"])
            try await apply(header + "\(Self.tickets[0]),Waiting,,\n", "between")
            for (outcome, name) in [("conflict", "sA"), ("failed", "sB")] {
                let planned = try await rehearsal.program(
                    ["retry", "s", "--outcome", outcome, "--output", "\(name).jsonl"]
                        + ["--lookups", "wrong.json"] + Self.quota)
                #expect(planned.status == 0, "\(planned.errors)")
            }
            for name in ["sA", "sB"] {
                _ = try await rehearsal.program(
                    ["apply", "\(name).jsonl", "--run-dir", name, "--yes"] + Self.quota)
            }
            #expect(try await outcomes(rehearsal, "s") == ["1": "updated", "2": "failed"])
            #expect(try await outcomes(rehearsal, "sA") == ["1": "updated", "2": "failed"])
            let again = try await rehearsal.program(
                ["retry", "s", "--outcome", "conflict", "--dry-run"] + Self.quota)
            #expect(again.status == 0)
            #expect(again.errors.contains("nothing to retry"), "\(again.errors)")
            let third = try await rehearsal.program(
                ["retry", "sA", "--run-dir", "sC", "--lookups", "wrong.json", "--yes"] + Self.quota)
            #expect(third.status == 3, "\(third.errors)")
            try FileManager.default.moveItem(
                atPath: rehearsal.directory.file("sA"), toPath: rehearsal.directory.file(".sA"))
            for run in ["s", "sB", "sC"] {
                for command in [["report", run, "--with-retries"], ["retry", run, "--yes"]] {
                    let refused = try await rehearsal.program(command)
                    #expect(refused.status == 2, "\(command)")
                    #expect(refused.errors.contains("`sA`"), "\(refused.errors)")
                }
            }
        }
    }

    @Test("a retry has the guards of the run, and says that look-ups were in a file")
    func settings() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: [])
            try rehearsal.directory.write(
                #"{"protect":{"tickets":["\#(Self.tickets[0])"]}}"#, to: "guards.json")
            func apply(_ text: String, _ run: String, _ options: [String]) async throws {
                try rehearsal.directory.write("ticketId,status,expectStatus\n" + text, to: "a.csv")
                _ = try await rehearsal.program(
                    ["apply", "a.csv", "--run-dir", run, "--yes"] + options + Self.quota)
            }
            try await apply("\(Self.tickets[0]),Pending,\n", "before", [])
            // A row in conflict changes nothing, so the guard lets the plan pass.
            try await apply(
                "\(Self.tickets[0]),Resolved,Waiting\n", "run",
                ["--guards", "guards.json", "--lookups", "wrong.json"])
            #expect(try rehearsal.report().map { $0["outcome"] } == ["conflict"])
            try await apply("\(Self.tickets[0]),Waiting,\n", "between", [])
            let updates = rehearsal.updates
            let retry = try await rehearsal.program(
                ["retry", "run", "--outcome", "conflict", "--yes"] + Self.quota)
            #expect(retry.status == 7, "\(retry.errors)")
            #expect(retry.errors.contains("protected ticket"), "\(retry.errors)")
            let guards = rehearsal.directory.file("guards.json")
            let wrong = rehearsal.directory.file("wrong.json")
            #expect(retry.errors.contains("checked with the run's guards: \(guards)"))
            #expect(retry.errors.contains("add --lookups \(wrong)"), "\(retry.errors)")
            #expect(rehearsal.updates == updates)
        }
    }

    @Test("a retry can be saved as a plan, which follows the run when it is applied")
    func saved() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: ["Grace"])
            _ = try await rehearsal.program(
                ["apply", Self.file, "--lookups", "wrong.json", "--yes", "--run-dir", "run"]
                    + Self.quota)
            let done = rehearsal.updates
            let planned = try await rehearsal.program(
                ["retry", "run", "--output", "plan.jsonl"] + Self.quota)
            #expect(planned.status == 0, "\(planned.errors)")
            #expect(
                planned.errors.contains(
                    "send it with: mava-bulk apply plan.jsonl "
                        + Self.quota.joined(separator: " ") + "\n"), "\(planned.errors)")
            let patient = try await rehearsal.program(
                ["retry", "run", "--output", "patient.jsonl", "--give-up-after", "9m"] + Self.quota)
            #expect(
                patient.errors.contains("apply patient.jsonl --give-up-after 9m --quota"),
                "\(patient.errors)")
            #expect(rehearsal.updates == done)
            let applied = try await rehearsal.program(
                ["apply", "plan.jsonl", "--yes", "--run-dir", "again"] + Self.quota)
            #expect(applied.status == 0, "\(applied.errors)")
            let all = try await outcomes(rehearsal, "run")
            #expect(all.values.allSatisfy { ["updated", "unchanged"].contains($0) }, "\(all)")
        }
    }

    @Test(
        "options of a retry are checked before anything is read",
        arguments: [
            (["--outcome", "faild"], "did you mean `failed`?"),
            (["--outcome", "updated"], "it takes failed, unknown"),
            (["--code", "categori_not_found"], "did you mean `category_not_found`?"),
        ])
    func usage(options: [String], message: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(["retry", "last", "--yes"] + options)
            #expect(result.status == 2)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test("report renders a run from its directory alone, and changes nothing there")
    func report() async throws {
        try await Rehearsal.run { rehearsal in
            try await lookups(rehearsal, wrong: ["Grace"])
            _ = try await rehearsal.program(
                ["apply", Self.file, "--lookups", "wrong.json", "--yes", "--run-dir", "run"]
                    + Self.quota)
            func files() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: rehearsal.directory.file("run"))
                    .sorted()
            }
            let before = try files()
            let csv = try await rehearsal.program(["report", "run"])
            #expect(csv.output == (try rehearsal.directory.readText("run/report.csv")))
            let failed = try await rehearsal.program(["report", "run", "--format", "failed"])
            #expect(failed.output == (try rehearsal.directory.readText("run/failed.csv")))
            let lines = try await rehearsal.program(["report", "run", "--format", "jsonl"])
            let objects = try lines.output.split(separator: "\n").map {
                try #require(
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(objects.count == 51)
            #expect(objects.map { $0["row"] as? Int } == (1...51).map { $0 })
            let markdown = try await rehearsal.program(["report", "run", "--format", "markdown"])
            #expect(markdown.output.hasPrefix("## Run: "), "\(markdown.output)")
            #expect(markdown.output.contains("mava-bulk retry run"))
            let saved = try await rehearsal.program(
                ["report", "run", "--format", "summary", "--output", "summary.json"])
            #expect(saved.status == 0, "\(saved.errors)")
            #expect(saved.output == "")
            #expect(try rehearsal.directory.readText("summary.json").contains("mava-bulk-report"))
            let again = try await rehearsal.program(
                ["report", "run", "--format", "summary", "--output", "summary.json"])
            #expect(again.status == 2)
            let inside = try await rehearsal.program(
                ["report", "run", "--output", "run/report.csv", "--force"])
            #expect(inside.status == 2)
            #expect(try files() == before)
        }
    }

    @Test("report shows a run that still runs as far as it got")
    func running() async throws {
        try await Rehearsal.run(faults: "only=put,latency=20ms") { rehearsal in
            let process = try rehearsal.start(
                ["apply", Self.file, "--yes", "--run-dir", "run", "--concurrency", "1"]
                    + Self.quota)
            try await process.signal(SIGSTOP) { rehearsal.updates >= 5 }
            let shown = try await rehearsal.program(["report", "run", "--format", "markdown"])
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.output.hasPrefix("## Run: still running"), "\(shown.output)")
            let refused = try await rehearsal.program(["retry", "run", "--yes"] + Self.quota)
            #expect(refused.status == 8, "\(refused.errors)")
            process.signal(SIGCONT)
            let ended = try await process.end()
            #expect(ended.status == 0)
        }
    }
}
