import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Runs that earlier versions made, below Tests/Fixtures.
@Suite("Runs of earlier versions stay readable", .timeLimit(.minutes(20)))
struct FixtureTests {
    private static let versions = ["v1"]
    private static let ticket = "695bab486e58bdee202221af"

    /// Runs a body with a copy of a version's runs in a directory `runs`.
    private func with(
        _ version: String, _ body: (Rehearsal) async throws -> Void
    ) async throws {
        try await Rehearsal.run { rehearsal in
            let fixtures = BuiltProgram.package.appending(path: "Tests/Fixtures/runs/\(version)")
            try FileManager.default.copyItem(
                atPath: fixtures.path, toPath: rehearsal.directory.file("runs"))
            // A checkout does not keep these rights.
            for name in try rehearsal.directory.names("runs") {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o700],
                    ofItemAtPath: rehearsal.directory.file("runs/\(name)")
                )
            }
            try await body(rehearsal)
        }
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test("they are listed and shown", arguments: versions)
    func list(version: String) async throws {
        try await with(version) { rehearsal in
            let list = try json(
                try await rehearsal.program(["runs", "--runs-dir", "runs", "--json"]).output)
            let runs = try #require(list["runs"] as? [[String: Any]])
            let states = Dictionary(
                uniqueKeysWithValues: runs.map { ($0["name"] as! String, $0["state"] as! String) })
            #expect(
                states == [
                    "finished": "finished", "interrupted": "resumable", "revised": "finished",
                    "merged": "finished",
                ])
            #expect(Set(runs.compactMap { $0["label"] as? String }).count == 4)
            let outcomes = try #require(
                runs.first { $0["name"] as? String == "finished" }?["outcomes"] as? [String: Int])
            #expect(
                outcomes == [
                    "updated": 2, "unchanged": 1, "invalid": 1, "conflict": 1, "held": 1,
                    "excluded": 1, "failed": 1, "unknown": 0, "unsent": 0,
                ])
            for run in runs {
                let name = try #require(run["name"] as? String)
                #expect(run["problem"] == nil)
                #expect(run["startedAt"] is String && run["plan"] is String)
                let page = try await rehearsal.program(["runs", "show", "runs/\(name)"])
                #expect(page.status == 0)
                #expect(page.output.contains("by         ada@desk\n"))
                let plan = try await rehearsal.program(["plan", "show", "runs/\(name)/plan.jsonl"])
                #expect(plan.status == 0 || plan.status == 3, "\(plan.errors)")
            }
        }
    }

    @Test("their rows are found by a ticket, with what they changed", arguments: versions)
    func find(version: String) async throws {
        try await with(version) { rehearsal in
            let found = try json(
                try await rehearsal.program([
                    "runs", "find", Self.ticket, "--runs-dir", "runs", "--json",
                ]).output)
            #expect(found["searched"] as? Int == 4)
            let rows = try #require(found["rows"] as? [[String: Any]])
            let texts = rows.map { row in
                let changes = (row["changes"] as? [[String: Any]] ?? []).map {
                    "\($0["field"]!) \($0["beforeName"] ?? "?")>\($0["afterName"]!)"
                }
                let parts = [row["run"] as! String, row["outcome"] as! String] + changes
                return parts.joined(separator: " ")
            }
            #expect(
                Set(texts) == [
                    "finished updated priority 1>3", "interrupted updated priority 1>3",
                    "revised conflict priority 1>3",
                    "merged updated priority 1>3 assignedTo Ben>Grace",
                    "merged updated assignedTo Ben>Grace",
                ], "\(texts)")
        }
    }

    /// The columns of a report that an earlier report has, too: later versions add columns.
    private func common(
        _ rows: [[String: String]], with earlier: [[String: String]]
    ) -> [[String: String]] {
        let columns = Set(earlier.flatMap(\.keys))
        return rows.map { $0.filter { columns.contains($0.key) } }
    }

    @Test("the reports of finished ones are made again as they were", arguments: versions)
    func report(version: String) async throws {
        try await with(version) { rehearsal in
            for (run, failed) in [
                ("finished", "failed.csv"), ("revised", "failed.csv"), ("merged", "failed.jsonl"),
            ] {
                let names = [failed, "report.csv", "summary.json"].map { "runs/\(run)/\($0)" }
                let before = try names.map(rehearsal.directory.readText)
                let rows = try rehearsal.report("runs/\(run)")
                for name in names.dropLast() {
                    try FileManager.default.removeItem(atPath: rehearsal.directory.file(name))
                }
                let result = try await rehearsal.program(
                    ["resume", "runs/\(run)", "--yes"] + ["--base-url", rehearsal.sandbox.address])
                #expect(result.status == 3, "\(result.errors)")
                let after = try names.map(rehearsal.directory.readText)
                #expect(after[0] == before[0] && after[2] == before[2], "\(run)")
                #expect(try common(rehearsal.report("runs/\(run)"), with: rows) == rows, "\(run)")
            }
            #expect(rehearsal.puts == 0)
        }
    }

    @Test("the interrupted one is resumed where it stopped", arguments: versions)
    func resume(version: String) async throws {
        try await with(version) { rehearsal in
            let before = try rehearsal.report("runs/interrupted")
            let unsent = before.filter { $0["outcome"] == "unsent" }.count
            #expect(unsent > 0 && unsent < before.count)
            let result = try await rehearsal.program([
                "resume", "interrupted", "--runs-dir", "runs", "--yes", "--deadline", "10m",
                "--base-url", rehearsal.sandbox.address,
            ])
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.puts == unsent)
            let after = try rehearsal.report("runs/interrupted")
            #expect(after.allSatisfy { $0["outcome"] == "updated" })
            for (old, new) in zip(before, common(after, with: before))
            where old["outcome"] == "updated" {
                #expect(old == new)
            }
            let shown = try json(
                try await rehearsal.program(["runs", "show", "runs/interrupted", "--json"]).output)
            #expect(shown["state"] as? String == "finished")
        }
    }

    @Test(
        "what later versions added to run.json can be missing, as can the file", arguments: versions
    )
    func older(version: String) async throws {
        try await with(version) { rehearsal in
            var settings = try json(try rehearsal.directory.readText("runs/interrupted/run.json"))
            for key in ["label", "startedAt", "starter", "follows"] {
                settings.removeValue(forKey: key)
            }
            try rehearsal.directory.write(
                try JSONSerialization.data(withJSONObject: settings),
                to: "runs/interrupted/run.json")
            try FileManager.default.removeItem(
                atPath: rehearsal.directory.file("runs/finished/run.json"))
            for (run, state) in [("interrupted", "resumable"), ("finished", "finished")] {
                let shown = try json(
                    try await rehearsal.program(["runs", "show", "runs/\(run)", "--json"]).output)
                #expect(shown["state"] as? String == state)
                #expect(shown["problem"] == nil && shown["startedAt"] is String)
            }
            let result = try await rehearsal.program([
                "resume", "runs/interrupted", "--yes", "--deadline", "10m", "--base-url",
                rehearsal.sandbox.address,
            ])
            #expect(result.status == 0, "\(result.errors)")
        }
    }
}
