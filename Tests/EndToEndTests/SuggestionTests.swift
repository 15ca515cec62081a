import BulkSystem
import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Every command that the program prints is run in a shell and has to work unchanged.
@Suite("Suggested commands work as printed")
struct SuggestionTests {
    /// The commands in what was printed: from the program's name to the end of the line.
    private static func commands(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let start =
                line.firstRange(of: "MAVA_API_KEY=") ?? line.firstRange(of: "mava-bulk ")
            return start.map { String(line[$0.lowerBound...]) }
        }.filter { $0.contains(#/mava-bulk (plan|apply|resume|agents|categories|sandbox|help) /#) }
    }

    private func paste(
        _ command: String, in directory: TemporaryDirectory, _ environment: [String: String] = [:]
    ) async throws -> BuiltProgram.Result {
        try await Shell.paste(command, in: directory, environment)
    }

    /// Ordinary file names, and difficult ones.
    static let names = [
        "rows.csv", "two words.csv", "it's \"so\".csv", "-dash.csv", "new\nline.csv",
    ]

    @Test("plan names the apply command", arguments: names)
    func plan(name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let rows = try String(
                contentsOfFile: Rehearsal.sample("reassign/handover.csv"), encoding: .utf8)
            try rehearsal.directory.write(rows, to: name)
            let plan = try await rehearsal.program(
                ["plan", "--max-changes", "100", "--quota", "1000000/1s", "--", name])
            let command = try #require(Self.commands(in: plan.output).first, "\(plan.output)")
            let refused = try await paste(
                command, in: rehearsal.directory, rehearsal.environment)
            // There is no terminal to ask on, so the program suggests the command that asks nothing.
            #expect(refused.status == 2)
            let unattended = try #require(Self.commands(in: refused.errors).first)
            let applied = try await paste(
                unattended, in: rehearsal.directory, rehearsal.environment)
            #expect(applied.status == 0, "\(unattended): \(applied.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("a saved plan names its apply command", arguments: names)
    func savedPlan(name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let plan = try await rehearsal.program([
                "plan", Rehearsal.sample("reassign/handover.csv"), "--output=\(name)",
            ])
            let command = try #require(Self.commands(in: plan.output).first, "\(plan.output)")
            let applied = try await paste(
                command + " --yes --quota 1000000/1s", in: rehearsal.directory,
                rehearsal.environment)
            #expect(applied.status == 0, "\(command): \(applied.errors)")
        }
    }

    @Test("a run that ended early names its resume command", arguments: names)
    func resume(name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let first = try await rehearsal.program([
                "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir=\(name)",
                "--deadline", "1ms", "--quota", "1000000/1s",
            ])
            #expect(first.status == 5)
            let command = try #require(Self.commands(in: first.errors).last, "\(first.errors)")
            let resumed = try await paste(
                command + " --deadline 10m", in: rehearsal.directory,
                rehearsal.environment)
            #expect(resumed.status == 0, "\(command): \(resumed.errors)")
            // For a directory that holds a run it suggests the same command.
            let occupied = try await rehearsal.program([
                "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir=\(name)",
            ])
            #expect(occupied.status == 2)
            let again = try #require(Self.commands(in: occupied.errors).last)
            let nothing = try await paste(
                again + " --yes", in: rehearsal.directory,
                rehearsal.environment)
            #expect(nothing.status == 0, "\(again): \(nothing.errors)")
        }
    }

    @Test("an address that an option named is in the commands that come after the run")
    func address() async throws {
        try await Rehearsal.run { rehearsal in
            let key = ["MAVA_API_KEY": rehearsal.sandbox.apiKeys[0]]
            let first = try await paste(
                "mava-bulk apply \(Rehearsal.sample("reassign/handover.csv")) --yes --run-dir run "
                    + "--deadline 1ms --quota 1000000/1s --base-url \(rehearsal.sandbox.address)",
                in: rehearsal.directory, key)
            #expect(first.status == 5, "\(first.errors)")
            let command = try #require(Self.commands(in: first.errors).last, "\(first.errors)")
            #expect(command.hasSuffix("--base-url \(rehearsal.sandbox.address)"), "\(command)")
            let resumed = try await paste(
                command + " --deadline 10m", in: rehearsal.directory, key)
            #expect(resumed.status == 0, "\(command): \(resumed.errors)")
        }
    }

