import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("The command line answers as its help says")
struct CommandLineTests {
    private static let ticket = "695c76afd0e42018b77a9c2d"
    /// A program for Python that runs another one on a terminal.
    private static let terminal =
        "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"

    private func run(_ arguments: [String], input: String? = nil) async throws
        -> BuiltProgram.Result
    {
        let directory = try TemporaryDirectory()
        return try await BuiltProgram.run(
            arguments, in: URL(filePath: directory.path), input: input.map { Data($0.utf8) })
    }

    @Test("Help and version go to standard output")
    func help() async throws {
        let overview = try await run(["help"])
        #expect(overview.status == 0)
        for command in [
            "plan", "apply", "resume", "verify", "undo", "export", "sandbox", "agents",
            "categories", "lookups",
            "schema",
        ] {
            #expect(overview.output.contains("  \(command)"))
            let help = try await run(["help", command])
            #expect(help.status == 0)
            #expect(try await run([command, "--help"]).output == help.output)
            #expect(help.output.contains("usage: mava-bulk \(command)"))
            #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
        }
        #expect(try await run(["--version"]).output.hasPrefix("mava-bulk 0."))
        #expect(try await run([]).status == 2)
    }

    @Test(
        "Wrong usage ends with 2 and says what was meant",
        arguments: [
            (["aply", "x.csv"], "did you mean `apply`?"),
            (["plan"], "plan needs FILE; see `mava-bulk help plan`"),
            (["plan", "diff", "a"], "plan diff needs A and B; see"),
            (["plan", "a", "b"], "plan takes FILE"),
            (["plan", "a.csv", "--max-change", "1"], "did you mean --max-changes?"),
            (["plan", "a.csv", "--max-changes"], "--max-changes needs a value"),
            (["plan", "a.csv", "--max-changes=x"], "whole number from 0"),
            (["plan", "a.csv", "--no-read=yes"], "is a switch"),
            (["plan", "a.csv", "--on-duplicate", "first"], "refuse or last"),
            (["plan", "a.csv", "--quota", "90"], "90/30s"),
            (["plan", "a.csv", "--snapshot", "s", "--no-read"], "contradict"),
            (["plan", "a.csv", "--json", "--markdown"], "contradict"),
            (["agents", "--sandbox", "s", "--base-url", "https://mava.example"], "contradict"),
            (["apply", "a.csv", "--yes", "--run-dir", ""], "--run-dir needs a value: DIR"),
            (["plan", ""], "an operand is empty"),
            (["--json", "plan", "a.csv"], "the command comes before its options"),
            (["--color", "never", "help"], "its options: mava-bulk help --color never\n"),
            (["--json", "plan", "a.csv"], "its options: mava-bulk plan a.csv --json"),
            (["--hlep"], "did you mean `mava-bulk --help`?"),
            (["--hlep", "plan"], "did you mean `mava-bulk --help`?"),
            (["-hV"], "there is no option -hV; see `mava-bulk help`"),
            (["-"], "- is not a command"), (["--"], "-- is not a command"),
            (["--quiet"], "--quiet is one"),
            (["help", "--man", "input"], "see `mava-bulk help input`"),
            (["runs", "sho"], "did you mean `mava-bulk runs show`?"),
            (["diff", "a", "b"], "there is no command `diff`; did you mean `plan diff`?"),
            (["show", "a"], "did you mean `plan show` or `runs show`?"),
            (["find", "a"], "did you mean `runs find`?"),
            (["merge", "a"], "did you mean `report merge`?"),
            (["help", "diff"], "there is no command `diff`; did you mean `plan diff`?"),
            (["help", "plan", "foo"], "there is no command `plan foo`; did you mean `plan`?"),
            (["help", "runs", "prune", "extra"], "did you mean `runs prune`?"),
            (["help", "quota", "extra"], "did you mean `quota`?"),
            (["runs", "list"], "did you mean `mava-bulk runs`?"),
            (["apply", "a.csv", "--config", "x"], "--profile chooses a profile"),
            (["plan", "-lead.csv"], "a file whose name begins with - is written ./-lead.csv"),
            (["plan", "--lead.csv"], "is written ./--lead.csv"),
            (["plan", "shwo", "p.jsonl"], "did you mean `mava-bulk plan show`?"),
            (["plan", "a.csv", "--JSON"], "did you mean --json?"),
            (["plan", "-", "--set", "prority=3"], "did you mean priority?"),
            (["plan", "-", "--only", "asignee"], "did you mean assignee?"),
            (["plan", "-", "--unset", "asignee"], "did you mean assignee?"),
            (["plan", "-", "--unset", "stauts"], "--unset takes assignee, not `stauts`"),
            (["export", "--unset", "asignee"], "did you mean assignee?"),
            (["plan", "-", "--map", "asignee=m.csv"], "did you mean assignee?"),
            (["sandbox", "--faults", "latncy=20ms"], "did you mean latency?"),
            (["apply", "-"], "no terminal to ask on"),
            (["apply", "-", "--where", "nonsense"], "--where"),
            (["apply", "-", "--concurrency", "x"], "--concurrency"),
            (["undo", "9999zz"], "there is no run `9999zz`"),
            (["undo", "9999zz", "--only", "foo"], "--only takes"),
            (["undo", "9999zz", "--rows", "x"], "--rows takes"),
            (["retry", "9999zz"], "there is no run `9999zz`"),
            (["retry", "9999zz", "--code", "nonsense"], "--code nonsense"),
            (["resume", "9999zz"], "there is no run `9999zz`"),
            (["apply", "a.csv", "--yes", "--expect-plan", "4e067e4"], "its first 8 digits"),
            (["sandbox", "--faults", "boom=1"], "--faults: column 1: boom=1: no such fault"),
            (["sandbox", "--tickets", "0"], "whole number from 1 to 1000000"),
            (["plan", "-", "--max-change-percent", "0x10"], "takes a percentage from 0 to 100"),
        ])
    func usage(arguments: [String], said: String) async throws {
        let result = try await BuiltProgram.run(
            arguments, in: FileManager.default.temporaryDirectory,
            environment: ["MAVA_API_KEY": "k"])
        #expect(result.status == 2)
        #expect(result.errors.contains(said), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test(
        "A missing input is named before a missing key, with the closest name",
        arguments: [
            (["plan", "handovr.csv"], "did you mean handover.csv?"),
            (["apply", "handovr.csv", "--yes"], "did you mean handover.csv?"),
            (["plan", "shwo"], "did you mean `mava-bulk plan show`?"),
            (["plan", "handover.cvs"], "did you mean handover.csv?"),
            (["plan", "h.csv"], "h.csv: No such file or directory\n"),
            (["plan", "zzzzzz"], "zzzzzz: No such file or directory\n"),
        ])
    func missingInput(arguments: [String], said: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("id,status\n", to: "handover.csv")
        let result = try await BuiltProgram.run(arguments, in: URL(filePath: directory.path))
        #expect(result.status == 6)
        #expect(result.errors.contains(said), "\(result.errors)")
    }

