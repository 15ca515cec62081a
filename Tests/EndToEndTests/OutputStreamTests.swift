import BulkTestSupport
import MavaSandbox
import Testing

@Suite("What - is no name of", .timeLimit(.minutes(20)))
struct OutputStreamTests {
    @Test(
        "A file that would be named - is refused before anything is read",
        arguments: [
            (["export", "--output"], "leave it out, and standard output gets the data"),
            (["lookups", "--output"], "leave it out"),
            (["report", "run", "--output"], "leave it out"),
            (["export", "--lookups"], "--lookups takes a file: name it"),
            (["plan", "rows.csv", "--output"], "a plan is read more than once"),
            (["plan", "rows.csv", "--html"], "--html takes a file: name it"),
            (["plan edit plan.jsonl --drop 1", "--output"], "a plan is read more than once"),
            (["undo", "run", "--output"], "a plan is read more than once"),
            (["verify", "run", "--output"], "--csv prints"),
            (["apply", "rows.csv", "--yes", "--metrics-file"], "--metrics-file takes a file"),
            (["sandbox", "--save"], "--save takes a file"),
            (["sandbox", "--init"], "--init takes a file"),
        ])
    func streams(arguments: [String], advice: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                arguments.flatMap { $0.split(separator: " ").map(String.init) } + ["-"])
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains(advice), "\(result.errors)")
            #expect(try !rehearsal.leftovers().contains("-"))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test(
        "An error is JSON wherever --json stands, and with a value that it does not take",
        arguments: [["--json", "runs"], ["runs", "--json=1"], ["--json"]])
    func errors(arguments: [String]) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(arguments)
            #expect(result.status == 2)
            #expect(result.errors.hasPrefix(#"{"error":{"code":"usage","#), "\(result.errors)")
        }
    }

    @Test(
        "An open stream is no place for a file, whatever its name",
        arguments: ["/dev/stdout", "/dev/stderr", "/dev/fd/1", "/proc/self/fd/1"])
    func openStreams(path: String) async throws {
        try await Rehearsal.run { rehearsal in
            for (line, advice) in [
                ("plan rows.csv --output", "a plan is read more than once"),
                ("export --output", "leave it out, and standard output gets the data"),
                ("export --lookups", "name it"), ("plan rows.csv --html", "name it"),
            ] {
                let result = try await rehearsal.program(
                    line.split(separator: " ").map(String.init) + [path])
                #expect(result.status == 2, "\(result.errors)")
                #expect(
                    result.errors.contains("takes a file, and \(path) is an open stream"),
                    "\(result.errors)")
                #expect(result.errors.contains(advice), "\(result.errors)")
            }
        }
    }

    @Test("A name that promises gzip is refused, because nothing is compressed")
    func compressed() async throws {
        try await Rehearsal.run { rehearsal in
            for line in [
                "export --output x.csv.gz", "lookups --output x.json.GZ",
                "plan rows.csv --output p.jsonl.gz",
            ] {
                let result = try await rehearsal.program(
                    line.split(separator: " ").map(String.init))
                #expect(result.status == 2, "\(result.errors)")
                #expect(result.errors.contains("nothing is compressed here"), "\(result.errors)")
            }
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("The ending of an output's name chooses its format, unless --format says another")
    func formats() async throws {
        try await Rehearsal.run { rehearsal in
            let rows = Rehearsal.sample("reassign/handover.csv")
            let run = try await rehearsal.program(
                ["apply", rows, "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(run.status == 0, "\(run.errors)")
            for (line, path, beginning) in [
                ("export --limit 1", "a.jsonl", #"{"ticketId":"#),
                ("export --limit 1", "a.ndjson", #"{"ticketId":"#),
                ("export --limit 1", "a.csv", "ticketId,"),
                ("export --limit 1 --format csv", "b.jsonl", "ticketId,"),
                ("report run", "r.jsonl", #"{"row":"#), ("report run", "r.html", "<!DOCTYPE html>"),
                ("report run", "r.xml", "<?xml"), ("report run", "r.csv", "row,"),
                ("report run --format csv", "s.html", "row,"),
            ] {
                let result = try await rehearsal.program(
                    line.split(separator: " ").map(String.init) + ["--output", path])
                #expect(result.status == 0, "\(line) \(path): \(result.errors)")
                let text = try rehearsal.directory.readText(path)
                #expect(text.hasPrefix(beginning), "\(line) \(path): \(text.prefix(30))")
            }
            let plan = try await rehearsal.program(["plan", "a.jsonl"])
            #expect(plan.status == 0, "\(plan.errors)")
        }
    }
}
