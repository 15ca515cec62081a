import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Every sample does what its page says")
struct SampleTests {
    /// Runs a sample's own script with the built program.
    private func runScript(
        _ sample: String, _ arguments: [String], in directory: TemporaryDirectory
    ) async throws -> BuiltProgram.Result {
        let script = Rehearsal.sample("\(sample)/run")
        return try await BuiltProgram.run(
            [script] + arguments, in: URL(filePath: directory.path),
            environment: ["MAVA_BULK": BuiltProgram.executable.path],
            executable: URL(filePath: "/bin/bash"))
    }

    @Test("reassign: everything is handed over")
    func reassign() async throws {
        let directory = try TemporaryDirectory()
        let result = try await runScript(
            "reassign", ["--run-dir", directory.file("run")], in: directory)
        #expect(result.status == 0)
        #expect(result.output.contains("51 rows: 47 updated, 4 unchanged; 47 requests"))
        #expect(result.errors.contains("47 updates accepted, 47 audit messages, no 429"))
    }

    @Test("nightly-cleanup: two tickets were answered, so it ends with 3")
    func nightly() async throws {
        let directory = try TemporaryDirectory()
        let result = try await runScript(
            "nightly-cleanup", ["--run-dir", directory.file("run")], in: directory)
        #expect(result.status == 3)
        #expect(result.output.contains("73 rows: 68 updated, 3 unchanged, 2 conflict"))
        #expect(result.errors.contains("68 updates accepted, 68 audit messages, no 429"))
        // The input is JSON Lines, and so are its failed rows.
        let failed = try directory.readText("run/failed.jsonl").split(separator: "\n")
        #expect(failed.count == 2)
    }

    @Test("preview: nothing is sent, everything is named")
    func preview() async throws {
        let directory = try TemporaryDirectory()
        let result = try await runScript(
            "preview", ["--output", directory.file("plan.jsonl")], in: directory)
        #expect(result.status == 3)
        #expect(result.output.contains("20 update, 5 unchanged, 3 invalid, 0 conflict, 1 held"))
        let plan = try directory.readText("plan.jsonl")
        for code in ["agent_unknown", "status_invalid", "malformed_record", "ai_handling"] {
            #expect(plan.contains("\"code\":\"\(code)\""))
        }
        #expect(plan.contains("Tomás"))
    }

    @Test("migration: two agents' tickets go to two others, by a map")
    func migration() async throws {
        let directory = try TemporaryDirectory()
        let result = try await runScript("migration", [], in: directory)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("| 50 | 0 | 0 | 0 | 0 | 7,165 |"))
        #expect(result.output.contains("5,414 × assignedTo Ada → Grace  [map.csv:2]"))
        #expect(result.output.contains("1,801 × assignedTo Linus → Dennis  [map.csv:3]"))
        #expect(result.output.contains("7,215 rows: 7,215 updated; 7,215 requests"))
    }

    @Test("nightly: waiting tickets are resolved once, and the second night there are none")
    func exportedNightly() async throws {
        let directory = try TemporaryDirectory()
        let result = try await runScript("nightly", [], in: directory)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("598 rows: 598 updated; 598 requests"))
        #expect(result.output.contains("nothing to do: the input has no rows"))
    }

    /// The sandbox's own counts beside the report's.
    @Test("A handover sends exactly the updates that are needed, and the second time none")
    func exactUpdates() async throws {
        try await Rehearsal.run(quota: QuotaRule()) { rehearsal in
            let file = Rehearsal.sample("reassign/handover.csv")
            let first = try await rehearsal.program(["apply", file, "--yes", "--run-dir", "run"])
            #expect(first.status == 0)
            let rows = try rehearsal.report()
            let updated = rows.filter { $0["outcome"] == "updated" }
            #expect(rows.count == 51)
            #expect(updated.count == 47)
            #expect(rehearsal.puts == updated.count)
            #expect(rehearsal.updates == updated.count)
            let changed = updated.reduce(0) {
                $0 + ($1["changed"] ?? "").split(separator: " ").count
            }
            #expect(rehearsal.sandbox.stats.auditMessages == changed)
            #expect(rehearsal.sandbox.stats.count(status: 429) == 0)
            #expect(Set(rehearsal.sandbox.stats.requestsPerTicket.keys) == [1])
        }
        try await Rehearsal.run { rehearsal in
            let apply = [
                "apply", Rehearsal.sample("reassign/handover.csv"), "--yes",
            ]
            #expect(try await rehearsal.program(apply + Rehearsal.wideQuota).status == 0)
            let before = rehearsal.tickets()
            let second = try await rehearsal.program(
                apply + ["--run-dir", "second"] + Rehearsal.wideQuota)
            #expect(second.status == 0)
            #expect(rehearsal.puts == 47)
            #expect(rehearsal.tickets() == before)
            #expect(try rehearsal.report("second").allSatisfy { $0["outcome"] == "unchanged" })
        }
    }

    @Test("What the README shows is what the program prints")
    func readme() async throws {
        let readme = try String(
            contentsOf: BuiltProgram.package.appending(path: "README.md"), encoding: .utf8)
        let directory = try TemporaryDirectory()
        let runs = directory.file("mava-bulk-runs")
        let result = try await BuiltProgram.run(
            [
                "apply", "samples/reassign/handover.csv", "--sandbox", "samples/workspace.json",
                "--yes", "--runs-dir", runs,
            ], in: BuiltProgram.package)
        let name = try #require(try directory.names("mava-bulk-runs").first)
        let report = try directory.readText("mava-bulk-runs/\(name)/report.csv")
        let printed = (result.output + result.errors).replacing(runs, with: "mava-bulk-runs")
        let shown = Self.withoutTimes(readme).split(separator: "\n")
        for line in printed.split(separator: "\n") + report.split(separator: "\n").prefix(3) {
            #expect(shown.contains { $0 == Self.withoutTimes(line) }, "\(line)")
        }
    }

    /// A text whose times of day, directories of runs and durations are the same on each machine.
    private static func withoutTimes(_ text: some StringProtocol) -> String {
        String(text)
            .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/, with: "TIME")
            .replacing(/[0-9]{8}T[0-9]{6}Z/, with: "TIME")
            .replacing(/in [0-9]+ s$/, with: "in 1 s")
            .replacing(/,[0-9]+,TIME/, with: ",1,TIME")
    }
}