    @Test("failed rows are applied again to where the run sent", arguments: [true, false])
    func failedRows(isEmbedded: Bool) async throws {
        try await Rehearsal.run { rehearsal in
            let sandbox = Rehearsal.sample("workspace.json")
            let place =
                isEmbedded ? "--sandbox \(sandbox)" : "--base-url \(rehearsal.sandbox.address)"
            try rehearsal.directory.write(
                "ticketId,priority\nffffffffffffffffffffffff,1\n", to: "input.csv")
            let done = try await paste(
                "mava-bulk apply input.csv --yes --run-dir run --unread send \(place)",
                in: rehearsal.directory, ["MAVA_API_KEY": rehearsal.sandbox.apiKeys[0]])
            #expect(done.status == 3, "\(done.errors)")
            let page = try rehearsal.directory.readText("run/report.html")
            #expect(page.contains("/run/failed.csv \(place)<"), "\(page)")
        }
    }

    @Test(
        "a retry's suggestion carries hours, the directory of runs and the address",
        arguments: names)
    func retry(name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let key = ["MAVA_API_KEY": rehearsal.sandbox.apiKeys[0]]
            try rehearsal.directory.write(
                "ticketId,priority\nffffffffffffffffffffffff,1\n", to: "input.csv")
            let done = try await paste(
                "mava-bulk apply input.csv --yes --unread send --runs-dir=\(ShellWord.quoted(name)) "
                    + "--label \(ShellWord.quoted("Ada's, $1")) --window '00:00-24:00' "
                    + "--quota 1000000/1s --base-url \(rehearsal.sandbox.address)",
                in: rehearsal.directory, key)
            #expect(done.status == 3, "\(done.errors)")
            let start = try #require(done.errors.firstRange(of: "mava-bulk retry "))
            var command = String(done.errors[start.lowerBound...])
            #expect(command.contains("--window '00:00-24:00 "), "\(command)")
            command.removeLast()
            let again = try await paste(
                command + " --yes --unread send", in: rehearsal.directory, key)
            #expect(again.status == 3, "\(command): \(again.errors)")
            #expect(
                try FileManager.default.contentsOfDirectory(
                    atPath: rehearsal.directory.file(name)
                ).count == 2, "the retry is beside its run: \(command)")
        }
    }

    @Test("the whole of a preview that was cut is shown by the command below it")
    func wholePreview() async throws {
        try await Rehearsal.run { rehearsal in
            let ids = rehearsal.sandbox.workspace.ticketIDs.prefix(3).joined(separator: ",1\n")
            try rehearsal.directory.write("ticketId,priority\n\(ids),2\n", to: "it's.csv")
            let done = try await rehearsal.program(
                ["apply", "it's.csv", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(done.status == 0, "\(done.errors)")
            let updates = rehearsal.updates
            for line in [
                ["apply", "it's.csv", "--set", "priority=3", "--not-window", "Sat 03:00-04:00"],
                ["undo", "run", "--not-window", "Sat 03:00-04:00"],
            ] {
                let shown = try await PseudoTerminal.run(
                    line + ["--no-pager", "--runs-dir", "."] + Rehearsal.wideQuota,
                    [.columns(40), .wait("[y/N] "), .keys("n\n")], in: rehearsal)
                #expect(shown.status == 7, "\(shown.output)")
                let start = try #require(
                    shown.output.firstRange(of: "All of it: "), "\(shown.output)")
                let command = shown.output[start.upperBound...].prefix { !$0.isNewline }
                let whole = try await paste(
                    String(command), in: rehearsal.directory, rehearsal.environment)
                #expect(whole.status == 0, "\(command): \(whole.errors)")
                #expect(whole.output.contains("Hours: not Sat 03:00-04:00"), "\(whole.output)")
            }
            #expect(rehearsal.updates == updates && updates > 0)
        }
    }

    /// Inputs that are refused with a command that rewrites them.
    private static let convertible: [(encoding: String?, text: String)] = [
        (nil, #"[{"id":"A","status":"Pending"}]"#),
        (nil, #"{"data":{"x y":[{"id":"A","status":"Pending"}]}}"#),
        (nil, "{\"id\":\"A\",\"status\":\"Pending\"},\n{\"id\":\"B\",\"status\":\"Pending\"},\n"),
        (nil, "{\n\"id\":\"A\",\"status\":\"Pending\"}\n"),
        ("UTF-16LE", "id,status\nA,Pending\n"),
        ("UTF-16BE", "é,id,status\né,A,Pending\n"), ("UTF-32LE", "id,status\nA,Pending\n"),
        ("WINDOWS-1252", "id,status,é\nA,Pending,é\n"),
    ]

    @Test(
        "an input that has to be rewritten is read after the command that its refusal names",
        arguments: convertible, names + ["rows.jsonl", "a b.json.gz", "rows.csv.gz"])
    func conversion(input: (encoding: String?, text: String), name: String) async throws {
        try await Rehearsal.run { rehearsal in
            // The name would mean JSON Lines.
            if input.text.hasPrefix("id") || input.text.hasPrefix("é"), name == "rows.jsonl" {
                return
            }
            let text = input.text.replacing("A", with: "695c76afd0e42018b77a9c2d")
                .replacing("B", with: "695cd34fa4b07254adddf65b")
            try rehearsal.directory.write(Array(text.utf8), to: "plain")
            let encoding = input.encoding ?? "UTF-8"
            let pack = name.hasSuffix(".gz") ? "gzip" : "cat"
            let refused = try await BuiltProgram.run(
                ["-c", "iconv -f UTF-8 -t \(encoding) plain | \(pack) > \"./$0\"", name],
                in: URL(filePath: rehearsal.directory.path),
                executable: URL(filePath: "/bin/bash"))
            #expect(refused.status == 0, "\(refused.errors)")
            let plan = try await rehearsal.program(["plan", "--", name])
            #expect(plan.status == 6)
            let line = try #require(plan.errors.firstMatch(of: #/with: (.*)/#)?.1, "\(plan.errors)")
            let rewritten = try await paste(String(line), in: rehearsal.directory)
            #expect(rewritten.status == 0, "\(line): \(rewritten.errors)")
            // The command's last word is the file that it writes.
            let file = try #require(line.split(separator: " > ").last)
            let again = try await paste(
                "mava-bulk plan \(file)", in: rehearsal.directory, rehearsal.environment)
            #expect(again.status == 0, "\(line): \(again.errors)")

            // For input from a pipe the program suggests a filter.
            let piped = try await paste(
                "cat './\(name.replacing("'", with: "'\\''"))' | mava-bulk plan -",
                in: rehearsal.directory, rehearsal.environment)
            #expect(piped.status == 6)
            let filter = try #require(
                piped.errors.firstMatch(of: #/pass it through: (.*)/#)?.1, "\(piped.errors)")
            let filtered = try await paste(
                "cat './\(name.replacing("'", with: "'\\''"))' | \(filter) | mava-bulk plan -",
                in: rehearsal.directory, rehearsal.environment)
            #expect(filtered.status == 0, "\(filter): \(filtered.errors)")
        }
    }

    @Test("What is not there is said, and no command is named that cannot work either")
    func nothingToSuggest() async throws {
        try await Rehearsal.run { rehearsal in
            let resumed = try await rehearsal.program(["resume", "no-such-run"])
            #expect(resumed.status == 2)
            #expect(resumed.errors.contains("there is no run"), "\(resumed.errors)")
            let applied = try await rehearsal.program(["apply", "no-such-file.csv"])
            #expect(applied.status == 6)
            #expect(applied.errors.contains("No such file"), "\(applied.errors)")
            for result in [resumed, applied] { #expect(!result.errors.contains("--yes")) }
        }
    }

    @Test("sandbox --init names the command that starts the workspace")
    func sandboxInit() async throws {
        let directory = try TemporaryDirectory()
        let written = try await BuiltProgram.run(
            ["sandbox", "--init", "my space.json"], in: URL(filePath: directory.path))
        let command = try #require(Self.commands(in: written.errors).first)
        // Its first line is its address; then it is ended.
        let started = try await paste(
            "exec 3< <(exec \(command)); read -r line <&3; echo \"$line\"; kill -INT $!",
            in: directory)
        #expect(started.output.hasPrefix("http://127.0.0.1:"), "\(started.errors)")
        let again = try await BuiltProgram.run(
            ["sandbox", "--init", "my space.json"], in: URL(filePath: directory.path))
        #expect(again.status == 2)
        #expect(again.errors.contains("name another file, or add --force"), "\(again.errors)")
        try directory.write("mine", to: "my space.json")
        let replaced = try await BuiltProgram.run(
            ["sandbox", "--init", "my space.json", "--force"], in: URL(filePath: directory.path))
        #expect(replaced.status == 0, "\(replaced.errors)")
        #expect(try directory.readText("my space.json").contains("\"tickets\""))
    }
}
