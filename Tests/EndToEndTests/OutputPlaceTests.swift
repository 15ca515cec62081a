import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("No output is a file that the command uses", .timeLimit(.minutes(20)))
struct OutputPlaceTests {
    private static let names = [
        "rows.csv", "map.csv", "guards.json", "key", "lookups.json", "snapshot.jsonl",
        ".mava-bulk.json",
    ]

    private func write(_ rehearsal: Rehearsal) throws {
        let directory = rehearsal.directory
        try directory.write("ticketId,priority\n695bcceb7807fc7b43c25a95,3\n", to: "rows.csv")
        try directory.write("from,to\na,3\n", to: "map.csv")
        try directory.write(#"{"maxChanges":9}"#, to: "guards.json")
        try directory.write(rehearsal.sandbox.apiKeys[0], to: "key")
        try directory.write("{}", to: "lookups.json")
        try directory.write("{}", to: "snapshot.jsonl")
        try directory.write(#"{"version":1}"#, to: ".mava-bulk.json")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: directory.file(".mava-bulk.json"))
    }

    @Test(
        "every output option refuses every input, also behind links",
        arguments: [
            ("plan", "output"), ("plan", "html"), ("apply", "events"), ("apply", "metrics-file"),
        ])
    func inputs(command: String, option: String) async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let directory = rehearsal.directory
            #expect(symlink("rows.csv", directory.file("soft")) == 0)
            #expect(link(directory.file("rows.csv"), directory.file("hard")) == 0)
            let line =
                [
                    command, "rows.csv", "--map", "priority=map.csv", "--guards", "guards.json",
                    "--api-key-file", "key", "--lookups", "lookups.json", "--snapshot",
                    "snapshot.jsonl",
                ] + (command == "apply" ? ["--yes"] : ["--force"])
            for name in Self.names + ["soft", "hard", "./key"] {
                let before = try directory.readText(name)
                let result = try await rehearsal.program(line + ["--\(option)", name])
                #expect(result.status == 2, "\(name): \(result.errors)")
                #expect(
                    result.errors.contains(
                        "--\(option) \(name) \(option == "events" ? "would add to" : "would replace")"
                    ),
                    "\(name): \(result.errors)")
                #expect(try directory.readText(name) == before)
            }
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("a word of the command line that is not UTF-8 is refused: it would name another file")
    func words() async throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "ticketId,status\n695c76afd0e42018b77a9c2d,Open\n", to: "Jos\u{FFFD}.csv")
        for line in [
            #"mava-bulk plan "$(printf 'Jos\351.csv')" --read never"#,
            #"mava-bulk plan rows.csv --output "$(printf 'out\377.jsonl')""#,
        ] {
            let result = try await Shell.paste(line, in: directory)
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains("is not UTF-8"), "\(result.errors)")
        }
    }

    @Test(
        "a place that cannot hold the metrics is refused before anything is sent",
        arguments: ["folder", "missing/m.prom", "dangling", "/dev/full", "pipe"])
    func metrics(path: String) async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let directory = rehearsal.directory
            #expect(mkdir(directory.file("folder"), 0o700) == 0)
            #expect(mkfifo(directory.file("pipe"), 0o600) == 0)
            #expect(symlink("nowhere", directory.file("dangling")) == 0)
            let result = try await rehearsal.program([
                "apply", "rows.csv", "--yes", "--metrics-file", path,
            ])
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains("--metrics-file \(path): "), "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("standard input's own file, a run's files, and each other are refused, too")
    func others() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let directory = rehearsal.directory
            let run = try await rehearsal.program(
                ["apply", "rows.csv", "--yes", "--run-dir", "runs/one"] + Rehearsal.wideQuota)
            #expect(run.status == 0, "\(run.errors)")
            let journal = try directory.readText("runs/one/journal.jsonl")
            let total = rehearsal.sandbox.stats.total
            #expect(symlink("new", directory.file("soft")) == 0)
            for line in [
                "apply - --yes --events rows.csv < rows.csv",
                "resume runs/one --yes --metrics-file runs/one/journal.jsonl",
                "undo last --runs-dir runs --yes --metrics-file runs/one/report.html",
                "verify runs/one --force --output runs/one/journal.jsonl",
                "report last --runs-dir runs --force --output runs/one/run.json",
                "plan rows.csv --html runs/one/report.html",
                "plan rows.csv --force --output runs/one/summary.json",
                "apply rows.csv --yes --run-dir two --metrics-file two/report.csv",
                "apply rows.csv --yes --events same --metrics-file ./same",
                "apply rows.csv --yes --events new --metrics-file soft",
                "plan rows.csv --output same --html same",
                "export --output same --lookups same",
                "apply rows.csv --yes --metrics-file guards.json",
            ] {
                let result = try await Shell.paste(
                    "mava-bulk \(line)", in: directory, rehearsal.environment)
                #expect(result.status == 2, "\(line): \(result.errors)")
                if !line.contains("guards.json") {
                    #expect(
                        result.errors.contains("mava-bulk explain output_is_input\n"),
                        "\(line): \(result.errors)")
                }
            }
            #expect(rehearsal.sandbox.stats.total == total)
            #expect(try directory.readText("runs/one/journal.jsonl") == journal)
            #expect(try directory.readText("guards.json") == #"{"maxChanges":9}"#)
            for _ in 0..<2 {
                let own = try await rehearsal.program([
                    "resume", "runs/one", "--yes", "--metrics-file", "metrics",
                ])
                #expect(own.status == 0, "\(own.errors)")
            }
        }
    }

    @Test("A symbolic link to nothing is no place for an output, and the message says so")
    func danglingLink() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            #expect(symlink("nowhere/file", rehearsal.directory.file("link")) == 0)
            #expect(symlink("circle", rehearsal.directory.file("circle")) == 0)
            for line in [
                "plan rows.csv --output", "plan rows.csv --html", "export --limit 1 --output",
                "lookups --output",
            ] {
                for (link, said) in [
                    ("link", "to a file that does not exist"), ("circle", "back to"),
                ] {
                    let result = try await Shell.paste(
                        "mava-bulk \(line) \(link)", in: rehearsal.directory, rehearsal.environment)
                    #expect(result.status == 1, "\(line): \(result.errors)")
                    #expect(
                        result.errors.contains("cannot replace \(link): it is a symbolic link"),
                        "\(line): \(result.errors)")
                    #expect(result.errors.contains(said), "\(line): \(result.errors)")
                }
            }
        }
    }

    @Test("The look-ups replace only look-ups, unless --force is given")
    func lookups() async throws {
        try await Rehearsal.run { rehearsal in
            let directory = rehearsal.directory
            try directory.write("precious\n", to: "pr.txt")
            let refused = try await rehearsal.program(["lookups", "--output", "pr.txt"])
            #expect(refused.status == 2, "\(refused.errors)")
            #expect(refused.errors.contains("pr.txt: this file exists and holds no look-ups"))
            #expect(try directory.readText("pr.txt") == "precious\n")
            #expect(rehearsal.sandbox.stats.total == 0)
            for options in [["--force"], []] {
                let written = try await rehearsal.program(
                    ["lookups", "--output", "pr.txt"] + options)
                #expect(written.status == 0, "\(written.errors)")
                #expect(try directory.readText("pr.txt").hasPrefix("{\"format\":"))
            }
        }
    }
}
