import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A run can be resumed with nothing but the key")
struct ResumeTests {
    private static let rows = Rehearsal.sample("reassign/handover.csv")
    /// A run that ends before it has sent everything.
    private static let early = [
        "apply", rows, "--yes", "--run-dir", "run", "--quota", "900000/1s", "--quota-share", "2/3",
        "--concurrency", "3", "--max-failures", "7", "--give-up-after", "90s", "--timeout", "20s",
        "--deadline", "1ms",
    ]

    private func settings(_ directory: TemporaryDirectory) throws -> [String: Any] {
        let data = Data(try directory.read("run/run.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test("A run that leaves no row has ended, also where too many rows failed")
    func nothingLeft() async throws {
        try await Rehearsal.run { rehearsal in
            let ids = (0..<4).map { "695c76afd0e42018b77affe\($0)" }
            let rows = ids.map { "\($0),Resolved\n" }.joined()
            try rehearsal.directory.write("ticketId,status\n" + rows, to: "rows.csv")
            let result = try await rehearsal.program(
                [
                    "apply", "rows.csv", "--yes", "--no-read", "--run-dir", "run",
                    "--max-failures", "2",
                ] + Rehearsal.wideQuota)
            #expect(result.status == 3)
            #expect(!result.errors.contains("resume"), "\(result.errors)")
            let runs = try await rehearsal.program(["runs", "show", "run", "--json"])
            #expect(runs.output.contains("\"state\" : \"finished\""), "\(runs.output)")
        }
    }

    @Test("run.json keeps the settings and where the key is, and never the key")
    func settings() async throws {
        try await Rehearsal.run { rehearsal in
            let key = rehearsal.sandbox.apiKeys[0]
            try rehearsal.directory.write(key + "\n", to: "secret")
            let result = try await BuiltProgram.run(
                Self.early + ["--api-key-file", "secret"], in: rehearsal.folder,
                environment: ["MAVA_BASE_URL": rehearsal.sandbox.address])
            #expect(result.status == 5)
            let text = try rehearsal.directory.readText("run/run.json")
            #expect(!text.contains(key))
            let settings = try settings(rehearsal.directory)
            #expect(settings["format"] as? String == "mava-bulk-run")
            #expect(settings["baseURL"] as? String == rehearsal.sandbox.address)
            #expect(settings["quota"] as? String == "900000/1s")
            #expect(settings["quotaShare"] as? String == "600000/900000")
            #expect(settings["concurrency"] as? Int == 3)
            #expect(settings["maxFailures"] as? Int == 7)
            #expect(settings["giveUpAfter"] as? String == "90s")
            #expect(settings["timeout"] as? String == "20s")
            #expect(settings["deadline"] as? String == "1ms")
            #expect(settings["keyFile"] as? String == rehearsal.directory.file("secret"))
            #expect(settings["unattended"] as? Bool == true)
        }
    }

    @Test("resume takes settings and key from the run, whatever directory it is started in")
    func needsNothing() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0], to: "secret")
            let first = try await BuiltProgram.run(
                Self.early + ["--api-key-file", "secret"], in: rehearsal.folder,
                environment: ["MAVA_BASE_URL": rehearsal.sandbox.address])
            #expect(first.status == 5)
            let resumed = try await BuiltProgram.run(
                ["resume", rehearsal.directory.file("run"), "--yes", "--deadline", "10m"],
                in: URL(filePath: "/"), environment: ["MAVA_BASE_URL": rehearsal.sandbox.address])
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errors.contains("--deadline 10m, where the run had 1ms"))
            #expect(
                resumed.errors.firstMatch(of: #/\d+ of 47 updates done, \d+ to send\n/#) != nil,
                "\(resumed.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("What is said to go on with repeats what was given, and not what the run has")
    func repeats() async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.early).status == 5)
            for given in [[], ["--deadline", "1ms", "--give-up-after", "5m"]] {
                let again = try await rehearsal.program(["resume", "run", "--yes"] + given)
                #expect(again.status == 5, "\(again.errors)")
                let words = (["mava-bulk resume run --yes"] + given).joined(separator: " ")
                #expect(again.errors.contains("go on with: \(words)\n"), "\(again.errors)")
            }
        }
    }

    @Test("without a terminal, resume needs --yes and says so before anything is read")
    func needsYes() async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.early).status == 5)
            let before = rehearsal.sandbox.stats.total
            let refused = try await rehearsal.program(["resume", "run"])
            #expect(refused.status == 2)
            #expect(refused.errors.contains("mava-bulk resume run --yes"))
            #expect(rehearsal.sandbox.stats.total == before)
        }
    }

    @Test("a run that was retried is resumed only where a person says so")
    func retried() async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.early).status == 5)
            let retry = try await rehearsal.program(
                [
                    "retry", "run", "--outcome", "unsent,failed,unknown", "--yes", "--run-dir",
                    "again",
                ]
                    + ["--deadline", "10m"])
            #expect(retry.status == 0, "\(retry.errors)")
            let report = try rehearsal.directory.readText("run/report.csv")
            let total = rehearsal.sandbox.stats.total
            for options in [["--yes"], []] {
                let refused = try await rehearsal.program(["resume", "run"] + options)
                #expect(refused.status == 7, "\(refused.errors)")
                #expect(
                    refused.errors.contains(#/again \(.* ago|now\) tried rows of this run again/#),
                    "\(refused.errors)")
                #expect(refused.errors.contains("--force"))
            }
            #expect(rehearsal.sandbox.stats.total == total)
            #expect(try rehearsal.directory.readText("run/report.csv") == report)
            let shown = try await rehearsal.program(["resume", "run", "--dry-run", "--json"])
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.errors.contains("tried rows of this run again"))
            #expect(
                shown.output.contains(
                    #""laterRuns":[{"name":"again","kind":"retry","startedAt":"2"#),
                "\(shown.output)")
            let forced = try await rehearsal.program(
                ["resume", "run", "--yes", "--force", "--deadline", "10m"])
            #expect(forced.status == 0, "\(forced.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("a run that was undone is resumed only where a person says so")
    func undone() async throws {
        try await Rehearsal.run(faults: "only=put,latency=8ms") { rehearsal in
            let process = try rehearsal.start(
                ["apply", Self.rows, "--yes", "--run-dir", "run", "--concurrency", "2"]
                    + Rehearsal.wideQuota)
            try await process.signal(SIGKILL) { rehearsal.updates >= 9 }
            _ = try await process.end()
            let undo = try await rehearsal.program(["undo", "run", "--yes", "--run-dir", "back"])
            #expect([0, 3].contains(undo.status), "\(undo.errors)")
            let updates = rehearsal.updates
            let refused = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(refused.status == 7, "\(refused.errors)")
            #expect(refused.errors.contains("undid this run"), "\(refused.errors)")
            #expect(rehearsal.updates == updates)
        }
    }

    @Test("what changed meanwhile is counted before anything is sent")
    func changedMeanwhile() async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.early).status == 5)
            // Another run takes a few of the same tickets first.
            let other = try await rehearsal.program(
                ["apply", Self.rows, "--yes", "--run-dir", "other"] + Rehearsal.wideQuota)
            #expect(other.status == 0)
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--deadline", "10m"])
            #expect(resumed.status == 0)
            #expect(
                resumed.errors.firstMatch(
                    of: #/\d+ of 47 updates done, 0 to send, \d+ changed meanwhile\n/#) != nil,
                "\(resumed.errors)")
        }
    }

    @Test("a run without run.json can be resumed, and one with a damaged run.json is explained")
    func olderRuns() async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.early).status == 5)
            try rehearsal.directory.write("{", to: "run/run.json")
            let refused = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(refused.status == 6)
            #expect(refused.errors.contains("run.json: the run's settings cannot be read"))
            try FileManager.default.removeItem(atPath: rehearsal.directory.file("run/run.json"))
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes"] + Rehearsal.wideQuota)
            #expect(resumed.status == 0, "\(resumed.errors)")
        }
    }

    @Test("a run on the embedded sandbox resumes on the same workspace")
    func sandbox() async throws {
        let directory = try TemporaryDirectory()
        let folder = URL(filePath: directory.path)
        let first = try await BuiltProgram.run(
            Self.early + ["--sandbox", Rehearsal.sample("workspace.json")], in: folder)
        #expect(first.status == 5, "\(first.errors)")
        let resumed = try await BuiltProgram.run(
            ["resume", "run", "--yes", "--deadline", "10m"], in: folder)
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    @Test("a run that ended early names one next step")
    func oneNextStep() async throws {
        try await Rehearsal.run { rehearsal in
            let first = try await rehearsal.program(Self.early)
            #expect(first.errors.contains("mava-bulk resume run --yes"))
            #expect(!first.errors.contains("failed.csv"))
        }
    }

    @Test("resuming a finished run changes no report, whatever happened to its tickets since")
    func finishedRun() async throws {
        try await Rehearsal.run { rehearsal in
            let ticket = "695c76afd0e42018b77a9c2d"
            // Two rows share one request, and a third has one of its own.
            try rehearsal.directory.write(
                """
                ticketId,status,priority
                \(ticket),Pending,
                \(ticket),,2
                695cd34fa4b07254adddf65b,Pending,
                nonsense-id,Pending,

                """, to: "rows.csv")
            let apply = ["apply", "rows.csv", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota
            let first = try await rehearsal.program(apply)
            #expect(first.status == 3, "\(first.errors)")
            let names = ["report.csv", "failed.csv", "summary.json", "plan.jsonl"]
            let before = try names.map { try rehearsal.directory.read("run/\($0)") }
            #expect(try rehearsal.report()[1]["outcome"] == "updated")

            try rehearsal.directory.write(
                "ticketId,status,priority\n\(ticket),Open,1\n", to: "other.csv")
            let other = try await rehearsal.program(
                ["apply", "other.csv", "--yes"] + Rehearsal.wideQuota)
            #expect(other.status == 0)
            let updates = rehearsal.updates
            for _ in 1...2 {
                let resumed = try await rehearsal.program(["resume", "run", "--yes"])
                #expect(resumed.status == 3, "\(resumed.errors)")
                #expect(rehearsal.updates == updates)
                let after = try names.map { try rehearsal.directory.read("run/\($0)") }
                for (name, (old, new)) in zip(names, zip(before, after)) {
                    #expect(
                        String(decoding: old, as: UTF8.self)
                            == String(decoding: new, as: UTF8.self), "\(name)")
                }
            }
        }
    }
}
