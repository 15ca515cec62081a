import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A saved plan is applied as it was approved, or not at all", .timeLimit(.minutes(20)))
struct SavedPlanTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    /// Saves the handover's plan as `plan.jsonl` and returns its id.
    private func plan(_ rehearsal: Rehearsal) async throws -> String {
        let result = try await rehearsal.program(
            ["plan", Self.file, "--output", "plan.jsonl", "--json"] + Rehearsal.wideQuota)
        #expect(result.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let header = try #require((object as? [String: Any])?["plan"] as? [String: Any])
        return try #require(header["id"] as? String)
    }

    private func apply(
        _ rehearsal: Rehearsal, _ more: [String] = [], run: String = "run"
    ) async throws -> BuiltProgram.Result {
        try await rehearsal.program(
            ["apply", "plan.jsonl", "--yes", "--run-dir", run] + Rehearsal.wideQuota + more)
    }

    @Test("Its id is the SHA-256 of its rows, which anybody can check")
    func id() async throws {
        try await Rehearsal.run { rehearsal in
            let id = try await plan(rehearsal)
            let check = try await BuiltProgram.run(
                ["-c", "tail -n +2 plan.jsonl | sha256sum"], in: rehearsal.folder,
                executable: URL(filePath: "/bin/bash"))
            #expect(check.output.hasPrefix(id))
            #expect(try await apply(rehearsal, ["--expect-plan", id]).status == 0)
            #expect(rehearsal.updates == 47)
        }
    }

    @Test(
        "Looking at it refuses what it cannot heed any more",
        arguments: [
            ["--output", "again.jsonl"], ["--strict"], ["--no-read"], ["--quota", "5/1s"],
            ["--base-url", "http://127.0.0.1:1"],
        ])
    func made(options: [String]) async throws {
        try await Rehearsal.run { rehearsal in
            _ = try await plan(rehearsal)
            let result = try await rehearsal.program(["plan", "plan.jsonl"] + options)
            #expect(result.status == 2)
            #expect(
                result.errors.contains(
                    "\(options[0]) is for making a plan, and plan.jsonl is one already"))
            #expect(result.output.isEmpty)
        }
    }

    @Test("Where rows are to be chosen of it, the way to do so is named, and none is sent")
    func chosen() async throws {
        try await Rehearsal.run { rehearsal in
            _ = try await plan(rehearsal)
            for command in ["plan", "apply"] {
                let result = try await rehearsal.program([
                    command, "plan.jsonl", "--where", "old.status = Open",
                ])
                #expect(result.status == 2)
                #expect(
                    result.errors.contains("mava-bulk plan edit plan.jsonl --keep-where CONDITION"))
            }
            #expect(rehearsal.puts == 0)
        }
    }

    @Test("The cost is that of the quota in which it is sent; a rehearsal leaves nothing behind")
    func rehearsed() async throws {
        try await Rehearsal.run { rehearsal in
            _ = try await plan(rehearsal)
            let result = try await rehearsal.program([
                "apply", "plan.jsonl", "--dry-run", "--quota", "5/30s",
            ])
            #expect(result.status == 0)
            // 47 updates: the last two go out nine windows after the first.
            #expect(result.output.contains("Time: 4 min 30 s at 5 requests in 30 s"))
            #expect(try await rehearsal.program(["apply", Self.file, "--dry-run"]).status == 0)
            #expect(try !rehearsal.directory.names().contains("mava-bulk-runs"))
        }
    }

    @Test("A file that the shell opened for the program names no command that reads it again")
    func opened() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                try String(contentsOfFile: Self.file, encoding: .utf8), to: "rows.csv")
            for name in ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] {
                let result = try await Shell.paste(
                    "mava-bulk plan \(name) < rows.csv", in: rehearsal.directory,
                    rehearsal.environment)
                #expect(result.status == 0)
                #expect(result.output.contains("47 update") && !result.output.contains("Next:"))
            }
        }
    }

    @Test("Another plan than the expected one is refused")
    func expected() async throws {
        try await Rehearsal.run { rehearsal in
            _ = try await plan(rehearsal)
            let result = try await apply(rehearsal, ["--expect-plan", "0123456789abcdef"])
            #expect(result.status == 6)
            #expect(rehearsal.puts == 0)
        }
    }

    @Test("A plan that was edited, cut or is not one is refused, and says why")
    func tampered() async throws {
        try await Rehearsal.run { rehearsal in
            _ = try await plan(rehearsal)
            let whole = try rehearsal.directory.readText("plan.jsonl")
            let edited = whole.replacing("\"do\":\"unchanged\"", with: "\"do\":\"update\"")
            let header = whole.replacing("\"requests\":47", with: "\"requests\":48")
            let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
            for (text, said) in [
                (edited, "do not fit its id"), (header, "checksum"),
                (lines.dropLast(3).joined(separator: "\n") + "\n", "of 51 rows"),
                (String(whole.dropLast(10)), "of 51 rows"),
            ] {
                try rehearsal.directory.write(text, to: "plan.jsonl")
                let result = try await apply(rehearsal)
                #expect(result.status == 6)
                #expect(result.errors.contains(said), "\(result.errors)")
            }
            #expect(rehearsal.puts == 0)
        }
    }

    @Test("Tickets that changed since the approval are left alone, overwritten or stop it all")
    func conflicts() async throws {
        let meddling = { (rehearsal: Rehearsal) async throws in
            // Two of the tickets are assigned to another agent, one to the wanted agent.
            let rows = CSVLines.split(
                try String(contentsOfFile: Self.file, encoding: .utf8)
            ).dropFirst().filter { $0[2].hasPrefix("handover") }
            let input =
                "ticket,assignee\n\(rows[0][0]),Tomás\n\(rows[1][0]),Tomás\n\(rows[2][0]),\(rows[2][1])\n"
            let result = try await rehearsal.program(
                ["apply", "-", "--yes", "--run-dir", "meddling"] + Rehearsal.wideQuota, input: input
            )
            #expect(result.status == 0)
        }
        for (policy, status, updates) in [("skip", 3, 44), ("overwrite", 0, 46), ("stop", 7, 0)] {
            try await Rehearsal.run { rehearsal in
                _ = try await plan(rehearsal)
                try await meddling(rehearsal)
                let result = try await apply(rehearsal, ["--on-conflict", policy])
                #expect(result.status == Int32(status), "\(policy): \(result.errors)")
                #expect(rehearsal.updates == 3 + updates)
                guard policy == "skip" else { return }
                let rows = try rehearsal.report()
                #expect(rows.filter { $0["outcome"] == "conflict" }.count == 2)
                #expect(rows.filter { $0["errorCode"] == "changed_since_plan" }.count == 2)
                #expect(rows.filter { $0["outcome"] == "unchanged" }.count == 5)
                // Decided rows stay decided.
                #expect(
                    try await rehearsal.program(["resume", "run", "--yes"] + Rehearsal.wideQuota)
                        .status == 3
                )
                #expect(rehearsal.updates == 3 + updates)
            }
        }
    }

    @Test("Options that shape plans are refused beside a plan")
    func shapes() async throws {
        try await Rehearsal.run { rehearsal in
            _ = try await plan(rehearsal)
            let result = try await apply(rehearsal, ["--no-read"])
            #expect(result.status == 2)
            #expect(result.errors.contains("--no-read"))
        }
    }

    @Test("The preview comes as text, Markdown and JSON, with every row where that is asked for")
    func previews() async throws {
        try await Rehearsal.run { rehearsal in
            let plan = ["plan", Self.file] + Rehearsal.wideQuota
            let text = try await rehearsal.program(plan + ["--rows"])
            #expect(text.output.contains("16 × assignedTo Ada → Ben"))
            #expect(text.output.split(separator: "\n").filter { $0.hasPrefix("row ") }.count == 51)
            let markdown = try await rehearsal.program(plan + ["--markdown"])
            #expect(markdown.output.contains("| 16 | assignedTo `Ada` → `Ben` |"))
            #expect(markdown.output.contains("mava-bulk apply"))
            let json = try await rehearsal.program(plan + ["--json"])
            let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
            #expect(((object as? [String: Any])?["groups"] as? [Any])?.count == 3)
            #expect(try rehearsal.leftovers() == [], "nothing is left behind")
        }
    }

    @Test("A plan is not applied, nor a run resumed, with the key of another organisation")
    func otherOrganisation() async throws {
        let text = try Data(contentsOf: URL(filePath: Rehearsal.sample("workspace.json")))
        var workspace = try #require(
            try JSONSerialization.jsonObject(with: text) as? [String: Any])
        var organisations = try #require(workspace["organisations"] as? [[String: Any]])
        organisations.append([
            "name": "another", "apiKeys": ["key-of-another"], "agents": organisations[0]["agents"]!,
            "categories": [Any](), "tickets": [Any](),
        ])
        workspace["organisations"] = organisations
        let directory = try TemporaryDirectory()
        let path = directory.file("workspace.json")
        try JSONSerialization.data(withJSONObject: workspace).write(to: URL(filePath: path))
        let configuration = SandboxConfiguration(workspace: try Workspace.load(path: path))
        try await withSandbox(configuration) { sandbox in
            let rehearsal = Rehearsal(sandbox: sandbox, directory: directory)
            let plan = ["plan", Self.file, "--output", "plan.jsonl"]
            _ = try await rehearsal.program(plan + Rehearsal.wideQuota)
            let run = ["--run-dir", "run", "--max-failures", "0", "--yes"]
            let stopped = try await rehearsal.program(
                ["apply", "plan.jsonl", "--deadline", "1ms"] + run + Rehearsal.wideQuota)
            #expect(stopped.status == 5)
            let puts = rehearsal.puts
            for command in [["apply", "plan.jsonl"], ["resume", "run"]] {
                var environment = rehearsal.environment
                environment["MAVA_API_KEY"] = "key-of-another"
                let result = try await BuiltProgram.run(
                    command + ["--yes"], in: rehearsal.folder, environment: environment)
                #expect(result.status == 6, "\(result.errors)")
                #expect(result.errors.contains("does the key belong to this organisation?"))
            }
            #expect(rehearsal.puts == puts)
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--deadline", "5m"])
            #expect(resumed.status == 0, "\(resumed.errors)")
        }
    }

    @Test("A canary is applied, read again, and followed by the rest")
    func canary() async throws {
        try await Rehearsal.run { rehearsal in
            let apply = ["apply", Self.file, "--yes", "--canary", "5"] + Rehearsal.wideQuota
            let result = try await rehearsal.program(apply + ["--run-dir", "run"])
            #expect(result.status == 0)
            #expect(result.errors.contains("canary: 5 tickets read again, 0 not as asked"))
            #expect(rehearsal.updates == 47)
        }
        try await Rehearsal.run { rehearsal in
            // The third row's ticket is one that Mava does not know.
            var lines = try String(contentsOfFile: Self.file, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
            let id = try #require(lines[3].split(separator: ",").first { $0.count == 24 })
            lines[3].replace(id, with: "695c76afd0e42018b77affff")
            try rehearsal.directory.write(lines.joined(separator: "\n"), to: "rows.csv")
            let apply =
                ["apply", "rows.csv", "--no-read", "--yes", "--canary", "5"] + Rehearsal.wideQuota
            let result = try await rehearsal.program(apply + ["--run-dir", "run"])
            #expect(result.status == 5)
            #expect(rehearsal.puts == 5, "a bad canary ends the run")
            #expect(
                result.errors.contains(
                    "look at the canary's rows before the rest is sent: 1 failed"),
                "\(result.errors)")
            #expect(result.errors.contains("once they are right, go on with: mava-bulk resume"))
            #expect(
                try await rehearsal.program(["resume", "run", "--yes"] + Rehearsal.wideQuota).status
                    == 3)
        }
    }
}