    @Test("Without a key it ends with 4 and names the ways to give one")
    func noKey() async throws {
        let result = try await run(["agents"])
        #expect(result.status == 4)
        #expect(result.errors.contains("--api-key-file"))
        #expect(result.errors.contains("MAVA_API_KEY"))
    }

    @Test("A rejected key ends with 4, and the key is not in what is said")
    func wrongKey() async throws {
        try await Rehearsal.run { rehearsal in
            let key = "a-key-that-is-wrong"
            let result = try await BuiltProgram.run(
                ["agents"], in: rehearsal.folder,
                environment: ["MAVA_BASE_URL": rehearsal.sandbox.address, "MAVA_API_KEY": key])
            #expect(result.status == 4)
            #expect(!result.errors.contains(key))
        }
    }

    @Test("The key comes from a file, the environment or systemd's credentials")
    func keySources() async throws {
        try await Rehearsal.run { rehearsal in
            let key = rehearsal.sandbox.apiKeys[0]
            let file = try rehearsal.directory.write(key + "\n", to: "mava_api_key")
            let base = ["MAVA_BASE_URL": rehearsal.sandbox.address]
            let wrong = base.merging(["MAVA_API_KEY": "wrong"]) { $1 }
            for (arguments, environment) in [
                (["agents", "--api-key-file", file], wrong),
                (["agents"], base.merging(["MAVA_API_KEY": key]) { $1 }),
                (
                    ["agents"],
                    base.merging(["CREDENTIALS_DIRECTORY": rehearsal.directory.path]) { $1 }
                ),
            ] {
                let result = try await BuiltProgram.run(
                    arguments, in: rehearsal.folder, environment: environment)
                #expect(result.status == 0)
                #expect(result.output.contains("ada@lumenpay.example"))
            }
        }
    }

