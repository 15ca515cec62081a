import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A saved plan is shown, edited, compared and applied", .timeLimit(.minutes(20)))
struct PlanEditRehearsals {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    private func plan(_ rehearsal: Rehearsal) async throws {
        let result = try await rehearsal.program(
            ["plan", Self.file, "--output", "plan.jsonl"] + Rehearsal.wideQuota)
        #expect(result.status == 0, "\(result.errors)")
    }

    private func id(_ rehearsal: Rehearsal, _ name: String) throws -> String {
        let text = try rehearsal.directory.readText(name)
        let start = try #require(text.firstRange(of: "\"id\":\"")).upperBound
        return String(text[start...].prefix(64))
    }

    @Test(
        "Applying an edited plan sends exactly the rows that are left, and every row is in the report"
    )
    func apply() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            // Rows 1 and 2 by number, row 3 by its ticket, and those that Mei would get.
            let rows = CSVLines.split(try String(contentsOfFile: Self.file, encoding: .utf8))
            try rehearsal.directory.write("\(rows[3][0])\n", to: "keep-out.txt")
            let edit = [
                "plan", "edit", "plan.jsonl", "--drop", "1-2", "--drop-file", "keep-out.txt",
                "--drop-where", "new.assignee = Mei", "--output", "smaller.jsonl",
            ]
            let result = try await rehearsal.program(edit)
            #expect(result.status == 0, "\(result.errors)")
            let parent = try id(rehearsal, "plan.jsonl")
            #expect(result.output.contains("edited from plan \(parent.prefix(8))"))
            #expect(
                result.errors.contains("saved plan \(try id(rehearsal, "smaller.jsonl").prefix(8))")
            )
            let applied = try await rehearsal.program(
                ["apply", "smaller.jsonl", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(applied.output.contains("edited from plan \(parent.prefix(8))"))
            let report = try rehearsal.report()
            #expect(report.count == 51)
            let updated = report.filter { $0["outcome"] == "updated" }
            let excluded = report.filter { $0["outcome"] == "excluded" }
            #expect(report.filter { $0["outcome"] == "unchanged" }.count == 4)
            #expect(updated.count + excluded.count + 4 == 51)
            #expect(Set(excluded.compactMap { $0["row"] }).isSuperset(of: ["1", "2", "3"]))
            #expect(
                updated.allSatisfy { !($0["after"] ?? "").contains("66fe5d10ce5839583a57c8c5") })
            #expect(rehearsal.puts == updated.count)
            #expect(rehearsal.sandbox.stats.auditMessages == updated.count)
            let audited = Set(rehearsal.sandbox.audit().map(\.ticketID))
            #expect(audited == Set(updated.compactMap { $0["ticketId"] }))
            let files = try FileManager.default.contentsOfDirectory(
                atPath: rehearsal.directory.file("run"))
            #expect(!files.contains("failed.csv"), "rows left out are not rows to correct")
            let summary = try JSONSerialization.jsonObject(
                with: Data(rehearsal.directory.readText("run/summary.json").utf8))
            let counts = (summary as? [String: Any])?["outcomes"] as? [String: Int]
            #expect(counts?["excluded"] == excluded.count, "\(summary)")
        }
    }

    @Test("An interrupted run of an edited plan is resumed with the rows that are left")
    func resume() async throws {
        // Each request takes longer than the deadline.
        try await Rehearsal.run(faults: "only=put,latency=20ms") { rehearsal in
            try await plan(rehearsal)
            let edited = try await rehearsal.program([
                "plan", "edit", "plan.jsonl", "--keep-where", "row <= 10", "--output", "ten.jsonl",
            ])
            #expect(edited.status == 0, "\(edited.errors)")
            let run = ["--yes", "--run-dir", "run"]
            let stopped = try await rehearsal.program(
                ["apply", "ten.jsonl", "--deadline", "1ms", "--concurrency", "1"] + run
                    + Rehearsal.wideQuota)
            #expect(stopped.status == 5, "\(stopped.errors)")
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--deadline", "5m"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            let report = try rehearsal.report()
            #expect(report.filter { $0["outcome"] == "excluded" }.count == 41)
            #expect(rehearsal.updates == report.filter { $0["outcome"] == "updated" }.count)
        }
    }

    @Test("A request of several rows loses what the rows left out asked for")
    func sharedRequest() async throws {
        try await Rehearsal.run { rehearsal in
            let ticket = "695c76afd0e42018b77a9c2d"
            try rehearsal.directory.write(
                "ticketId,status,assignee\n\(ticket),Pending,\n\(ticket),,Grace\n", to: "rows.csv")
            _ = try await rehearsal.program(["plan", "rows.csv", "--output", "plan.jsonl"])
            let edited = try await rehearsal.program(
                ["plan", "edit", "plan.jsonl", "--drop-file", "-", "--output", "new.jsonl"],
                input: "1\n")
            #expect(edited.status == 0, "\(edited.errors)")
            let applied = try await rehearsal.program(
                ["apply", "new.jsonl", "--yes", "--run-dir", "run"])
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(rehearsal.puts == 1)
            #expect(rehearsal.sandbox.stats.auditMessages == 1)
            #expect(try rehearsal.report().map { $0["outcome"] } == ["excluded", "updated"])
        }
    }

    @Test("plan show is plan of a saved plan, and takes nothing else")
    func show() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            for options in [["--json"], ["--markdown"], ["--rows"]] {
                let shown = try await rehearsal.program(["plan", "show", "plan.jsonl"] + options)
                let plain = try await rehearsal.program(["plan", "plan.jsonl"] + options)
                func untimed(_ text: String) -> [Substring] {
                    text.split(separator: "\n").filter { !$0.contains("finished about") }
                }
                #expect(untimed(shown.output) == untimed(plain.output))
                #expect(shown.status == 0)
            }
            let first = try await rehearsal.program(["plan", "--json", "show", "plan.jsonl"])
            #expect(first.output.hasPrefix(#"{"format":"mava-bulk-preview","version":1,"plan":{"#))
            #expect(try await rehearsal.program(["plan", "show", Self.file]).status == 6)
            #expect(try await rehearsal.program(["plan", "show", "nowhere"]).status == 6)
            // A file with the name of a command is written with its folder.
            try rehearsal.directory.write(rehearsal.directory.readText("plan.jsonl"), to: "show")
            #expect(try await rehearsal.program(["plan", "./show"]).status == 0)
            #expect(try await rehearsal.program(["plan", "show"]).status == 2)
        }
    }

    @Test("plan diff ends with 0, 10 or 6")
    func diff() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let edit = ["plan", "edit", "plan.jsonl", "--drop", "5", "--output", "new.jsonl"]
            #expect(try await rehearsal.program(edit).status == 0)
            let same = try await rehearsal.program(["plan", "diff", "plan.jsonl", "plan.jsonl"])
            #expect(same.status == 0)
            for (options, said) in [
                ([], "1 × update → excluded: assignedTo Ada → "),
                (["--markdown"], "| 1 | `update` → `excluded`: assignedTo `Ada` → "),
                (["--json"], "\"differs\":true"),
            ] {
                let result = try await rehearsal.program(
                    ["plan", "diff", "plan.jsonl", "new.jsonl"] + options)
                #expect(result.status == 10)
                #expect(result.output.contains(said), "\(result.output)")
            }
            let damaged = try rehearsal.directory.readText("new.jsonl").dropLast(30)
            try rehearsal.directory.write(String(damaged), to: "damaged.jsonl")
            for other in ["damaged.jsonl", "nowhere.jsonl", Self.file] {
                let result = try await rehearsal.program(["plan", "diff", "plan.jsonl", other])
                #expect(result.status == 6, "\(result.errors)")
            }
        }
    }

    @Test(
        "An edit that cannot be is refused, and no file is written",
        arguments: [
            (["plan.jsonl", "--output", "new.jsonl"], 2, "plan edit needs --drop"),
            (["plan.jsonl", "--drop", "1"], 2, "plan edit needs --output NEW"),
            (
                ["plan.jsonl", "--drop", "x", "--output", "new.jsonl"], 2,
                "--drop takes row numbers"
            ),
            (["plan.jsonl", "--drop", "52", "--output", "new.jsonl"], 6, "the plan has 51 rows"),
            (
                ["plan.jsonl", "--drop", "1", "--output", "plan.jsonl", "--force"], 2,
                "name another file"
            ),
            (
                ["plan.jsonl", "--drop-where", "rov = 1", "--output", "new.jsonl"], 2,
                "did you mean \"row\"? the plan has no column \"rov\"\n  rov = 1\n  ^"
            ),
            (
                ["plan.jsonl", "--keep-where", "row =", "--output", "new.jsonl"], 2,
                "--keep-where: "
            ),
            (["plan.jsonl", "--drop-file", "none", "--output", "new.jsonl"], 6, "No such file"),
            (
                [
                    "plan.jsonl", "--drop", "1", "--expect-plan", "0123456789", "--output",
                    "new.jsonl",
                ], 6,
                "was expected"
            ),
            (["damaged.jsonl", "--drop", "1", "--output", "new.jsonl"], 6, "do not fit its id"),
            (
                ["nowhere.jsonl", "--drop", "1", "--output", "new.jsonl"], 6,
                "there is no such file"
            ),
        ])
    func refusals(arguments: [String], status: Int32, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let text = try rehearsal.directory.readText("plan.jsonl")
            try rehearsal.directory.write(
                text.replacing("\"do\":\"unchanged\"", with: "\"do\":\"update\""),
                to: "damaged.jsonl")
            let result = try await rehearsal.program(["plan", "edit"] + arguments)
            #expect(result.status == status, "\(result.errors)")
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(try rehearsal.leftovers().sorted() == ["damaged.jsonl", "plan.jsonl"])
            #expect(try rehearsal.directory.readText("plan.jsonl") == text)
        }
    }

    @Test("Help exists for the commands of plan")
    func help() async throws {
        let folder = FileManager.default.temporaryDirectory
        for word in ["show", "edit", "diff"] {
            let help = try await BuiltProgram.run(["help", "plan", word], in: folder)
            #expect(help.status == 0)
            #expect(help.output.contains("\nusage: mava-bulk plan \(word) "))
            let other = try await BuiltProgram.run(["plan", word, "--help"], in: folder)
            #expect(other.output == help.output)
        }
        #expect(try await BuiltProgram.run(["help", "plan"], in: folder).output.contains("./show"))
    }

    @Test("Editing a plan of 200,000 rows takes no more memory than making it")
    func memory() async throws {
        let directory = try TemporaryDirectory()
        var text = "ticketId,status,note\n"
        for number in 0..<200_000 {
            let id = String(0x695c_76af_0000 + number, radix: 16) + "d0e42018b77a"
            text += "\(id),\(number % 2 == 0 ? "Open" : "Resolved"),a note of some length\n"
        }
        try directory.write(text, to: "rows.csv")
        let measure =
            "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)"
            + ".returncode; print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        func peak(_ arguments: [String]) async throws -> Int {
            let result = try await BuiltProgram.run(
                ["python3", "-c", measure, BuiltProgram.executable.path] + arguments,
                in: URL(filePath: directory.path),
                // The address sanitizer would count what was freed long ago.
                environment: ["ASAN_OPTIONS": "detect_leaks=0:quarantine_size_mb=0"],
                executable: URL(filePath: "/usr/bin/env"))
            let words = result.output.split { $0.isWhitespace }
            #expect(words.first == "0", "\(result.errors)")
            return try #require(words.last.flatMap { Int($0) })
        }
        let plan = try await peak(["plan", "rows.csv", "--no-read", "--output", "plan.jsonl"])
        let edit = try await peak([
            "plan", "edit", "plan.jsonl", "--drop-where", "new.status = Open", "--output",
            "new.jsonl",
        ])
        #expect(edit <= plan, "\(edit) and \(plan)")
        let header = try directory.readText("new.jsonl").prefix { $0 != "\n" }
        #expect(header.contains("\"update\":100000"))
        #expect(header.contains("\"excluded\":100000"))
    }
}
