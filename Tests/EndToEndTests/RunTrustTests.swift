import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Files of a run's directory that another program changed or replaced.
@Suite("A run's directory is not believed blindly", .timeLimit(.minutes(20)))
struct RunTrustTests {
    private static let rows = Rehearsal.sample("reassign/handover.csv")
    private static let ticket = "695bab486e58bdee202221af"

    /// Applies a row whose ticket changed after its snapshot, as `run`.
    private func revisedRun(_ rehearsal: Rehearsal) async throws {
        try rehearsal.directory.write("ticketId,priority\n\(Self.ticket),3\n", to: "rows.csv")
        try rehearsal.directory.write("ticketId,priority\n\(Self.ticket),2\n", to: "other.csv")
        for (arguments, status) in [
            (["plan", "rows.csv", "--output", "o.jsonl"], 0),
            (["apply", "other.csv", "--yes", "--run-dir", "other"], 0),
            (["apply", "o.jsonl", "--on-conflict", "overwrite", "--yes", "--run-dir", "run"], 0),
        ] {
            let result = try await rehearsal.program(arguments)
            #expect(Int(result.status) == status, "\(result.errors)")
        }
        #expect(rehearsal.updates == 2)
    }

    @Test("revised rows that were edited or removed end every command that reads the run")
    func revised() async throws {
        try await Rehearsal.run { rehearsal in
            try await revisedRun(rehearsal)
            let text = try rehearsal.directory.readText("run/revised.jsonl")
            let file = rehearsal.directory.file("run/revised.jsonl")
            let commands = [
                ["undo", "run", "--yes"], ["verify", "run"], ["report", "run"],
                ["resume", "run", "--yes"],
            ]
            for isGone in [false, true] {
                if isGone {
                    try FileManager.default.removeItem(atPath: file)
                } else {
                    try rehearsal.directory.write(
                        text.replacing(#/"before":\{[^}]*\}/#, with: #""before":{"priority":7}"#),
                        to: "run/revised.jsonl")
                }
                for command in commands {
                    let result = try await rehearsal.program(command)
                    #expect(result.status == 6, "\(command) \(result.errors)")
                    #expect(result.errors.contains("revised.jsonl"), "\(result.errors)")
                }
                #expect(rehearsal.updates == 2)
            }
            try rehearsal.directory.write(text, to: "run/revised.jsonl")
            let undone = try await rehearsal.program(["undo", "run", "--yes"])
            #expect(undone.status == 0, "\(undone.errors)")
            #expect(rehearsal.updates == 3)
        }
    }

    @Test(
        "an address in run.json that is not the plan's gets no key",
        arguments: ["undo", "verify", "retry", "resume"])
    func address(command: String) async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0], to: "secret")
            let first = try await BuiltProgram.run(
                ["apply", Self.rows, "--yes", "--run-dir", "run", "--api-key-file", "secret"]
                    + Rehearsal.wideQuota, in: rehearsal.folder,
                environment: ["MAVA_BASE_URL": rehearsal.sandbox.address])
            #expect(first.status == 0, "\(first.errors)")
            let settings = try rehearsal.directory.readText("run/run.json")
            let before = rehearsal.sandbox.stats.total
            try rehearsal.directory.write(
                settings.replacing(
                    rehearsal.sandbox.address, with: "https://mava.invalid"), to: "run/run.json")
            let arguments = [command, "run"] + (command == "verify" ? [] : ["--yes"])
            let refused = try await BuiltProgram.run(arguments, in: rehearsal.folder)
            #expect(refused.status == 6, "\(refused.errors)")
            #expect(refused.errors.contains("https://mava.invalid"), "\(refused.errors)")
            #expect(rehearsal.sandbox.stats.total == before)
            // The environment comes first, for the key as well.
            try rehearsal.directory.write("another-key", to: "secret")
            let result = try await rehearsal.program(arguments)
            #expect(result.status == 0, "\(result.errors)")
            #expect(!result.errors.contains("as the run had"), "\(result.errors)")
            // Without it, the run's own key is used, and named, but not its address.
            try rehearsal.directory.write(settings, to: "run/run.json")
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0], to: "secret")
            let total = rehearsal.sandbox.stats.total
            let alone = try await BuiltProgram.run(arguments, in: rehearsal.folder)
            #expect(alone.status == 2, "\(alone.errors)")
            #expect(
                alone.errors.contains("add --base-url \(rehearsal.sandbox.address)"),
                "\(alone.errors)")
            #expect(rehearsal.sandbox.stats.total == total)
            let named = try await BuiltProgram.run(
                arguments + ["--base-url", rehearsal.sandbox.address], in: rehearsal.folder)
            #expect(named.status == 0, "\(named.errors)")
            let file = rehearsal.directory.file("secret")
            #expect(
                named.errors.contains("key from \(file), as the run had it"), "\(named.errors)")
        }
    }

    @Test("an address or authorities that only run.json names get no key of any source")
    func onlyOfRun() async throws {
        try await Rehearsal.run { rehearsal in
            let first = try await rehearsal.program(
                ["apply", Self.rows, "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(first.status == 0, "\(first.errors)")
            let address = rehearsal.sandbox.address
            let key = ["MAVA_API_KEY": rehearsal.sandbox.apiKeys[0]]
            try FileManager.default.createDirectory(
                atPath: rehearsal.directory.file(".config/mava-bulk"),
                withIntermediateDirectories: true)
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0], to: ".config/mava-bulk/key")
            func configure(_ text: String) throws {
                try rehearsal.directory.write(text, to: ".config/mava-bulk/config.json")
            }
            let settings = try rehearsal.directory.readText("run/run.json")
            let before = rehearsal.sandbox.stats.total
            for (configuration, environment, advice) in [
                (#"{"version":1}"#, key, "--base-url \(address)"),
                (#"{"version":1,"keyFile":"key"}"#, [:], "--base-url \(address)"),
                (
                    #"{"version":1,"keyFile":"key","baseURL":"http://127.0.0.1:9"}"#, [:],
                    "config.json:1 says http://127.0.0.1:9"
                ),
            ] {
                try configure(configuration)
                let refused = try await BuiltProgram.run(
                    ["verify", "run"], in: rehearsal.folder, environment: environment)
                #expect(refused.status == 2, "\(refused.errors)")
                #expect(refused.errors.contains(advice), "\(refused.errors)")
            }
            // A profile of the user that run.json names keeps its own address.
            try configure(
                #"{"version":1,"profiles":{"acme":{"keyFile":"key","baseURL":"http://127.0.0.1:9"}}}"#
            )
            try rehearsal.directory.write(
                settings.replacing(
                    #""baseURL" :"#, with: #""profile" : "acme", "baseURL" :"#),
                to: "run/run.json")
            let profile = try await BuiltProgram.run(["verify", "run"], in: rehearsal.folder)
            #expect(profile.status == 2, "\(profile.errors)")
            #expect(
                profile.errors.contains("profile acme says http://127.0.0.1:9"), "\(profile.errors)"
            )
            try configure(#"{"version":1}"#)
            try rehearsal.directory.write(
                settings.replacing(
                    #""baseURL" : "\#(address)""#, with: #""caFile" : "/their.pem""#),
                to: "run/run.json")
            let authorities = try await BuiltProgram.run(
                ["verify", "run"], in: rehearsal.folder, environment: key)
            #expect(authorities.status == 2, "\(authorities.errors)")
            #expect(authorities.errors.contains("--ca-file /their.pem"), "\(authorities.errors)")
            #expect(rehearsal.sandbox.stats.total == before)
            // Where the user's own configuration agrees, nothing more has to be said.
            try rehearsal.directory.write(settings, to: "run/run.json")
            try configure(#"{"version":1,"keyFile":"key","baseURL":"\#(address)/"}"#)
            let agreed = try await BuiltProgram.run(["verify", "run"], in: rehearsal.folder)
            #expect(agreed.status == 0, "\(agreed.errors)")
        }
    }

    @Test(
        "a pipe or a link in a run's directory blocks no command",
        arguments: ["lock", "journal.jsonl", "plan.jsonl", "run.json", "summary.json"],
        [false, true])
    func pipe(name: String, isLink: Bool) async throws {
        try await Rehearsal.run { rehearsal in
            let run = try await rehearsal.program(
                ["apply", Self.rows, "--yes", "--run-dir", "runs/run"] + Rehearsal.wideQuota)
            #expect(run.status == 0, "\(run.errors)")
            let path = rehearsal.directory.file("runs/run/\(name)")
            try FileManager.default.removeItem(atPath: path)
            #expect(mkfifo(rehearsal.directory.file("pipe"), 0o600) == 0)
            if isLink {
                #expect(symlink(rehearsal.directory.file("pipe"), path) == 0)
            } else {
                #expect(mkfifo(path, 0o600) == 0)
            }
            let reading = [
                ["runs"], ["runs", "show", "runs/run"], ["runs", "find", Self.ticket],
                ["runs", "prune", "--keep-last", "0", "--yes"], ["report", "runs/run"],
                ["verify", "runs/run"], ["undo", "runs/run", "--dry-run"],
                ["retry", "runs/run", "--dry-run"], ["plan", Self.rows],
            ]
            for command in reading {
                let takesRuns = command[0] != "report"
                let result = try await rehearsal.program(
                    command + (takesRuns ? ["--runs-dir", "runs"] : []))
                #expect([0, 1, 2, 3, 5, 6].contains(result.status), "\(command) \(result.errors)")
            }
        }
    }

    @Test("the suggested command keeps what protects the plan")
    func next() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(#"{"maxChanges": 100}"#, to: "guards.json")
            let planned = try await rehearsal.program(
                [
                    "plan", Self.rows, "--output", "o.jsonl", "--guards", "guards.json",
                    "--max-changes", "60",
                ])
            #expect(planned.status == 0, "\(planned.errors)")
            #expect(
                planned.output.contains(
                    "apply o.jsonl --guards guards.json --max-changes 60"), "\(planned.output)")
            let options = [
                "--canary 5", "--guards guards.json", "--max-changes 60", "--on-conflict stop",
                "--strict",
            ]
            let rehearsed = try await rehearsal.program(
                ["apply", "o.jsonl", "--dry-run"]
                    + options.flatMap { $0.split(separator: " ").map(String.init) })
            #expect(rehearsed.status == 0, "\(rehearsed.errors)")
            for option in options { #expect(rehearsed.output.contains(option), "\(option)") }
            let twice = try await rehearsal.program(
                ["apply", "o.jsonl", "--require-approvals", "1", "--applied-by", " ", "--dry-run"])
            #expect(twice.status == 2)
        }
    }

    @Test("the key in a note, and the query of a job's address, are not kept")
    func secrets() async throws {
        try await Rehearsal.run { rehearsal in
            let key = rehearsal.sandbox.apiKeys[0]
            let planned = try await rehearsal.program(["plan", Self.rows, "--output", "o.jsonl"])
            #expect(planned.status == 0, "\(planned.errors)")
            let approved = try await rehearsal.program(
                ["plan", "approve", "o.jsonl", "--note", "with \(key)"])
            #expect(approved.status == 0, "\(approved.errors)")
            let file = "o.jsonl.approval.jsonl"
            let text = try rehearsal.directory.readText(file)
            let who = try #require(text.firstMatch(of: #/"who":"([^"]*)"/#)).1
            try rehearsal.directory.write(
                text.replacing(who, with: "ada@elsewhere"), to: file)
            var environment = rehearsal.environment
            environment["CI_JOB_URL"] = "https://ci.example/jobs/7?token=abcdef#line"
            let applied = try await BuiltProgram.run(
                ["apply", "o.jsonl", "--require-approvals", "1", "--yes", "--run-dir", "run"]
                    + Rehearsal.wideQuota, in: rehearsal.folder, environment: environment)
            #expect(applied.status == 0, "\(applied.errors)")
            for name in ["run.json", "summary.json"] {
                let text = try rehearsal.directory.readText("run/\(name)")
                #expect(text.contains("with <redacted>") && !text.contains(key), "\(text)")
            }
            let settings = try rehearsal.directory.readText("run/run.json")
            #expect(settings.contains(#""https://ci.example/jobs/7""#), "\(settings)")
        }
    }
}