    @Test("The key comes from a pipe, as a password manager gives it")
    func keyFromPipe() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await BuiltProgram.run(
                ["-c", #"echo "$KEY" | "$0" agents --api-key-file /dev/stdin"#]
                    + [BuiltProgram.executable.path],
                in: rehearsal.folder,
                environment: [
                    "MAVA_BASE_URL": rehearsal.sandbox.address,
                    "KEY": rehearsal.sandbox.apiKeys[0],
                ], executable: URL(filePath: "/bin/sh"))
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("ada@lumenpay.example"))
        }
    }

    @Test(
        "A key file that holds no key is named with the reason",
        arguments: [
            ("/dev/null", "must be one line"), ("/dev/zero", "too long"),
            ("/nowhere/key", "cannot open /nowhere/key: No such file"), ("/tmp", "Is a directory"),
        ])
    func unusableKeyFile(path: String, said: String) async throws {
        let result = try await run(["agents", "--api-key-file", path])
        #expect(result.status == 4)
        #expect(result.errors.contains(said), "\(result.errors)")
    }

    @Test("The key is not sent in the clear over a network")
    func plainHTTP() async throws {
        let result = try await BuiltProgram.run(
            ["agents", "--base-url", "http://mava.example"],
            in: FileManager.default.temporaryDirectory, environment: ["MAVA_API_KEY": "secret-key"])
        #expect(result.status == 2)
        #expect(result.errors.contains("https"))
        #expect(!result.errors.contains("secret-key"))
    }

    @Test(
        "Input that cannot be used ends with 6, and nothing is sent",
        arguments: [
            ("", "--allow-empty"), ("ticketId,status\n", "there is no row"),
            ("name,status\nx,Open\n", "no column is named ticketId"),
            ("ticketId,note\nx,Open\n", "no column asks for a change"),
            ("ticketId,statsu\nx,Open\n", "did you mean status?"),
            ("ticketId,ticket,status\na,b,Open\n", "say the same thing"),
            ("PK\u{3}\u{4}", "this is a ZIP archive"),
        ])
    func unusable(text: String, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(["apply", "-", "--yes"], input: text)
            #expect(result.status == 6)
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(rehearsal.puts == 0)
        }
    }

    @Test("Guards refuse with 7, and nothing is sent")
    func guards() async throws {
        try await Rehearsal.run { rehearsal in
            let file = Rehearsal.sample("reassign/handover.csv")
            for guards in [["--max-changes", "46"], ["--max-change-percent", "5"]] {
                let result = try await rehearsal.program(["apply", file, "--yes"] + guards)
                #expect(result.status == 7)
                #expect(result.errors.contains(guards[0]))
            }
            let other = try await rehearsal.program([
                "apply", file, "--yes", "--expect-plan", "0123456789",
            ])
            #expect(other.status == 7)
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.directory.names().allSatisfy { !$0.hasSuffix(".csv") })
        }
    }

    @Test("Standard input is an input: CSV or JSON Lines by its first byte")
    func standardInput() async throws {
        try await Rehearsal.run { rehearsal in
            for (input, run) in [
                ("ticketId,status\n\(Self.ticket),Open\n", "one"),
                (#"{"ticketId":"\#(Self.ticket)","status":"Waiting"}"# + "\n", "two"),
            ] {
                let result = try await rehearsal.program(
                    ["apply", "-", "--yes", "--run-dir", run], input: input)
                #expect(result.status == 0)
                #expect(try rehearsal.report(run)[0]["outcome"] == "updated")
            }
            #expect(rehearsal.updates == 2)
        }
    }

    @Test("A plan from a snapshot needs no key and no network")
    func snapshot() async throws {
        let directory = try TemporaryDirectory()
        let snapshot = try directory.write(
            #"{"_id":"\#(Self.ticket)","status":"Open","priority":2}"# + "\n", to: "tickets.jsonl")
        let rows = try directory.write(
            "ticketId,status,priority\n\(Self.ticket),Open,high\n", to: "rows.csv")
        let result = try await BuiltProgram.run(
            ["plan", rows, "--snapshot", snapshot, "--output", directory.file("plan.jsonl")],
            in: URL(filePath: directory.path))
        #expect(result.status == 0)
        #expect(result.output.contains("priority 2 → 3"))
        #expect(try directory.readText("plan.jsonl").contains(#""after":{"priority":3}"#))
    }

    @Test("--no-read sends every row undiffed")
    func noRead() async throws {
        try await Rehearsal.run { rehearsal in
            let input = "ticketId,status\n\(Self.ticket),Pending\n"
            let result = try await rehearsal.program(
                ["apply", "-", "--yes", "--no-read", "--run-dir", "run"], input: input)
            #expect(result.status == 0)
            #expect(rehearsal.puts == 1)
            #expect(rehearsal.sandbox.stats.count(route: "/api/tickets") == 0)
        }
    }

    @Test("Agents and categories are listed for eyes and for machines")
    func listings() async throws {
        try await Rehearsal.run { rehearsal in
            let agents = try await rehearsal.program(["agents", "--json"])
            let lines = agents.output.split(separator: "\n")
            #expect(lines.count == 6)
            for line in lines {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                #expect((object as? [String: Any])?["id"] is String)
            }
            let categories = try await rehearsal.program(["categories"])
            #expect(categories.output.contains("Withdrawals"))
            #expect(!categories.output.contains("Old campaign"), "archived ones are not listed")
        }
    }

    @Test(
        "A sandbox of its own serves until a signal, and says where",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func sandbox(signal: Int32) async throws {
        let directory = try TemporaryDirectory()
        let process = try BuiltProgram.start(
            ["sandbox", Rehearsal.sample("workspace.json")], in: URL(filePath: directory.path))
        let address = try await process.line(containing: "http://127.0.0.1:")
        let result = try await BuiltProgram.run(
            ["categories"], in: URL(filePath: directory.path),
            environment: ["MAVA_BASE_URL": address, "MAVA_API_KEY": "sandbox-key-lumenpay"])
        #expect(result.status == 0)
        process.signal(signal)
        let ended = try await process.end()
        #expect(ended.status == 128 + signal)
        #expect(String(decoding: ended.errors, as: UTF8.self).contains("stopped after 1 request\n"))
    }

    @Test("A sandbox for a whole network names a command that reaches it from this machine")
    func sandboxForAll() async throws {
        let directory = try TemporaryDirectory()
        let process = try BuiltProgram.start(
            ["sandbox", "--listen", "0.0.0.0", Rehearsal.sample("workspace.json")],
            in: URL(filePath: directory.path))
        let line = try await process.line(containing: "http://0.0.0.0:")
        let port = try #require(line.split(separator: ":").last)
        let result = try await Shell.paste(
            "MAVA_API_KEY=sandbox-key-lumenpay mava-bulk agents --base-url http://127.0.0.1:\(port)",
            in: directory)
        #expect(result.status == 0)
        process.signal(SIGINT)
        let said = String(decoding: try await process.end().errors, as: UTF8.self)
        #expect(said.contains("mava-bulk agents --base-url http://127.0.0.1:\(port)\n"), "\(said)")
    }

    @Test("On a terminal the result does not stand behind the progress, but in its place")
    func progressIsWiped() async throws {
        try await Rehearsal.run(faults: "only=put,latency=500ms") { rehearsal in
            let result = try await BuiltProgram.run(
                [
                    "python3", "-c", Self.terminal, BuiltProgram.executable.path, "apply",
                    Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run",
                ], in: rehearsal.folder,
                environment: rehearsal.environment.merging(["TERM": "xterm"]) { $1 },
                executable: URL(filePath: "/usr/bin/env"))
            #expect(result.output.contains("/47 done"))
            #expect(result.output.contains("\u{1B}[J51 rows: 47 updated"), "\(result.output)")
        }
    }

    @Test("On a terminal a listing that has to wait says why, and wipes that when it is there")
    func listingWaits() async throws {
        try await Rehearsal.run(faults: "503-date@1,retry-after=2s") { rehearsal in
            let result = try await BuiltProgram.run(
                [
                    "python3", "-c", Self.terminal, BuiltProgram.executable.path, "categories",
                ], in: rehearsal.folder,
                environment: rehearsal.environment.merging(["TERM": "xterm"]) { $1 },
                executable: URL(filePath: "/usr/bin/env"))
            #expect(result.status == 0)
            #expect(result.output.contains("waiting because Mava asked to ("), "\(result.output)")
            #expect(result.output.contains("\u{1B}[Jid "), "\(result.output)")
        }
    }

    @Test("A signal ends a listing in order, while it waits too")
    func listingInterrupted() async throws {
        try await Rehearsal.run(faults: "503-date=1,retry-after=60s") { rehearsal in
            let program = try rehearsal.start(["agents"])
            try await program.signal(SIGTERM) { rehearsal.sandbox.stats.total > 0 }
            let result = try await program.end()
            #expect(result.status == 143)
            #expect(String(decoding: result.errors, as: UTF8.self).contains("interrupted"))
        }
    }

    @Test(
        "On a terminal it asks, and sends nothing unless the answer is yes", arguments: ["n", "y"])
    func asks(answer: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Rehearsal.sample("reassign/handover.csv"), "--run-dir", "run"]
                    + Rehearsal.wideQuota,
                [.wait("Send 47 updates? [y/N]"), .keys("\(answer)\n")], in: rehearsal)
            #expect(result.status == (answer == "y" ? 0 : 7), "\(result.output)")
            #expect(rehearsal.puts == (answer == "y" ? 47 : 0))
        }
    }
}
