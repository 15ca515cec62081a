import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("One command for several profiles", .timeLimit(.minutes(20)))
struct ProfilesTests {
    private static let apply = ["apply", "{profile}.csv", "--run-dir", "runs/{profile}"]
    private static let both = ["--profiles", "acme,globex"]

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    @Test("One after another: each has its own input, key, run and lines, and a table comes last")
    func oneAfterAnother() async throws {
        try await Organisations.run { organisations in
            let result = try await organisations.program(
                Self.apply + Self.both + [
                    "--yes", "--label", "nightly-{profile}", "--on",
                    "started=echo {profile} starts >> order", "--on",
                    "finished=echo {profile} ends >> order; echo 'hook of {profile}'",
                ])
            #expect(result.status == 0, "\(result.errors)")
            #expect(organisations.puts("acme") == 47)
            #expect((30...45).contains(organisations.puts("globex")))
            #expect(
                try organisations.directory.readText("order")
                    == "acme starts\nacme ends\nglobex starts\nglobex ends\n")
            for profile in ["acme", "globex"] {
                let settings = try organisations.directory.readText("runs/\(profile)/run.json")
                #expect(settings.contains(#""profile" : "\#(profile)""#))
                #expect(settings.contains(#""label" : "nightly-\#(profile)""#))
                #expect(result.errors.contains("\n\(profile): hook of \(profile)\n"))
            }
            // Every line has its profile, also an empty one.
            let output = lines(result.output)
            let places = output.map { $0.hasPrefix("acme:") ? 0 : $0.hasPrefix("globex:") ? 1 : 2 }
            #expect(places == places.sorted() && places.last == 1, "\(result.output)")
            #expect(output.contains("acme: 51 rows: 47 updated, 4 unchanged; 47 requests in 1 s"))
            let table = lines(result.errors).suffix(3)
            #expect(table.first == "profile  code  result")
            #expect(
                table.dropFirst().first
                    == "acme        0  done; 47 updated, 4 unchanged; \(organisations.directory.file("runs/acme"))"
            )
            #expect(table.last?.hasPrefix("globex      0  done; ") == true)
        }
    }

    /// A hook that returns when the hook of the other organisation runs, too.
    private static let meeting = [
        "--on",
        "started=if [ {profile} = acme ]; then : > there; : < back; else : < there; : > back; fi",
        "--require-hook",
    ]

    @Test("Side by side: the run of each begins before that of the other ends")
    func sideBySide() async throws {
        try await Organisations.run { organisations in
            for pipe in ["there", "back"] {
                #expect(mkfifo(organisations.directory.file(pipe), 0o600) == 0)
            }
            let result = try await organisations.program(
                Self.apply + Self.both + ["--profiles-at-once", "2", "--yes"] + Self.meeting)
            #expect(result.status == 0, "\(result.errors)")
            #expect(organisations.puts("acme") == 47 && organisations.puts("globex") > 30)
            for line in lines(result.output) {
                #expect(line.hasPrefix("acme:") || line.hasPrefix("globex:"), "\(line)")
            }
        }
    }

    @Test("After a job that fails the next one starts, and the worst code counts")
    func failing() async throws {
        try await Organisations.run(["acme", "globex", "initech"]) { organisations in
            try organisations.directory.write("wrong", to: "acme.key")
            try organisations.directory.write("ticketId,priority\n", to: "globex.csv")
            let result = try await organisations.program(
                Self.apply + ["--profiles", "acme,globex,initech", "--yes", "--quiet"])
            #expect(result.status == 4, "\(result.errors)")
            #expect(organisations.puts("initech") > 20)
            let table = lines(result.errors).drop { !$0.hasPrefix("profile") }
            #expect(table.contains("acme        4  the key is missing or was rejected"))
            #expect(table.contains("globex      6  the input or the plan is unusable"))
            #expect(table.contains { $0.hasPrefix("initech     0  done; ") })
            #expect(
                table.contains(
                    "globex: when this is fixed: mava-bulk apply globex.csv --profile globex --quiet "
                        + "--run-dir runs/globex --yes"), "\(table)")
        }
    }

    @Test("What cannot be carried out for all is refused before anything is sent")
    func refused() async throws {
        let cases: [(arguments: [String], text: String)] = [
            (["--profiles", "acme,globx", "--yes"], "did you mean `globex`?"),
            (["--profiles", "acme,acme", "--yes"], #"names "acme" twice"#),
            (["--profiles", "acme,", "--yes"], "has an empty name"),
            (Self.both + ["--profile", "acme", "--yes"], "contradict each other"),
            (Self.both, "--yes or --confirm acme=N,globex=N"),
            (Self.both + ["--confirm", "12"], #"acme=N,globex=N, not "12""#),
            (Self.both + ["--yes", "--metrics-file", "m.prom"], "{profile}-m.prom"),
            (Self.both + ["--yes", "--metrics-file", "./m-acmes.prom"], "{profile}-m-acmes.prom"),
            (Self.both + ["--yes", "--events", "-"], "events to standard output"),
            (Self.both + ["--yes", "--api-key-file", "acme.key"], "'{profile}.key'"),
            (Self.both + ["--yes", "--expect-plan", "12345678"], "--expect-plan is about one"),
            (Self.both + ["--yes", "--profiles-at-once", "65"], "from 1 to 64"),
            (["--profiles", "acme,production", "--yes"], "--confirm production=N"),
            (["--profiles-at-once", "2", "--yes"], "is about --profiles"),
        ]
        try await Organisations.run(
            ["acme", "globex", "production"], members: ["production": #""production":true"#]
        ) { organisations in
            for (arguments, text) in cases {
                let result = try await organisations.program(
                    ["apply", "{profile}.csv"] + arguments)
                #expect(result.status == 2 && result.errors.contains(text), "\(result.errors)")
                #expect(result.output.isEmpty)
            }
            for (arguments, text) in [
                (["apply", "acme.csv", "--yes"], "'{profile}.csv'"),
                (["apply", "-", "--yes"], "the input - is a stream"),
                (["plan", "{profile}.csv", "--output", "plan.jsonl"], "'{profile}-plan.jsonl'"),
                (["plan", "{profile}.csv", "--snapshot", "/dev/stdin"], "is a stream"),
                (["plan", "{profile}.csv", "--markdown"], "--markdown is about one profile"),
                (["plan", "{profile}.csv", "--json", "--rows"], "--output {profile}.jsonl"),
                (["export"], "--output {profile}.csv"),
                (["resume", "last"], "only plan, apply, export and check take several profiles"),
            ] {
                let result = try await organisations.program(arguments + Self.both)
                #expect(result.status == 2 && result.errors.contains(text), "\(result.errors)")
            }
            // A key of the environment could be another organisation's.
            let keyless = try await organisations.program(
                ["apply", "{profile}.csv", "--yes", "--profiles", "acme,keyless"],
                ["MAVA_API_KEY": organisations["acme"].apiKeys[0]])
            #expect(keyless.status == 4, "\(keyless.errors)")
            #expect(keyless.errors.contains("keyless: this profile names no key"))
            // So could one for a profile that only the project's file has.
            try organisations.directory.write(
                #"{"version":1,"profiles":{"shared":{"quota":"30/30s"}}}"#, to: ".mava-bulk.json")
            let shared = try await organisations.program(
                ["apply", "{profile}.csv", "--yes", "--profiles", "acme,shared"],
                ["MAVA_API_KEY": organisations["acme"].apiKeys[0]])
            #expect(shared.status == 2, "\(shared.errors)")
            #expect(shared.errors.contains(#"shared: the profile "shared" is only in"#))
            #expect(organisations.requests == 0)
            #expect(
                !FileManager.default.fileExists(
                    atPath: organisations.directory.file("mava-bulk-runs")))
        }
    }

    @Test("Each profile has its own number of updates, and a wrong one stops that profile alone")
    func confirmed() async throws {
        try await Organisations.run(members: ["acme": #""production":true"#]) { organisations in
            let result = try await organisations.program(
                Self.apply + Self.both + ["--confirm", "acme=47,globex=1"])
            #expect(result.status == 7, "\(result.errors)")
            #expect(organisations.puts("acme") == 47 && organisations.puts("globex") == 0)
            #expect(result.errors.contains("acme: warning: PRODUCTION: profile acme"))
            #expect(result.errors.contains("\nglobex      7  refused, nothing was sent\n"))
            // The variable chooses a profile for commands without --profiles.
            let other = try await organisations.program(
                Self.apply + Self.both + [
                    "--yes", "--confirm", "acme=0", "--run-dir", "{profile}",
                ],
                ["MAVA_BULK_PROFILE": "keyless"])
            #expect(other.status == 0, "\(other.errors)")
            #expect(organisations.puts("acme") == 47 && organisations.puts("globex") > 30)
        }
    }

    @Test("With --json standard output has one object for each profile, and errors name theirs")
    func json() async throws {
        try await Organisations.run { organisations in
            let plans = try await organisations.program(
                ["plan", "{profile}.csv", "--json"] + Self.both)
            #expect(plans.status == 0, "\(plans.errors)")
            let objects = try lines(plans.output).map {
                try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(objects.map { $0["profile"] as? String } == ["acme", "globex"])
            let result = try #require(objects[0]["result"] as? [String: Any])
            #expect((result["groups"] as? [Any])?.count == 3, "\(result.keys)")
            try organisations.directory.write("wrong", to: "acme.key")
            let runs = try await organisations.program(
                Self.apply + Self.both + ["--yes", "--json", "--log-format", "json"])
            #expect(runs.status == 4, "\(runs.errors)")
            let ends = lines(runs.output)
            #expect(ends[0] == #"{"profile":"acme","exitCode":4}"#)
            let start =
                #"{"profile":"globex","exitCode":0,"run":"\#(organisations.directory.file("runs/globex"))","result":{"#
            #expect(ends[1].hasPrefix(start), "\(ends[1])")
            let messages = try lines(runs.errors).map {
                try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            let errors = messages.filter { $0["error"] != nil }
            #expect(errors.map { $0["profile"] as? String } == ["acme"])
        }
    }

    @Test("A program that is removed while a job runs still starts the others")
    func removed() async throws {
        try await Organisations.run { organisations in
            let copy = organisations.directory.file("program")
            try FileManager.default.copyItem(atPath: BuiltProgram.executable.path, toPath: copy)
            let result = try await BuiltProgram.run(
                Self.apply + Self.both + ["--yes", "--on", "started=rm -f program"],
                in: organisations.folder, executable: URL(filePath: copy))
            #expect(result.status == 0, "\(result.errors)")
            #expect(organisations.puts("acme") == 47 && organisations.puts("globex") > 30)
            #expect(!FileManager.default.fileExists(atPath: copy))
        }
    }

    @Test("A standard output that is full fails a check, and no run")
    func fullOutput() async throws {
        try await Organisations.run { organisations in
            for (command, status) in [
                ("check", 1), ("apply '{profile}.csv' --yes --dry-run", 1),
                ("apply '{profile}.csv' --yes", 0),
            ] {
                let line = "mava-bulk \(command) --profiles acme,globex > /dev/full"
                let result = try await Shell.paste(line, in: organisations.directory)
                #expect(result.status == status, "\(command): \(result.errors)")
                #expect(
                    result.errors.contains(
                        "\(status == 0 ? "warning" : "mava-bulk"): cannot write standard output"))
            }
            #expect(organisations.puts("acme") == 47 && organisations.puts("globex") > 30)
            let json = try await Shell.paste(
                "mava-bulk check --profiles acme,globex --json > /dev/full",
                in: organisations.directory)
            let last = try #require(lines(json.errors).last)
            #expect(json.status == 1 && last.hasPrefix(#"{"error":{"#), "\(json.errors)")
            let head = try await Shell.paste(
                "mava-bulk check --profiles acme,globex | head -n 1; echo ${PIPESTATUS[0]}",
                in: organisations.directory)
            #expect(lines(head.output).last == "0" && !head.errors.contains("warning"))
        }
    }

    @Test("The lines of the documentation work as they are printed")
    func documentation() async throws {
        let page = try String(
            contentsOf: BuiltProgram.package.appending(path: "docs/scaling.md"), encoding: .utf8)
        let commands = lines(page).filter {
            $0.hasPrefix("    mava-bulk") && $0.contains("--profiles acme,globex")
        }
        #expect(commands.count == 3)
        for command in commands {
            try await Organisations.run { organisations in
                // The last one applies what the one before it saved.
                let line = command.contains("jsonl") ? commands[1] : command
                let first = try await Shell.paste(line, in: organisations.directory)
                #expect(first.status == 0, "\(first.errors)")
                guard command == commands[2] else { return }
                let second = try await Shell.paste(command, in: organisations.directory)
                #expect(second.status == 0, "\(second.errors)")
                #expect(organisations.puts("acme") == 47 && organisations.puts("globex") > 30)
            }
        }
    }

    @Test("Saved plans, checks and exports of several profiles")
    func otherCommands() async throws {
        try await Organisations.run { organisations in
            for (arguments, text) in [
                (["plan", "{profile}.csv", "--output", "{profile}.jsonl"], "acme: Plan "),
                (["check"], "globex: ok       key           accepted"),
                (["export", "--limit", "3", "--output", "{profile}-export.csv"], ""),
                (["apply", "{profile}.jsonl", "--yes"], "acme: 51 rows: 47 updated"),
            ] {
                let result = try await organisations.program(arguments + Self.both)
                #expect(result.status == 0, "\(arguments): \(result.errors)")
                #expect(result.output.contains(text) || text.isEmpty, "\(result.output)")
            }
            for profile in ["acme", "globex"] {
                let rows = try organisations.directory.readText("\(profile)-export.csv")
                #expect(lines(rows).count == 4)
            }
        }
    }
}
