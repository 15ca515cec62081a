import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Guards on the command line", .timeLimit(.minutes(20)))
struct GuardTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")
    private static let guards = #"""
        {
          "rules": [{ "name": "load", "field": "assignee", "to": "*", "most": 15, "each": true }],
          "maxChanges": 40
        }
        """#

    private func json(_ text: String) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func write(_ rehearsal: Rehearsal, _ text: String = guards) throws {
        try rehearsal.directory.write(text, to: "guards.json")
    }

    @Test("A refusal ends with 7 and names rule, number, three rows and the waiver")
    func refusal() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let limit = try await rehearsal.program(
                ["apply", Self.file, "--yes", "--guards", "guards.json"] + Rehearsal.wideQuota)
            #expect(limit.status == 7)
            #expect(
                limit.errors.contains(
                    "the plan changes 47 tickets, the guard max-changes allows 40: check the input, "
                        + "raise the limit, or waive it with --waive max-changes=47"))
            let rule = try await rehearsal.program(
                ["apply", Self.file, "--yes", "--guards", "guards.json"] + Rehearsal.wideQuota
                    + ["--waive", "max-changes=47"])
            #expect(rule.status == 7)
            let message = try #require(
                rule.errors.firstMatch(
                    of:
                        /the guard load allows 15 tickets with a change of assignedTo, for each value, and the plan has 16 for "(Ben|Grace)" \(and too many for 1 other value\) \((.*), …\): look at them, or waive it with --waive load=16\n/
                ), "\(rule.errors)")
            let rows = message.2.matches(of: /row ([0-9]+) [0-9a-f]{24}/)
            #expect(rows.count == 3)
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.leftovers().filter { $0.hasSuffix(".csv") } == [])
        }
    }

    @Test("Waivers are in every form of the preview, in the plan, and in the run's files")
    func waivers() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let waived = [
                "--guards", "guards.json", "--waive", "load=20", "--waive", "max-changes=47",
                "--waive", "fill=3",
            ]
            let notice =
                "the guard load is waived up to 20 tickets: the plan has 16, the guard allows 15"
            let plan = ["plan", Self.file] + Rehearsal.wideQuota + waived
            let text = try await rehearsal.program(plan + ["--output", "plan.jsonl"])
            #expect(text.status == 0)
            #expect(text.output.contains("  ! " + notice + "\n"))
            #expect(text.output.contains("  ! the waiver fill=3 was not needed\n"))
            let markdown = try await rehearsal.program(plan + ["--markdown"])
            #expect(markdown.output.contains("- " + notice))
            let preview = try json(try await rehearsal.program(plan + ["--json"]).output)
            let notices = try #require(preview["secondLook"] as? [[String: Any]])
            #expect(notices.filter { $0["kind"] as? String == "guard_waived" }.count == 2)
            let header = try #require(preview["plan"] as? [String: Any])
            let written = try #require(header["waivers"] as? [[String: Any]])
            #expect(written.map { $0["rule"] as? String } == ["max-changes", "load"])
            #expect(written.map { $0["count"] as? Int } == [47, 16])
            #expect(written.map { $0["number"] as? Int } == [47, 20])
            #expect(written.map { $0["most"] as? Int } == [40, 15])
            // What the saved plan shows later, and what a run of it reports.
            let shown = try await rehearsal.program(["plan", "plan.jsonl"])
            #expect(shown.output.contains(notice))
            let run = try await rehearsal.program(
                ["apply", "plan.jsonl", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(run.status == 0)
            let summary = try json(try rehearsal.directory.readText("run/summary.json"))
            let reported = try #require(summary["waivers"] as? [[String: Any]])
            #expect(reported.map { $0["rule"] as? String } == ["max-changes", "load"])
        }
    }

    @Test("A saved plan is checked again when guards are given, with waivers of their own")
    func savedPlan() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let plan = ["plan", Self.file, "--output", "plan.jsonl"] + Rehearsal.wideQuota
            #expect(try await rehearsal.program(plan).status == 0)
            let guarded = ["--guards", "guards.json", "--waive", "max-changes=47"]
            let apply =
                ["apply", "plan.jsonl", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota + guarded
            let refused = try await rehearsal.program(apply)
            #expect(refused.status == 7)
            #expect(refused.errors.contains("--waive load=16"))
            #expect(rehearsal.puts == 0)
            let applied = try await rehearsal.program(
                apply + ["--waive", "load=16", "--deadline", "1ms", "--waive", "fill=1"])
            #expect(applied.status == 5)
            #expect(applied.output.contains("the guard load is waived up to 16 tickets"))
            #expect(applied.output.contains("the waiver fill=1 was not needed"))
            // A run that is resumed still knows why it was allowed.
            let resumed = try await rehearsal.program([
                "resume", "run", "--yes", "--deadline", "10m",
            ])
            #expect(resumed.status == 0)
            #expect(rehearsal.updates == 47)
            let summary = try json(try rehearsal.directory.readText("run/summary.json"))
            let waivers = try #require(summary["waivers"] as? [[String: Any]])
            #expect(waivers.map { $0["rule"] as? String } == ["max-changes", "load"])
            #expect(waivers.map { $0["number"] as? Int } == [47, 16])
        }
    }

    @Test("A plan from a snapshot is checked against the tickets as they are before it is sent")
    func snapshot() async throws {
        try await Rehearsal.run { rehearsal in
            let export = try await rehearsal.program(
                ["export", "--format", "jsonl", "--output", "tickets.jsonl", "--assignee", "Ada"]
                    + Rehearsal.wideQuota)
            #expect(export.status == 0)
            let lines = try rehearsal.directory.readText("tickets.jsonl").split(separator: "\n")
            // Says of one ticket that Ben has it, and protects what Ada has.
            let changed = try json(String(lines[0]))
            let id = try #require(changed["ticketId"] as? String)
            try rehearsal.directory.write(
                "ticketId,status,assignee\n\(id),Open,Ben\n", to: "old.csv")
            try rehearsal.directory.write("ticketId,status\n\(id),Waiting\n", to: "rows.csv")
            try write(rehearsal, #"{"protect":{"agents":["Ada"]}}"#)
            let arguments =
                ["rows.csv", "--snapshot", "old.csv", "--guards", "guards.json"]
                + Rehearsal.wideQuota
            #expect(try await rehearsal.program(["plan"] + arguments).status == 0)
            let apply = ["apply"] + arguments + ["--yes", "--on-conflict", "overwrite"]
            let refused = try await rehearsal.program(apply)
            #expect(refused.status == 7)
            #expect(refused.errors.contains("1 protected ticket (row 1 \(id))"))
            #expect(rehearsal.puts == 0)
            let waived = try await rehearsal.program(
                apply + ["--waive", "protect=1", "--run-dir", "run"])
            #expect(waived.status == 0)
            #expect(rehearsal.puts == 1)
            let summary = try json(try rehearsal.directory.readText("run/summary.json"))
            #expect((summary["waivers"] as? [[String: Any]])?.count == 1)
        }
    }

    @Test("Options and file: the stricter limit counts")
    func stricter() async throws {
        try await Rehearsal.run { rehearsal in
            for (option, file, status) in [(47, 46, 7), (46, 47, 7), (47, 47, 0)]
                as [(Int, Int, Int32)]
            {
                try write(rehearsal, #"{"maxChanges":\#(file)}"#)
                let result = try await rehearsal.program(
                    ["plan", Self.file, "--guards", "guards.json", "--max-changes", "\(option)"])
                #expect(result.status == status)
            }
            for (option, file, status) in [("50", 10, 7), ("10", 50, 7), ("50", 50, 0)]
                as [(String, Int, Int32)]
            {
                try write(rehearsal, #"{"maxChangePercent":\#(file)}"#)
                let result = try await rehearsal.program(
                    ["plan", Self.file, "--guards", "guards.json", "--max-change-percent", option])
                #expect(result.status == status, "\(result.errors)\(result.output)")
                #expect(
                    (result.errors + result.output).contains(
                        /47 of the [0-9]+ tickets read \([0-9.]+ %\)/))
            }
        }
    }

    @Test(
        "Wrong waivers and wrong files say what was meant",
        arguments: [
            (["--waive", "lod=3"], 2, "no guard has the name `lod`; did you mean `load`?"),
            (
                ["--waive", "nothing=3"], 2,
                "there is load, max-changes, max-change-percent, max-of-last-runs, protect, fill"
            ),
            (["--waive", "load"], 2, "--waive takes RULE=N"),
            (["--waive", "load=x"], 2, "a whole number of tickets from 0"),
            (["--waive", "load=-1"], 2, "a whole number of tickets from 0"),
            (["--waive", "load=1", "--waive", "load=2"], 2, "names load twice"),
            (
                ["--guards", "wrong.json"], 6,
                "wrong.json:2: there is no guard \"maxChange\": did you mean `maxChanges`?"
            ),
            (["--guards", "missing.json"], 6, "missing.json"),
        ] as [([String], Int32, String)])
    func wrong(options: [String], status: Int32, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            try rehearsal.directory.write("{\n\"maxChange\":1}", to: "wrong.json")
            let guards = options.contains("--guards") ? [] : ["--guards", "guards.json"]
            let result = try await rehearsal.program(["plan", Self.file] + guards + options)
            #expect(result.status == status)
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("The schema is printed, and a plan does not replace its guards")
    func schema() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(["schema", "guards"])
            #expect(result.status == 0)
            let file = BuiltProgram.package.appending(path: "docs/schemas/guards.schema.json")
            #expect(result.output == (try String(contentsOf: file, encoding: .utf8)))
            let other = try await rehearsal.program(["schema", "gards"])
            #expect(other.status == 2)
            #expect(other.errors.contains("did you mean `guards`?"))
            try write(rehearsal)
            let replacing = try await rehearsal.program(
                ["plan", Self.file, "--guards", "guards.json", "--output", "guards.json"])
            #expect(replacing.status == 2)
            #expect(try rehearsal.directory.readText("guards.json") == Self.guards)
        }
    }
}
